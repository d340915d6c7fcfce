//! `class-prior`: the class frequencies, the same for every example.

use super::description::{ArmOption, Description};
use super::{ArmInputs, TeacherProbabilities, class_statistics};

pub(crate) const DESCRIPTION: Description = Description {
    name: "class-prior",
    formula: "class frequencies pi, of the training labels",
    keeps: "class balance",
    takes_away: "everything else",
    options: &[ArmOption {
        example: "class-prior(teacher)",
        meaning: "pi = the teacher's mean p over the training set",
    }],
    ..Description::PLAIN
};

/// Where the class frequencies are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PriorSource {
    /// The training labels: the share of each class.
    #[default]
    Labels,
    /// The teacher: the mean of p over the training examples.
    Teacher,
}

impl PriorSource {
    /// Both sources.
    pub const ALL: [Self; 2] = [Self::Labels, Self::Teacher];

    /// The word for it in suite files and names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Labels => "labels",
            Self::Teacher => "teacher",
        }
    }
}

pub(crate) fn rows_from_labels(inputs: &ArmInputs<'_>) -> Vec<f64> {
    let n = inputs.labels.len();
    let counts = class_statistics::counts(inputs.labels, inputs.classes);
    let prior: Vec<f64> = counts.iter().map(|&count| count as f64 / n as f64).collect();
    prior.repeat(n)
}

pub(crate) fn rows_from_teacher(teacher: &TeacherProbabilities) -> Vec<f64> {
    let n = teacher.examples();
    let mut sums = vec![class_statistics::Sum::default(); teacher.classes()];
    for row in teacher.rows() {
        sums.iter_mut().zip(row).for_each(|(sum, &p)| sum.add(p));
    }
    let prior: Vec<f64> = sums.iter().map(|sum| sum.mean(n)).collect();
    prior.repeat(n)
}
