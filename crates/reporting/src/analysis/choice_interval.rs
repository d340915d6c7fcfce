//! The interval including hyperparameter selection: the uncertainty of a tuned estimate when the selected settings count as
//! one noisy draw.
//!
//! Tuning chooses every arm's setting by right answers on a few tuning seeds and validation examples, and all comparison
//! seeds then share the choice: the t interval over comparison seeds is conditional on the selected hyperparameters.
//! Here tuning seeds and groups of validation examples are resampled with replacement, the same resample for all arms and
//! settings as they share both. Each arm's setting is chosen again, by the suite's rule with its ties, and the estimate of
//! every comparison seed at the settings chosen is looked up in the runs made. [`smoothed_mean_with_parts`] makes mean and interval
//! of them. What they speak of is what the tuned arms give on average over fresh tuning seeds, validation sets and
//! comparison seeds. The mean is an average over selections, not the mean at the selected settings.

use fractionate_statistics::{Resampling, Summary, VarianceComponent, smoothed_mean_with_parts};
use rayon::prelude::*;
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

/// An estimate with both intervals.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChoiceInterval {
    /// The position of each arm's chosen setting.
    pub chosen: Vec<usize>,
    /// The estimate at the chosen settings, with its interval conditional on the selected hyperparameters.
    pub conditional: Summary,
    /// The estimate smoothed over selections, with its interval including hyperparameter selection; one comparison seed
    /// has none.
    pub smoothed: Summary,
    /// The smoothed estimate under each of several teachers at each comparison seed; none with one teacher.
    #[serde(skip)]
    pub by_teacher: Vec<Vec<f64>>,
    /// What the tuning seeds give the variance of the smoothed estimate.
    #[serde(skip)]
    pub tuning_seeds: VarianceComponent,
    /// What the validation examples give it.
    #[serde(skip)]
    pub validation_examples: VarianceComponent,
    /// The share of draws that chose as the tuning did, all arms at once.
    pub same_choice: f64,
    /// The share of draws left out, since they have a choice whose comparison runs were not made.
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
    let parts: Vec<ChoicePart> = arms.iter().enumerate().map(part).collect();
    draws.interval(&parts, &draws.made(&parts))
}

/// One setting of an arm: whether each validation example was classified rightly, [tuning seeds][validation examples];
/// none if a tuning run diverged, and the setting cannot be chosen.
pub type ArmTuning = Option<Vec<Vec<bool>>>;

/// One setting of an arm: what each group of validation examples gives it, [tuning seeds][groups]; none as for
/// [`ArmTuning`].
type GroupSums = Option<Vec<Vec<f64>>>;

/// The selected setting of every arm, and the selections in resamples of tuning seeds x validation examples: the
/// same draws for all arms, so that every sum of arms can be looked up in them.
#[derive(Debug, Clone)]
pub struct ChoiceDraws {
    /// Position of the chosen setting, by arm; none where no setting is left.
    chosen: Vec<Option<usize>>,
    /// The same in every draw, [arms][draws].
    again: Vec<Vec<Option<usize>>>,
    /// How often each tuning seed was drawn, [draws][seeds].
    seeds: Vec<Vec<u32>>,
    /// How often each group of validation examples was drawn, [draws][groups].
    groups: Vec<Vec<u32>>,
    /// How many validation examples there are.
    examples: usize,
}

