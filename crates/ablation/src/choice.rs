//! Each arm's own setting, chosen on the validation split.

use std::collections::HashMap;

use fractionate_records::{ArmChoice, Edge, GridPoint, RunId, RunRecord};

use crate::arm::Arm;
use crate::plan::{Plan, RunPlan};

/// An arm without a setting to choose.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("every setting of the arm `{arm}` diverged in tuning: give [tune] smaller learning rates")]
pub struct ChoiceError {
    /// The arm.
    pub arm: String,
}

/// Chooses each arm's setting by mean validation accuracy over the tuning seeds. A setting that diverged with any seed is
/// out; ties go to the smallest lambda, then the smallest rate, then the smallest weight decay.
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
        match best(plan, arm, &own, records) {
            Some((setting, validation_accuracy)) => choices.push(ArmChoice {
                arm: arm.name(),
                setting,
                validation_accuracy,
                edges: edges(plan, arm, setting),
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
