//! The interval including hyperparameter selection: the uncertainty of a tuned estimate when the selected settings count as
//! one noisy draw.
//!
//! Tuning chooses every arm's setting by right answers on a few tuning seeds and validation examples, and all comparison
//! seeds then share the choice: the t interval over comparison seeds is conditional on the selected hyperparameters. With
//! d_s the estimate of comparison seed s (a sum of arms with factors, each arm at its chosen setting), n comparison seeds
//! and s their standard deviation, the interval including hyperparameter selection is
//!
//! ```text
//! mean(d) +- t(0.975, n - 1) sqrt(s^2 / n + v)
//! ```
//!
//! v is the selection's variance: tuning seeds x validation examples are resampled with replacement, the same resample for all
//! arms and settings as they share both; each arm's setting is chosen again; the comparison runs of the settings chosen
//! are looked up. The variance V of their mean estimate over the draws is that of the settings' means and a share of the
//! noise of n comparison seeds, which the first part has already; with W the mean over comparison seeds of the variance of
//! that one seed's estimate over the draws, the noise is (W - V) / (n - 1), and v = V - (W - V) / (n - 1), at least 0.

use fractionate_statistics::{Interval, Resampling, Summary, Weights, t_quantile, weighted_counts, weights};
use serde::Serialize;

/// What is known of one arm's grid. Settings are in the order of preference: ties in the choice go to the first.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmGrid {
    /// The arm's factor in the estimate: 1 for `teacher` and -1 for `hard` in `teacher - hard`.
    pub factor: f64,
    /// Per setting: whether each validation example was classified rightly, [tuning seeds][validation examples]; none if
    /// a tuning run diverged, and the setting cannot be chosen.
    pub tuning: Vec<ArmTuning>,
    /// Per setting: the metric of each comparison seed, the same seeds in the same order; none where those runs were not
    /// made.
    pub compared: Vec<Option<Vec<f64>>>,
}

/// An estimate at the chosen settings, with both intervals.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChoiceInterval {
    /// The position of each arm's chosen setting.
    pub chosen: Vec<usize>,
    /// The estimate over comparison seeds, with its interval conditional on the selected hyperparameters.
    pub conditional: Summary,
    /// v, in squares of the metric's unit.
    pub selection_variance: f64,
    /// The 95% interval including hyperparameter selection; one comparison seed has none.
    pub including_selection: Option<Interval>,
    /// The share of draws that chose as the tuning did, all arms at once.
    pub same_choice: f64,
    /// The share of draws with a choice whose comparison runs were not made: v is that of the others.
    pub not_made: f64,
}

/// How the selection is resampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChoiceResampling {
    /// How many draws, at least 2.
    pub draws: usize,
    /// Names the draws.
    pub seed: u64,
}

/// Both intervals of the sum of `arms` with their factors at each arm's best setting on the tuning seeds. `None` if an arm
/// has no setting left, the comparison runs of a chosen setting were not made, or there are no comparison seeds.
///
/// # Panics
/// If the arms differ in their tuning seeds, validation examples or comparison seeds.
pub fn choice_interval(arms: &[ArmGrid], resampling: ChoiceResampling) -> Option<ChoiceInterval> {
    let tunings: Vec<&[ArmTuning]> = arms.iter().map(|arm| arm.tuning.as_slice()).collect();
    let draws = ChoiceDraws::of(&tunings, resampling)?;
    let part =
        |(arm, grid): (usize, &ArmGrid)| ChoicePart { arm, factor: grid.factor, compared: grid.compared.clone() };
    draws.interval(&arms.iter().enumerate().map(part).collect::<Vec<_>>())
}

/// One setting of an arm: whether each validation example was classified rightly, [tuning seeds][validation examples];
/// none if a tuning run diverged, and the setting cannot be chosen.
pub type ArmTuning = Option<Vec<Vec<bool>>>;

/// The selected setting of every arm, and the selections in resamples of tuning seeds x validation examples: the
/// same draws for all arms, so that every sum of arms can be looked up in them.
#[derive(Debug, Clone)]
pub struct ChoiceDraws {
    /// Position of the chosen setting, by arm; none where no setting is left.
    chosen: Vec<Option<usize>>,
    /// The same in every draw, [arms][draws].
    again: Vec<Vec<Option<usize>>>,
    draws: usize,
}

