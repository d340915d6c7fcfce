//! Each arm's own setting, chosen on the validation split.

use std::collections::HashMap;

use fractionate_arms::Arm;
use fractionate_records::{ArmChoice, Edge, GridPoint, RunId, RunRecord};

use crate::plan::{Plan, RunPlan};

/// An arm without a setting to choose.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("every setting of the arm `{arm}` diverged in tuning: give [tune] smaller learning rates")]
pub struct ChoiceError {
    /// The arm.
    pub arm: String,
}

/// Chooses each arm's setting by mean validation accuracy over the tuning seeds. A setting that diverged with any seed is
/// out; ties go to the smallest lambda, then the smallest rate, then the smallest weight decay. Arms without runs have no
/// choice.
///
/// # Errors
/// With every arm that has no setting left.
pub fn choose(
    plan: &Plan<'_>,
    runs: &[RunPlan],
    records: &HashMap<RunId, RunRecord>,
) -> (Vec<ArmChoice>, Vec<ChoiceError>) {
    let (mut choices, mut errors) = (Vec::new(), Vec::new());
    for arm in &plan.suite().arms {
        let own: Vec<&RunPlan> = runs.iter().filter(|run| run.arm == *arm).collect();
        if own.is_empty() {
            continue;
        }
        match best(plan, arm, &own, records) {
            Some((setting, validation_accuracy)) => choices.push(ArmChoice {
                arm: arm.name(),
                setting,
                validation_accuracy,
                edges: edges(plan, arm, setting),
                runner_ups: Vec::new(),
            }),
            None => errors.push(ChoiceError { arm: arm.name() }),
        }
    }
    (choices, errors)
}

fn best(
    plan: &Plan<'_>,
    arm: &Arm,
    runs: &[&RunPlan],
    records: &HashMap<RunId, RunRecord>,
) -> Option<(GridPoint, f64)> {
    let examples = plan.suite().data.validation_examples as f64;
    let mut best: Option<(GridPoint, u64, usize)> = None;
    // The grid is in the order of preference, so only a strictly better setting takes over.
    for setting in plan.grid(arm) {
        let rights: Option<Vec<u64>> = runs
            .iter()
            .filter(|run| run.setting() == setting)
            .map(|run| {
                let accuracy = records.get(&run.id)?.outcome.validation()?.accuracy;
                // Counts of right answers: sums of shares could break a tie by rounding.
                Some((accuracy * examples).round() as u64)
            })
            .collect();
        let Some(rights) = rights.filter(|rights| !rights.is_empty()) else { continue };
        let sum = rights.iter().sum();
        if best.is_none_or(|(_, so_far, _)| sum > so_far) {
            best = Some((setting, sum, rights.len()));
        }
    }
    best.map(|(setting, sum, seeds)| (setting, sum as f64 / seeds as f64 / examples))
}

/// A setting's value on one axis of the grid.
type Axis = fn(&GridPoint) -> f64;

/// Where the setting is the first or last of an axis with several values.
fn edges(plan: &Plan<'_>, arm: &Arm, setting: GridPoint) -> Vec<Edge> {
    let grid = plan.grid(arm);
    let axes: [(&str, Axis); 3] = [
        ("learning_rate", |point| point.learning_rate),
        ("lambda", |point| point.lambda),
        ("weight_decay", |point| point.weight_decay),
    ];
    let mut edges = Vec::new();
    for (axis, value) in axes {
        let lowest = grid.iter().map(value).fold(f64::INFINITY, f64::min);
        let highest = grid.iter().map(value).fold(f64::NEG_INFINITY, f64::max);
        let chosen = value(&setting);
        if lowest < highest && (chosen == lowest || chosen == highest) {
            edges.push(Edge { axis: axis.to_owned(), upper: chosen == highest });
        }
    }
    edges
}

#[cfg(test)]
mod tests {
    use fractionate_records::{DeviceKind, FORMAT_VERSION, NumericsConfig, Outcome, Scores};

    use super::*;
    use crate::suite::{Overrides, Suite, check_text};

    const QUICKSTART: &str = include_str!("../../../experiments/quickstart.toml");

    /// Quickstart with two arms, a grid of 2 x 2 x 2 and two tuning seeds.
    fn suite() -> Suite {
        let set = [
            "tune.learning_rate=[0.01, 0.03]",
            "tune.lambda=[0.3, 0.9]",
            "tune.weight_decay=[0.0, 1e-3]",
            "tune.seeds=1000..1002",
            "data.validation_examples=1_000",
        ];
        let set = set.map(str::to_owned).to_vec();
        let overrides = Overrides { set, arms: Some("hard,teacher".into()), ..Overrides::default() };
        check_text("quickstart.toml", QUICKSTART, &overrides).unwrap()
    }

