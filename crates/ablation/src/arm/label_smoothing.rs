//! `label-smoothing`: one mass on the label for all examples, the rest flat.

use super::class_statistics::{Sum, push_flat, split_target};
use super::description::Description;
use super::{ArmInputs, TeacherProbabilities};

pub(super) const DESCRIPTION: Description = Description {
    name: "label-smoothing",
    formula: "rho_t = a, the rest (1 - a) / (K - 1); a = the teacher's mean p_t over the training set, or target = a",
    keeps: "universe",
    takes_away: "domain, instance",
};

/// The mass a on the label.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum SmoothingTarget {
    /// The teacher's mean p_t over the training set.
    #[default]
    Matched,
    /// A number in [0, 1].
    Number(f64),
}

pub(super) fn rows_matched(teacher: &TeacherProbabilities, labels: &[u16]) -> Vec<f64> {
    let (mut target, mut rest) = (Sum::default(), Sum::default());
    for (row, &t) in teacher.rows().zip(labels) {
        let (p_t, others) = split_target(row, t);
        target.add(p_t);
        rest.add(others);
    }
    let n = labels.len();
    flat_rows(labels, teacher.classes(), target.mean(n), rest.mean(n))
}

pub(super) fn rows_of_number(inputs: &ArmInputs<'_>, target: f64) -> Vec<f64> {
    flat_rows(inputs.labels, inputs.classes, target, 1.0 - target)
}

fn flat_rows(labels: &[u16], classes: usize, target: f64, rest: f64) -> Vec<f64> {
    let mut rows = Vec::with_capacity(labels.len() * classes);
    labels.iter().for_each(|&t| push_flat(&mut rows, classes, t, target, rest));
    rows
}