/// Validation examples are resampled in so many groups, which makes a draw cheap; each is its own where there are fewer.
const GROUPS: usize = 50;

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
        if examples == 0 {
            return None;
        }
        let group_of = groups(examples, resampling.seed);
        let group_count = examples.min(GROUPS);
        let by_group = |runs: &Vec<Vec<bool>>| -> Vec<Vec<f64>> {
            runs.iter().map(|run| right_by_group(run, &group_of, group_count)).collect()
        };
        let of_arm = |settings: &&[ArmTuning]| settings.iter().map(|runs| runs.as_ref().map(by_group)).collect();
        Self::of_groups(&arms.iter().map(of_arm).collect::<Vec<_>>(), (seeds, group_count), examples, resampling)
    }

    /// The same where of each run only its mean validation score is known, the more the better: tuning seeds alone are
    /// resampled. `scores`: per arm, its settings in the order of preference with the score at every tuning seed.
    ///
    /// # Panics
    /// If the settings differ in their tuning seeds.
    pub fn of_scores(scores: &[Vec<Vec<f64>>], resampling: ChoiceResampling) -> Option<Self> {
        let seeds = scores.iter().flatten().next()?.len();
        assert!(scores.iter().flatten().all(|own| own.len() == seeds), "the settings share their tuning seeds");
        let one_group = |own: &Vec<f64>| Some(own.iter().map(|&score| vec![score]).collect());
        let arms: Vec<Vec<GroupSums>> = scores.iter().map(|arm| arm.iter().map(one_group).collect()).collect();
        Self::of_groups(&arms, (seeds, 1), 1, resampling)
    }

    fn of_groups(
        arms: &[Vec<GroupSums>],
        (seeds, group_count): (usize, usize),
        examples: usize,
        resampling: ChoiceResampling,
    ) -> Option<Self> {
        if seeds == 0 || resampling.draws == 0 {
            return None;
        }
        let mut random = Resampling::new(resampling.seed, 0);
        // First what the tuning saw: everything once.
        let mut drawn: Vec<(Vec<u32>, Vec<u32>)> = vec![(vec![1; seeds], vec![1; group_count])];
        drawn.extend((0..resampling.draws).map(|_| (random.counts(seeds), random.counts(group_count))));
        let (mut seeds, mut groups): (Vec<Vec<u32>>, Vec<Vec<u32>>) = drawn.into_iter().unzip();
        let as_numbers = |own: &Vec<u32>| own.iter().map(|&count| f64::from(count)).collect();
        let weights: Vec<Vec<f64>> = groups.iter().map(as_numbers).collect();
        let choices: Vec<Vec<Option<usize>>> =
            arms.par_iter().map(|settings| choices(settings, &seeds, &weights)).collect();
        let (chosen, again): (Vec<_>, Vec<_>) =
            choices.into_iter().map(|choices| (choices[0], choices[1..].to_vec())).unzip();
        seeds.remove(0);
        groups.remove(0);
        Some(Self { chosen, again, seeds, groups, examples })
    }

    /// The estimate of each comparison seed, smoothed over the draws that are `made`; `None` where one of these has none.
    pub fn smoothed_by_seed(&self, parts: &[ChoicePart], made: &[bool]) -> Option<Vec<f64>> {
        let of = |draw: usize| -> Option<Vec<f64>> {
            let again: Option<Vec<usize>> = parts.iter().map(|part| self.again[part.arm][draw]).collect();
            estimates(parts, &again?)
        };
        let draws = (0..self.draws()).filter(|&draw| made[draw]).map(of).collect::<Option<Vec<_>>>()?;
        (!draws.is_empty()).then(|| means(&draws))
    }

    /// How many draws there are.
    pub fn draws(&self) -> usize {
        self.seeds.len()
    }

    /// The position of an arm's chosen setting; `None` where every setting diverged.
    pub fn chosen(&self, arm: usize) -> Option<usize> {
        self.chosen[arm]
    }

    /// Whether each draw selects settings that have comparison runs, for all of these arms together.
    pub fn made(&self, arms: &[ChoicePart]) -> Vec<bool> {
        let is_made = |draw: usize| {
            arms.iter().all(|part| self.again[part.arm][draw].is_some_and(|setting| part.compared[setting].is_some()))
        };
        (0..self.draws()).map(is_made).collect()
    }

    /// Both intervals of a sum of arms, from the draws that are `made`. `None` if an arm has no setting left, the
    /// comparison runs of a chosen setting were not made, no draw is left, or there are no comparison seeds.
    ///
    /// # Panics
    /// If the parts differ in their comparison seeds or an arm is not one of the draws'.
    pub fn interval(&self, parts: &[ChoicePart], made: &[bool]) -> Option<ChoiceInterval> {
        let of = |choice: &dyn Fn(usize) -> Option<usize>| -> Option<Vec<usize>> {
            parts.iter().map(|part| choice(part.arm)).collect()
        };
        let chosen = of(&|arm| self.chosen[arm])?;
        let conditional = Summary::of(&estimates(parts, &chosen)?)?;
        let (mut looked_up, mut seeds, mut groups, mut same) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for (draw, &made) in made.iter().enumerate() {
            let again = of(&|arm| self.again[arm][draw])?;
            same += usize::from(again == chosen);
            let Some(found) = made.then(|| estimates(parts, &again)).flatten() else { continue };
            looked_up.push(found);
            seeds.push(self.seeds[draw].clone());
            groups.push(self.groups[draw].clone());
        }
        let draws = self.draws() as f64;
        let (smoothed, parts) = smoothed_mean_with_parts(&looked_up, &[&groups, &seeds])?;
        Some(ChoiceInterval {
            chosen,
            conditional,
            smoothed,
            by_teacher: Vec::new(),
            tuning_seeds: VarianceComponent { count: seeds[0].len(), variance: parts[1] },
            validation_examples: VarianceComponent { count: self.examples, variance: parts[0] },
            same_choice: same as f64 / draws,
            not_made: (draws - looked_up.len() as f64) / draws,
        })
    }
}

