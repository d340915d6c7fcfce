//! Settings that another draw of the tuning might have chosen.
//!
//! Tuning adds up right answers over a few tuning seeds and validation examples: one noisy draw. With d(s, x) in
//! {-1, 0, 1} whether the chosen setting classifies example x rightly with tuning seed s, less whether another does, that
//! other one is a runner-up setting if the mean of d lies within two standard errors of 0: both seeds and examples are drawn, so
//! that the error's square is `var_s(mean_x d) / seeds + var_x(mean_s d) / examples`.

use std::collections::{HashMap, HashSet};

use fractionate_records::{ArmChoice, GridPoint, RunId, RunRecord, Store, StoreError};

use rayon::prelude::*;

use crate::plan::{Plan, RunPlan, data};

/// How many standard errors a setting may lie behind the choice and be a runner-up setting. Resamples scatter a little more widely than
/// this error, which counts the noise of single answers once where drawing seeds and examples counts it thrice: one that is
/// left out turns the two round in one case of twenty at the very most, and in far fewer as a rule.
const REACH: f64 = 2.0;

/// Gives every choice its runner-up settings, in the order of preference among equals; none where the suite asks for none.
/// `checked`: runs that have not changed since every byte of them was checked.
///
/// # Errors
/// If the predictions of a tuning run, or the labels, cannot be read.
pub fn with_runner_ups(
    plan: &Plan<'_>,
    runs: &[RunPlan],
    records: &HashMap<RunId, RunRecord>,
    store: &Store,
    checked: &HashSet<RunId>,
    mut choices: Vec<ArmChoice>,
) -> Result<Vec<ArmChoice>, StoreError> {
    if choices.is_empty() || !plan.suite().tune.as_ref().is_some_and(|tune| tune.runner_ups) {
        return Ok(choices);
    }
    let labels = store.labels(&data(plan.suite()))?.validation;
    let right = |run: &RunPlan| -> Result<Option<Vec<bool>>, StoreError> {
        if records.get(&run.id).is_none_or(|record| record.outcome.validation().is_none()) {
            return Ok(None);
        }
        let checked = checked.contains(&run.id);
        let read = if checked { store.unchanged_predictions(&run.id) } else { store.predictions(&run.id) };
        let predictions = read?.validation;
        Ok(Some(predictions.iter().zip(&labels).map(|(predicted, label)| predicted == label).collect()))
    };
    // Side by side: every tuning run's predictions are read.
    choices.par_iter_mut().try_for_each(|choice| {
        let own: Vec<&RunPlan> = runs.iter().filter(|run| run.arm.name() == choice.arm).collect();
        let answers = |setting: GridPoint| -> Result<Option<Vec<Vec<bool>>>, StoreError> {
            own.iter().filter(|run| run.setting() == setting).map(|run| right(run)).collect()
        };
        let Some(chosen) = answers(choice.setting)? else { return Ok(()) };
        let Some(arm) = own.first().map(|run| run.arm) else { return Ok(()) };
        for setting in plan.grid(&arm).into_iter().filter(|setting| *setting != choice.setting) {
            if answers(setting)?.is_some_and(|other| is_runner_up(&chosen, &other)) {
                choice.runner_ups.push(setting);
            }
        }
        Ok::<(), StoreError>(())
    })?;
    Ok(choices)
}

/// Whether another setting's right answers, [tuning seeds][validation examples], lie within reach of the chosen one's.
fn is_runner_up(chosen: &[Vec<bool>], other: &[Vec<bool>]) -> bool {
    let (seeds, examples) = (chosen.len(), chosen.first().map_or(0, Vec::len));
    let mut of_seeds = vec![0i64; seeds];
    let mut of_examples = vec![0i64; examples];
    for ((chosen, other), of_seed) in chosen.iter().zip(other).zip(&mut of_seeds) {
        for ((&chosen, &other), of_example) in chosen.iter().zip(other).zip(&mut of_examples) {
            let difference = i64::from(chosen) - i64::from(other);
            *of_seed += difference;
            *of_example += difference;
        }
    }
    let cells = (seeds * examples) as f64;
    let ahead = of_seeds.iter().sum::<i64>() as f64 / cells;
    // Of a single seed, the examples' share is all that is known.
    let variance = variance_of_mean(&of_seeds, examples) + variance_of_mean(&of_examples, seeds);
    ahead * ahead <= REACH * REACH * variance
}

/// The variance of the mean of some sums, each divided by `terms`; 0 for a single one.
fn variance_of_mean(sums: &[i64], terms: usize) -> f64 {
    let n = sums.len() as f64;
    if sums.len() < 2 {
        return 0.0;
    }
    let values = || sums.iter().map(|&sum| sum as f64 / terms as f64);
    let mean = values().sum::<f64>() / n;
    values().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0) / n
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Right answers of one seed: the first `right` of `of` examples.
    fn first(right: usize, of: usize) -> Vec<bool> {
        (0..of).map(|i| i < right).collect()
    }

    #[test]
    fn a_setting_that_answers_as_the_chosen_one_does_is_a_runner_up() {
        let same = vec![first(80, 100), first(82, 100)];
        assert!(is_runner_up(&same, &same));
    }

    #[test]
    fn two_standard_errors_part_runner_ups_from_others() {
        // Of 100 examples d = 1 at k and 0 elsewhere, one seed: mean k / 100, its square error k (100 - k) / 100^2 / 99.
        // Within two errors of 0: k^2 <= 4 k (100 - k) / 99, or 103 k <= 400.
        for (k, runner_up) in [(1, true), (3, true), (4, false), (30, false)] {
            assert_eq!(is_runner_up(&[first(50, 100)], &[first(50 - k, 100)]), runner_up, "{k}");
        }
    }

    #[test]
    fn seeds_that_disagree_make_a_runner_up_of_a_setting_far_behind() {
        // Ahead by 20 and by 2 of 100: the seeds' error, 9, and the examples' 3.1 leave the mean of 11 within two errors.
        assert!(is_runner_up(&[first(70, 100), first(70, 100)], &[first(50, 100), first(68, 100)]));
        assert!(!is_runner_up(&[first(70, 100), first(70, 100)], &[first(58, 100), first(60, 100)]));
    }
}