    fn plan(suite: &Suite) -> Plan<'_> {
        Plan::new(suite, NumericsConfig { code_format: 1, libtorch: "2.13.0".into(), device: DeviceKind::Cpu })
    }

    /// A record of each tuning run with the outcome that `outcome` gives it.
    fn records(runs: &[RunPlan], outcome: impl Fn(&RunPlan) -> Outcome) -> HashMap<RunId, RunRecord> {
        let record = |run: &RunPlan| RunRecord {
            format: FORMAT_VERSION,
            id: run.id.clone(),
            config: run.config.clone(),
            outcome: outcome(run),
            curve: Vec::new(),
            teacher_logits: None,
            initial_weights: String::new(),
            batch_order: String::new(),
        };
        runs.iter().map(|run| (run.id.clone(), record(run))).collect()
    }

    fn right(examples: u32) -> Outcome {
        let validation = Scores { accuracy: f64::from(examples) / 1_000.0, nll: 1.0 };
        Outcome::Finished { epoch: 1, validation, test: None }
    }

    const DIVERGED: Outcome = Outcome::Diverged { epoch: 1, step: 1 };

    fn point(learning_rate: f64, lambda: f64, weight_decay: f64) -> GridPoint {
        GridPoint { learning_rate, lambda, weight_decay }
    }

    /// The choices where every run of the tuning ends as `outcome` says.
    fn chosen(outcome: impl Fn(&RunPlan) -> Outcome) -> (Vec<ArmChoice>, Vec<ChoiceError>) {
        let suite = suite();
        let plan = plan(&suite);
        let runs = plan.tuning_runs();
        choose(&plan, &runs, &records(&runs, outcome))
    }

    #[test]
    fn ties_go_to_the_smallest_lambda_then_the_smallest_rate_then_the_smallest_weight_decay() {
        let (choices, _) = chosen(|_| right(500));
        assert_eq!(choices[0].setting, point(0.01, 0.0, 0.0), "hard has no lambda");
        assert_eq!(choices[1].setting, point(0.01, 0.3, 0.0));
        // The smallest lambda before the smallest rate.
        let best = [point(0.03, 0.3, 1e-3), point(0.01, 0.9, 0.0)];
        let (choices, _) = chosen(|run| right(if best.contains(&run.setting()) { 600 } else { 500 }));
        assert_eq!(choices[1].setting, best[0]);
        // The smallest rate before the smallest weight decay.
        let best = [point(0.01, 0.9, 1e-3), point(0.03, 0.9, 0.0)];
        let (choices, _) = chosen(|run| right(if best.contains(&run.setting()) { 600 } else { 500 }));
        assert_eq!(choices[1].setting, best[0]);
    }

    #[test]
    fn equal_sums_of_right_answers_are_a_tie_however_they_are_spread_over_the_seeds() {
        // 0.1 + 0.7 and 0.3 + 0.5 differ as sums of floating-point numbers.
        let late = point(0.03, 0.9, 1e-3);
        let spread = |run: &RunPlan| match (run.setting() == late, run.config.seed.0) {
            (true, 1000) => right(100),
            (true, _) => right(700),
            (false, 1000) => right(300),
            (false, _) => right(500),
        };
        assert_eq!(chosen(spread).0[1].setting, point(0.01, 0.3, 0.0));
    }

    #[test]
    fn one_more_right_answer_takes_any_setting_over_any_other() {
        let late = point(0.03, 0.9, 1e-3);
        let (choices, _) = chosen(|run| right(500 + u32::from(run.setting() == late && run.config.seed.0 == 1001)));
        assert_eq!(choices[1].setting, late);
        assert!((choices[1].validation_accuracy - 0.5005).abs() < 1e-12, "the mean over the tuning seeds");
    }

    #[test]
    fn a_setting_that_diverged_with_any_seed_is_never_chosen() {
        let best = point(0.03, 0.9, 0.0);
        let (choices, errors) = chosen(|run| match run.setting() == best {
            true if run.config.seed.0 == 1001 => DIVERGED,
            true => right(1_000),
            false => right(1),
        });
        assert_eq!(choices[1].setting, point(0.01, 0.3, 0.0));
        assert_eq!(errors, []);
    }

    #[test]
    fn arms_that_diverged_everywhere_are_named_and_the_others_are_chosen() {
        let (choices, errors) = chosen(|run| if run.arm == Arm::TEACHER { DIVERGED } else { right(500) });
        assert_eq!(choices.iter().map(|choice| choice.arm.as_str()).collect::<Vec<_>>(), ["hard"]);
        assert_eq!(errors, [ChoiceError { arm: "teacher".into() }]);
        assert!(errors[0].to_string().contains("`teacher`"));
    }

    #[test]
    fn every_axis_that_ends_at_the_choice_is_an_edge_and_hard_has_none_in_lambda() {
        let best = [point(0.03, 0.3, 0.0), point(0.03, 0.0, 0.0)];
        let (choices, _) = chosen(|run| right(if best.contains(&run.setting()) { 600 } else { 500 }));
        let edge = |axis: &str, upper| Edge { axis: axis.into(), upper };
        assert_eq!(choices[0].edges, [edge("learning_rate", true), edge("weight_decay", false)]);
        assert_eq!(choices[1].edges, [edge("learning_rate", true), edge("lambda", false), edge("weight_decay", false)]);
    }

    #[test]
    fn a_choice_inside_the_grid_has_no_edge_and_neither_has_an_axis_of_one_value() {
        let set = ["tune.learning_rate=[0.01, 0.03, 0.1]", "tune.lambda=[0.9]"].map(str::to_owned).to_vec();
        let overrides = Overrides { set, ..Overrides::default() };
        let suite = check_text("quickstart.toml", QUICKSTART, &overrides).unwrap();
        let plan = plan(&suite);
        let runs = plan.tuning_runs();
        let inside = |run: &RunPlan| right(if run.setting().learning_rate == 0.03 { 600 } else { 500 });
        let (choices, _) = choose(&plan, &runs, &records(&runs, inside));
        assert!(choices.iter().all(|choice| choice.edges.is_empty()), "{choices:?}");
    }
}