/// The mean over draws of each comparison seed's estimate. `draws`: `[draws][seeds]`, at least one.
fn means(draws: &[Vec<f64>]) -> Vec<f64> {
    let mut sums = vec![0.0; draws[0].len()];
    for draw in draws {
        sums.iter_mut().zip(draw).for_each(|(sum, value)| *sum += value);
    }
    sums.into_iter().map(|sum| sum / draws.len() as f64).collect()
}

/// The group of each validation example: as even as can be, at random.
fn groups(examples: usize, seed: u64) -> Vec<usize> {
    let order = Resampling::new(seed, 1).some_of(examples, examples);
    let mut groups = vec![0; examples];
    order.into_iter().enumerate().for_each(|(place, example)| groups[example] = place % GROUPS);
    groups
}

/// The setting with the largest sum in every draw, each group's counted as often as its seed and group were drawn.
fn choices(settings: &[GroupSums], seeds: &[Vec<u32>], groups: &[Vec<f64>]) -> Vec<Option<usize>> {
    let mut best: Vec<Option<(usize, f64)>> = vec![None; seeds.len()];
    for (setting, runs) in settings.iter().enumerate() {
        let Some(runs) = runs else { continue };
        for ((best, times), weights) in best.iter_mut().zip(seeds).zip(groups) {
            let sum = runs.iter().zip(times).filter(|(_, times)| **times > 0);
            let sum: f64 = sum.map(|(run, &times)| f64::from(times) * weighted(run, weights)).sum();
            // In the order of preference, so only a strictly better setting takes over; sums of scores may differ by rounding.
            if best.is_none_or(|(_, so_far)| sum - so_far > 1e-12 * sum.abs().max(so_far.abs())) {
                *best = Some((setting, sum));
            }
        }
    }
    best.into_iter().map(|best| best.map(|(setting, _)| setting)).collect()
}

/// Four sums side by side, which a processor adds at once.
fn weighted(sums: &[f64], weights: &[f64]) -> f64 {
    let mut lanes = [0.0; 4];
    for (sums, weights) in sums.chunks(4).zip(weights.chunks(4)) {
        lanes.iter_mut().zip(sums).zip(weights).for_each(|((lane, sum), weight)| *lane += sum * weight);
    }
    lanes.iter().sum()
}

