//! `label-smoothing`: one mass on the label for all examples, the rest flat.

use super::class_statistics::{Sum, push_flat, split_target};
use super::description::{ArmOption, Description};
use super::{ArmError, ArmInputs, Averaged, TeacherProbabilities};

pub(crate) const DESCRIPTION: Description = Description {
    name: "label-smoothing",
    formula: "rho_t = a, the rest (1 - a) / (K - 1); a = the teacher's mean p_t over the training set",
    keeps: "universe",
    takes_away: "domain, instance",
    options: &[
        ArmOption {
            example: "label-smoothing(correct)",
            meaning: "a = the mean over those that the teacher classifies correctly, to match class-mean(correct)",
        },
        ArmOption { example: "label-smoothing(0.9)", meaning: "a = 0.9, or another number from 0 to 1" },
    ],
    ..Description::PLAIN
};

/// The mass a on the label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SmoothingTarget {
    /// The teacher's mean p_t over these training examples.
    Matched(Averaged),
    /// A number in [0, 1].
    Number(f64),
}

impl Default for SmoothingTarget {
    fn default() -> Self {
        Self::Matched(Averaged::All)
    }
}

impl SmoothingTarget {
    /// The words for the matched ones in suite files and names.
    pub const WORDS: [(&'static str, Self); 2] =
        [("matched", Self::Matched(Averaged::All)), ("correct", Self::Matched(Averaged::Correct))];

    /// This number, if it is from 0 to 1.
    pub fn number(a: f64) -> Option<Self> {
        // Adding 0 makes -0 the one zero.
        (0.0..=1.0).contains(&a).then_some(Self::Number(a + 0.0))
    }
}

pub(crate) fn rows_matched(
    teacher: &TeacherProbabilities,
    labels: &[u16],
    over: Averaged,
) -> Result<Vec<f64>, ArmError> {
    let (mut target, mut rest, mut n) = (Sum::default(), Sum::default(), 0);
    for (row, &t) in teacher.rows().zip(labels).filter(|(row, t)| over.counts(row, **t)) {
        let (p_t, others) = split_target(row, t);
        target.add(p_t);
        rest.add(others);
        n += 1;
    }
    if n == 0 {
        return Err(ArmError::NothingCorrect { arm: DESCRIPTION.name });
    }
    Ok(flat_rows(labels, teacher.classes(), target.mean(n), rest.mean(n)))
}

pub(crate) fn rows_of_number(inputs: &ArmInputs<'_>, target: f64) -> Vec<f64> {
    flat_rows(inputs.labels, inputs.classes, target, 1.0 - target)
}

fn flat_rows(labels: &[u16], classes: usize, target: f64, rest: f64) -> Vec<f64> {
    let mut rows = Vec::with_capacity(labels.len() * classes);
    labels.iter().for_each(|&t| push_flat(&mut rows, classes, t, target, rest));
    rows
}
