//! `uniform`: the same mass for every class.

use super::ArmInputs;
use super::description::Description;

pub(crate) const DESCRIPTION: Description = Description {
    name: "uniform",
    formula: "1/K everywhere",
    keeps: "-",
    takes_away: "everything but the pull to uniform",
    ..Description::PLAIN
};

pub(crate) fn rows(inputs: &ArmInputs<'_>) -> Vec<f64> {
    vec![1.0 / inputs.classes as f64; inputs.labels.len() * inputs.classes]
}