/// An arm in a sum of arms.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoicePart {
    /// Its position among the arms of the draws.
    pub arm: usize,
    /// Its factor in the sum.
    pub factor: f64,
    /// Per setting: the metric of each comparison seed, the same seeds in the same order for all arms; none where those
    /// runs were not made.
    pub compared: Vec<Option<Vec<f64>>>,
}

impl ChoiceDraws {
    /// Chooses, and draws and chooses again. `arms`: their settings in the order of preference. `None` without a setting of
    /// any arm, a tuning seed or a draw.
    ///
    /// # Panics
    /// If the arms differ in their tuning seeds or validation examples.
    pub fn of(arms: &[&[ArmTuning]], resampling: ChoiceResampling) -> Option<Self> {
        let settings = || arms.iter().copied().flatten().flatten();
        let first = settings().next()?;
        let (seeds, examples) = (first.len(), first.first()?.len());
        let same = |setting: &Vec<Vec<bool>>| setting.len() == seeds && setting.iter().all(|run| run.len() == examples);
        assert!(settings().all(same), "the arms share their tuning seeds and validation examples");
        let mut random = Resampling::new(resampling.seed, 0);
        let mut drawn: Vec<(Vec<u32>, Weights)> = vec![(vec![1; seeds], vec![1; examples])];
        drawn.extend((0..resampling.draws).map(|_| (random.counts(seeds), weights(&random.counts(examples)))));
        let (seeds, examples): (Vec<Vec<u32>>, Vec<Weights>) = drawn.into_iter().unzip();
        let choices: Vec<Vec<Option<usize>>> =
            arms.iter().map(|settings| choices(settings, &seeds, &examples)).collect();
        let (chosen, again) = choices.into_iter().map(|choices| (choices[0], choices[1..].to_vec())).unzip();
        Some(Self { chosen, again, draws: resampling.draws }).filter(|found| found.draws > 0)
    }

    /// The position of an arm's chosen setting; `None` where every setting diverged.
    pub fn chosen(&self, arm: usize) -> Option<usize> {
        self.chosen[arm]
    }

    /// Both intervals of a sum of arms. `None` if an arm has no setting left, the comparison runs of a chosen setting were
    /// not made, or there are no comparison seeds.
    ///
    /// # Panics
    /// If the parts differ in their comparison seeds or an arm is not one of the draws'.
    pub fn interval(&self, parts: &[ChoicePart]) -> Option<ChoiceInterval> {
        let of = |choice: &dyn Fn(usize) -> Option<usize>| -> Option<Vec<usize>> {
            parts.iter().map(|part| choice(part.arm)).collect()
        };
        let chosen = of(&|arm| self.chosen[arm])?;
        let conditional = Summary::of(&estimates(parts, &chosen)?)?;
        let (mut looked_up, mut same) = (Vec::with_capacity(self.draws), 0);
        for draw in 0..self.draws {
            let again = of(&|arm| self.again[arm][draw])?;
            same += usize::from(again == chosen);
            looked_up.extend(estimates(parts, &again));
        }
        let draws = self.draws as f64;
        let not_made = (draws - looked_up.len() as f64) / draws;
        let selection_variance = selection_variance(&looked_up, conditional.n);
        let including_selection = conditional.sd.filter(|sd| *sd > 0.0).map(|sd| {
            let n = conditional.n;
            let half = t_quantile(0.975, n - 1) * (sd * sd / n as f64 + selection_variance).sqrt();
            Interval { low: conditional.mean - half, high: conditional.mean + half }
        });
        Some(ChoiceInterval {
            chosen,
            conditional,
            selection_variance,
            including_selection,
            same_choice: same as f64 / draws,
            not_made,
        })
    }
}

/// The setting with the most right answers in every draw, each counted as often as its seed and example were drawn.
fn choices(settings: &[ArmTuning], seeds: &[Vec<u32>], examples: &[Weights]) -> Vec<Option<usize>> {
    let mut best: Vec<Option<(usize, u64)>> = vec![None; seeds.len()];
    for (setting, runs) in settings.iter().enumerate() {
        let Some(runs) = runs else { continue };
        let runs: Vec<&[bool]> = runs.iter().map(Vec::as_slice).collect();
        let right = weighted_counts(&runs, examples);
        for (draw, (best, times)) in best.iter_mut().zip(seeds).enumerate() {
            let sum = right.iter().zip(times).map(|(run, &times)| u64::from(run[draw]) * u64::from(times)).sum();
            // In the order of preference, so only a strictly better setting takes over.
            if best.is_none_or(|(_, so_far)| sum > so_far) {
                *best = Some((setting, sum));
            }
        }
    }
    best.into_iter().map(|best| best.map(|(setting, _)| setting)).collect()
}