/// Whole numbers, whose sums are exact.
fn right_by_group(run: &[bool], group_of: &[usize], groups: usize) -> Vec<f64> {
    let mut right = vec![0.0; groups];
    run.iter().zip(group_of).for_each(|(&is_right, &group)| right[group] += f64::from(u8::from(is_right)));
    right
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
    fn scores_select_as_the_answers_that_they_count() {
        // Three tuning seeds, one validation example: 1 or 0 right.
        let answers: [[bool; 3]; 3] = [[true, false, false], [false, true, true], [true, true, false]];
        let of_answers = |own: &[bool; 3]| Some(own.iter().map(|&right| vec![right]).collect());
        let arm: Vec<ArmTuning> = answers.iter().map(of_answers).collect();
        let scores = answers.map(|own| own.map(|right| f64::from(u8::from(right))).to_vec()).to_vec();
        let resampling = ChoiceResampling { draws: 500, seed: 1 };
        let (one, other) = (ChoiceDraws::of(&[&arm], resampling), ChoiceDraws::of_scores(&[scores], resampling));
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_eq!((one.chosen(0), &one.again, &one.seeds), (Some(1), &other.again, &other.seeds));
        assert_eq!(other.chosen(0), Some(1));
        assert!((0..3).all(|setting| one.again[0].contains(&Some(setting))), "every setting is selected somewhere");
    }

    #[test]
    fn sums_of_scores_that_differ_by_rounding_are_ties() {
        // 0.1 + 0.7 is less than 0.3 + 0.5 in floating point.
        let scores = vec![vec![0.1, 0.7], vec![0.3, 0.5]];
        let draws = ChoiceDraws::of_scores(&[scores], ChoiceResampling { draws: 1, seed: 0 }).unwrap();
        assert_eq!(draws.chosen(0), Some(0));
    }

    #[test]
    fn mean_variance_and_interval_are_those_worked_out_by_hand() {
        let found = choice_interval(&[by_hand()], RESAMPLING).unwrap();
        assert_eq!((found.chosen.as_slice(), found.conditional.mean), (&[0][..], 2.0));
        // The second setting in a quarter of the draws: 0.75 * [1, 3] + 0.25 * [6, 8].
        assert!((found.smoothed.mean - 3.25).abs() < 0.06, "{found:?}");
        assert!((found.same_choice - 0.75).abs() < 0.02 && found.not_made == 0.0);
        // A draw without the first example is worth 5 more: covariances of -5/4 and 5/4 with the two counts, squared,
        // summed, and doubled for two units.
        let variance = found.smoothed.other_variance;
        assert!((variance - 6.25).abs() < 0.2, "{variance}");
        // s^2 / n = 1; t(0.975, 1) = 12.706205, z(0.975) = 1.959964.
        // All of it the two examples': one tuning seed is never drawn otherwise.
        assert_eq!((found.validation_examples.count, found.validation_examples.variance), (2, variance));
        assert_eq!((found.tuning_seeds.count, found.tuning_seeds.variance), (1, 0.0));
        let half = (12.706_204_736f64.powi(2) + 1.959_963_985f64.powi(2) * variance).sqrt();
        let interval = found.smoothed.interval.unwrap();
        let (low, high) = (found.smoothed.mean - half, found.smoothed.mean + half);
        assert!((interval.low - low).abs() < 1e-6 && (interval.high - high).abs() < 1e-6, "{interval:?} {low} {high}");
    }

    #[test]
    fn noise_of_the_comparison_seeds_is_not_taken_for_the_selections() {
        // Both settings' means are 2, whatever the seeds: only noise would move them.
        let arm = grid(&[&[&[true, false]], &[&[false, true]]], &[&[1.0, 3.0], &[3.0, 1.0]]);
        assert_eq!(choice_interval(&[arm], RESAMPLING).unwrap().smoothed.other_variance, 0.0);
        // Seeds that differ by 1 and by 2, the mean by 1.5: 6.25 / 25 of 2.25 less (2.5 - 2.25).
        let arm = grid(&[&[&[true, false]], &[&[false, true]]], &[&[0.0, 4.0], &[1.0, 6.0]]);
        let found = choice_interval(&[arm], RESAMPLING).unwrap().smoothed.other_variance;
        assert!((found - 2.0 * 0.25).abs() < 0.03, "{found}");
    }

    #[test]
    fn a_choice_that_no_draw_changes_adds_nothing() {
        let sure = grid(&[&[&[false, false]], &[&[true, true]]], &[&[1.0, 3.0], &[6.0, 8.0]]);
        let found = choice_interval(&[sure], RESAMPLING).unwrap();
        assert_eq!((found.chosen.as_slice(), found.smoothed.other_variance, found.same_choice), (&[1][..], 0.0, 1.0));
        let (conditional, smoothed) = (found.conditional.interval.unwrap(), found.smoothed.interval.unwrap());
        assert!((conditional.low - smoothed.low).abs() < 1e-12 && (conditional.high - smoothed.high).abs() < 1e-12);
    }

    #[test]
    fn arms_share_their_draws_so_that_equal_arms_differ_by_nothing() {
        let other = ArmGrid { factor: -1.0, ..by_hand() };
        let found = choice_interval(&[by_hand(), other], RESAMPLING).unwrap();
        assert_eq!((found.conditional.mean, found.smoothed.mean, found.smoothed.interval), (0.0, 0.0, None));
    }

    #[test]
    fn choices_without_comparison_runs_are_counted_and_left_out() {
        let mut arm = by_hand();
        arm.compared[1] = None;
        let found = choice_interval(&[arm.clone()], RESAMPLING).unwrap();
        assert!((found.not_made - 0.25).abs() < 0.02 && found.smoothed.other_variance == 0.0);
        arm.compared[0] = None;
        assert_eq!(choice_interval(&[arm], RESAMPLING), None);
    }

    #[test]
    fn a_setting_that_diverged_is_never_chosen() {
        let mut arm = by_hand();
        arm.tuning[0] = None;
        let found = choice_interval(&[arm.clone()], RESAMPLING).unwrap();
        assert_eq!((found.chosen.as_slice(), found.smoothed.other_variance), (&[1][..], 0.0));
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
    fn the_smoothed_interval_covers_what_tuning_gives_where_the_conditional_one_does_not() {
        // Four settings that validate alike, 0 to 3 points good on the test split: tuning gives 1.5.
        let mut random = Resampling::new(3, 0);
        let (mut conditional, mut smoothed) = (0, 0);
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
            conditional += usize::from(found.conditional.interval.unwrap().contains(1.5));
            smoothed += usize::from(found.smoothed.interval.unwrap().contains(1.5));
        }
        assert!(conditional < repetitions as usize / 10, "{conditional}");
        assert!(smoothed > 9 * repetitions as usize / 10, "{smoothed}");
    }
}
