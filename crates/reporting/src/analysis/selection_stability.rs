//! Selection stability: the runner-up setting of each arm, and the selections without each of the tuning seeds.

use std::collections::{BTreeMap, BTreeSet};

use fractionate_records::{ArmChoice, GridPoint, Role};

use crate::model::selection_stability::SelectionStability;
use crate::source::suite_runs::SuiteRuns;

/// A setting and its right validation answers by seed; `None` where the run diverged.
#[derive(Debug)]
struct Trial {
    setting: GridPoint,
    right: BTreeMap<u64, Option<u64>>,
}

/// The selection stability of every arm, in the order of the selections.
pub(crate) fn selection_stability(suite: &SuiteRuns) -> Vec<SelectionStability> {
    let of = |own: &SuiteRuns| -> Vec<SelectionStability> {
        let choices = own.configuration.choices.iter();
        let teacher = own.teacher_value().map(str::to_owned);
        choices
            .map(|choice| SelectionStability {
                teacher: teacher.clone(),
                ..of_choice(choice, trials(own, &choice.arm))
            })
            .collect()
    };
    suite.each_teacher().into_iter().flat_map(of).collect()
}

/// An arm's tuning runs by setting, in the order of preference among equals; `None` if one is missing.
fn trials(suite: &SuiteRuns, arm: &str) -> Option<Vec<Trial>> {
    let mut trials: Vec<Trial> = Vec::new();
    for run in suite.configuration.runs.iter().filter(|run| run.role == Role::Tuning && run.arm == arm) {
        let (record, setting) = (suite.record(&run.id)?, run.setting?);
        let examples = record.config.as_ref()?.data.validation_examples as f64;
        // Counts, as the choice itself is made: sums of shares could break a tie by rounding.
        let accuracy = record.outcome.validation().and_then(|scores| scores.accuracy);
        let right = accuracy.map(|accuracy| (accuracy * examples).round() as u64);
        let place = trials.iter().position(|trial| trial.setting == setting).unwrap_or_else(|| {
            trials.push(Trial { setting, right: BTreeMap::new() });
            trials.len() - 1
        });
        trials[place].right.insert(run.seed.0, right);
    }
    let key = |p: &GridPoint| [p.lambda, p.learning_rate, p.weight_decay];
    trials.sort_by(|a, b| {
        let pairs = key(&a.setting).into_iter().zip(key(&b.setting));
        pairs.fold(std::cmp::Ordering::Equal, |order, (a, b)| order.then(a.total_cmp(&b)))
    });
    (!trials.is_empty()).then_some(trials)
}

fn of_choice(choice: &ArmChoice, trials: Option<Vec<Trial>>) -> SelectionStability {
    let trials = trials.unwrap_or_default();
    let seeds: BTreeSet<u64> = trials.iter().flat_map(|trial| trial.right.keys().copied()).collect();
    let mut selection_stability = SelectionStability {
        arm: choice.arm.clone(),
        teacher: None,
        settings: trials.len(),
        tuning_seeds: seeds.len(),
        runner_up: None,
        ahead: None,
        changes_without: None,
    };
    let all: Vec<&Trial> = trials.iter().collect();
    let Some((chosen, right)) = best(&all, &seeds).filter(|(setting, _)| *setting == choice.setting) else {
        return selection_stability;
    };
    let others: Vec<&Trial> = trials.iter().filter(|trial| trial.setting != chosen).collect();
    if let Some((setting, less)) = best(&others, &seeds) {
        selection_stability.runner_up = Some(setting);
        selection_stability.ahead = Some((right - less) as f64 / seeds.len() as f64);
    }
    if seeds.len() > 1 {
        let changes = |left_out: &u64| {
            let rest: BTreeSet<u64> = seeds.iter().copied().filter(|seed| seed != left_out).collect();
            best(&all, &rest).is_some_and(|(setting, _)| setting != chosen)
        };
        selection_stability.changes_without = Some(seeds.iter().copied().filter(|seed| changes(seed)).collect());
    }
    selection_stability
}