/// v, from the estimates [draws][n comparison seeds].
fn selection_variance(looked_up: &[Vec<f64>], n: usize) -> f64 {
    let variance = |of: &dyn Fn(&Vec<f64>) -> f64| {
        let values: Vec<f64> = looked_up.iter().map(of).collect();
        Summary::of(&values).and_then(|summary| summary.sd).map_or(0.0, |sd| sd * sd)
    };
    let of_means = variance(&|estimates| estimates.iter().sum::<f64>() / n as f64);
    if n < 2 {
        return of_means;
    }
    let of_seeds = (0..n).map(|seed| variance(&|estimates| estimates[seed])).sum::<f64>() / n as f64;
    (of_means - (of_seeds - of_means) / (n - 1) as f64).max(0.0)
}

/// The estimate of each comparison seed at these settings; `None` where an arm's runs were not made.
fn estimates(arms: &[ChoicePart], settings: &[usize]) -> Option<Vec<f64>> {
    let mut sums: Option<Vec<f64>> = None;
    for (arm, &setting) in arms.iter().zip(settings) {
        let values = arm.compared[setting].as_ref()?;
        let sums = sums.get_or_insert_with(|| vec![0.0; values.len()]);
        assert_eq!(sums.len(), values.len(), "the arms share their comparison seeds");
        sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += arm.factor * value);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESAMPLING: ChoiceResampling = ChoiceResampling { draws: 20_000, seed: 1 };

    fn grid(tuning: &[&[&[bool]]], compared: &[&[f64]]) -> ArmGrid {
        let seeds = |seeds: &&[&[bool]]| Some(seeds.iter().map(|bits| bits.to_vec()).collect());
        ArmGrid {
            factor: 1.0,
            tuning: tuning.iter().map(seeds).collect(),
            compared: compared.iter().map(|values| Some(values.to_vec())).collect(),
        }
    }

    /// One tuning seed, two examples, of which each setting gets one: the draw (2, 2) alone, one in four, chooses the
    /// second setting; both mixed draws are ties.
    fn by_hand() -> ArmGrid {
        grid(&[&[&[true, false]], &[&[false, true]]], &[&[1.0, 3.0], &[6.0, 8.0]])
    }

    #[test]
    fn variance_and_interval_are_those_worked_out_by_hand() {
        let found = choice_interval(&[by_hand()], RESAMPLING).unwrap();
        assert_eq!((found.chosen.as_slice(), found.conditional.mean), (&[0][..], 2.0));
        // Means 2 and 7 with chances 3/4 and 1/4: a variance of 25 * 3/16.
        let error = 25.0 * (3.0f64 / 16.0 / 20_000.0).sqrt();
        assert!((found.selection_variance - 75.0 / 16.0).abs() < 4.0 * error, "{found:?}");
        assert!((found.same_choice - 0.75).abs() < 0.02 && found.not_made == 0.0);
        // s^2 / n = 1; t(0.975, 1) = 12.706205.
        let half = 12.706_204_736 * (1.0 + found.selection_variance).sqrt();
        let interval = found.including_selection.unwrap();
        assert!((interval.low - (2.0 - half)).abs() < 1e-6 && (interval.high - (2.0 + half)).abs() < 1e-6);
    }

    #[test]
    fn noise_of_the_comparison_seeds_is_not_taken_for_the_selections() {
        // Both settings' means are 2, whatever the seeds: only noise would move them.
        let arm = grid(&[&[&[true, false]], &[&[false, true]]], &[&[1.0, 3.0], &[3.0, 1.0]]);
        assert_eq!(choice_interval(&[arm], RESAMPLING).unwrap().selection_variance, 0.0);
        // Means of 2 and 3 at seeds that differ by 4 and by -2: 3/16 of 1, less 3/16 of (16 + 4) / 2 - 1.
        let arm = grid(&[&[&[true, false]], &[&[false, true]]], &[&[0.0, 4.0], &[4.0, 2.0]]);
        assert_eq!(choice_interval(&[arm], RESAMPLING).unwrap().selection_variance, 0.0);
        // At seeds that differ by 1 and by 2: 3/16 of 2.25 less (2.5 - 2.25).
        let arm = grid(&[&[&[true, false]], &[&[false, true]]], &[&[0.0, 4.0], &[1.0, 6.0]]);
        let found = choice_interval(&[arm], RESAMPLING).unwrap().selection_variance;
        assert!((found - 2.0 * 3.0 / 16.0).abs() < 0.02, "{found}");
    }

    #[test]
    fn a_choice_that_no_draw_changes_adds_nothing() {
        let sure = grid(&[&[&[false, false]], &[&[true, true]]], &[&[1.0, 3.0], &[6.0, 8.0]]);
        let found = choice_interval(&[sure], RESAMPLING).unwrap();
        assert_eq!((found.chosen.as_slice(), found.selection_variance, found.same_choice), (&[1][..], 0.0, 1.0));
        let (given, counting) = (found.conditional.interval.unwrap(), found.including_selection.unwrap());
        assert!((given.low - counting.low).abs() < 1e-12 && (given.high - counting.high).abs() < 1e-12);
    }

    #[test]
    fn arms_share_their_draws_so_that_equal_arms_differ_by_nothing() {
        let other = ArmGrid { factor: -1.0, ..by_hand() };
        let found = choice_interval(&[by_hand(), other], RESAMPLING).unwrap();
        assert_eq!((found.conditional.mean, found.selection_variance), (0.0, 0.0));
    }

    #[test]
    fn choices_without_comparison_runs_are_counted_and_left_out() {
        let mut arm = by_hand();
        arm.compared[1] = None;
        let found = choice_interval(&[arm.clone()], RESAMPLING).unwrap();
        assert!((found.not_made - 0.25).abs() < 0.02 && found.selection_variance == 0.0);
        arm.compared[0] = None;
        assert_eq!(choice_interval(&[arm], RESAMPLING), None);
    }

    #[test]
    fn a_setting_that_diverged_is_never_chosen() {
        let mut arm = by_hand();
        arm.tuning[0] = None;
        let found = choice_interval(&[arm.clone()], RESAMPLING).unwrap();
        assert_eq!((found.chosen.as_slice(), found.selection_variance), (&[1][..], 0.0));
        arm.tuning[1] = None;
        assert_eq!(choice_interval(&[arm], RESAMPLING), None);
    }

    #[test]
    fn ties_go_to_the_first_setting() {
        let tie =
            grid(&[&[&[true, false], &[false, true]], &[&[false, true], &[true, false]]], &[&[1.0; 2], &[6.0; 2]]);
        assert_eq!(choice_interval(&[tie], RESAMPLING).unwrap().chosen, [0]);
    }

    /// Whether a share of examples, drawn for each setting, was right.
    fn random_bits(random: &mut Resampling, seeds: usize, difficulties: &[usize]) -> Option<Vec<Vec<bool>>> {
        let seed = |random: &mut Resampling| difficulties.iter().map(|&d| random.below(100) < d).collect();
        Some((0..seeds).map(|_| seed(random)).collect())
    }

    #[test]
    fn counting_the_choice_covers_what_tuning_gives_where_given_the_choice_does_not() {
        // Four settings that validate alike, 0 to 3 points good on the test split: tuning gives 1.5.
        let mut random = Resampling::new(3, 0);
        let (mut given, mut counting) = (0, 0);
        let repetitions = 200;
        for repetition in 0..repetitions {
            let settings = || 0..4;
            let tuning = settings().map(|_| {
                let difficulties: Vec<usize> = (0..100).map(|_| random.below(101)).collect();
                random_bits(&mut random, 3, &difficulties)
            });
            let tuning = tuning.collect();
            let values =
                |points: usize| Some((0..10).map(|_| points as f64 + random.below(1_000) as f64 / 1e3 - 0.5).collect());
            let arm = ArmGrid { factor: 1.0, tuning, compared: settings().map(values).collect() };
            let found = choice_interval(&[arm], ChoiceResampling { draws: 200, seed: repetition }).unwrap();
            given += usize::from(found.conditional.interval.unwrap().contains(1.5));
            counting += usize::from(found.including_selection.unwrap().contains(1.5));
        }
        assert!(given < repetitions as usize / 10 && counting > 9 * repetitions as usize / 10, "{given} {counting}");
    }
}