/// The setting with the most right answers over the seeds, and their sum; a setting that diverged at one of them is out.
fn best(trials: &[&Trial], seeds: &BTreeSet<u64>) -> Option<(GridPoint, u64)> {
    let mut best: Option<(GridPoint, u64)> = None;
    for trial in trials {
        let sum: Option<u64> = seeds.iter().map(|seed| trial.right.get(seed).copied().flatten()).sum();
        let Some(sum) = sum else { continue };
        // In the order of preference, so only a strictly better setting takes over.
        if best.is_none_or(|(_, so_far)| sum > so_far) {
            best = Some((trial.setting, sum));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::text::selection_stability::sentence;

    fn point(learning_rate: f64, lambda: f64) -> GridPoint {
        GridPoint { learning_rate, lambda, weight_decay: 0.0 }
    }

    /// Right answers at seeds 1000, 1001 and so on.
    fn trial(setting: GridPoint, right: &[Option<u64>]) -> Trial {
        Trial { setting, right: (1000..).zip(right.iter().copied()).collect() }
    }

    fn found(choice: GridPoint, trials: Vec<Trial>) -> SelectionStability {
        let choice = ArmChoice {
            arm: "teacher".into(),
            setting: choice,
            validation_accuracy: 0.8,
            edges: vec![],
            runner_ups: vec![],
        };
        of_choice(&choice, Some(trials))
    }

    #[test]
    fn a_choice_that_one_seed_carries_changes_without_it() {
        let (low, high) = (point(0.01, 0.3), point(0.03, 0.9));
        let row = found(
            high,
            vec![trial(low, &[Some(410), Some(410), Some(400)]), trial(high, &[Some(405), Some(405), Some(416)])],
        );
        assert_eq!((row.runner_up, row.ahead), (Some(low), Some(2.0)));
        assert_eq!(row.changes_without, Some(vec![1002]));
        assert!(sentence(&[row]).contains("not stable for 1 of 1 arms"));
    }

    #[test]
    fn a_tie_goes_to_the_smaller_lambda_as_in_the_choice() {
        let (low, high) = (point(0.03, 0.3), point(0.01, 0.9));
        let row = found(low, vec![trial(low, &[Some(1), Some(3)]), trial(high, &[Some(3), Some(1)])]);
        assert_eq!((row.runner_up, row.ahead), (Some(high), Some(0.0)));
        assert_eq!(row.changes_without, Some(vec![1001]));
    }

    #[test]
    fn a_setting_that_diverged_is_no_runner_up_and_comes_back_without_the_seed_where_it_did() {
        let (low, middle, high) = (point(0.01, 0.3), point(0.03, 0.6), point(0.1, 0.9));
        let row = found(
            middle,
            vec![
                trial(low, &[Some(5), Some(5), Some(5)]),
                trial(middle, &[Some(7), Some(7), Some(7)]),
                trial(high, &[Some(9), None, Some(9)]),
            ],
        );
        assert_eq!((row.runner_up, row.ahead), (Some(low), Some(2.0)));
        assert_eq!(row.changes_without, Some(vec![1001]));
    }

    #[test]
    fn with_one_seed_or_another_choice_than_the_runs_say_it_cannot_be_told() {
        let (low, high) = (point(0.01, 0.3), point(0.03, 0.9));
        let one = found(high, vec![trial(low, &[Some(1)]), trial(high, &[Some(2)])]);
        assert_eq!((one.ahead, &one.changes_without), (Some(1.0), &None));
        assert!(sentence(&[one]).starts_with("Selection stability is unknown with a single tuning seed"));
        let other = found(low, vec![trial(low, &[Some(1), Some(1)]), trial(high, &[Some(2), Some(2)])]);
        assert_eq!((other.runner_up, other.changes_without), (None, None));
    }

    #[test]
    fn a_grid_of_one_setting_has_no_runner_up() {
        let row = found(point(0.01, 0.3), vec![trial(point(0.01, 0.3), &[Some(1), Some(2)])]);
        assert_eq!((row.runner_up, row.ahead, row.changes_without), (None, None, Some(vec![])));
    }
}
