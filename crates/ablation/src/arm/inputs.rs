//! What an arm may look at.

use fractionate_records::Seed;

use super::{ArmError, TeacherProbabilities};

/// What an arm's targets are a pure function of.
#[derive(Debug, Clone, Copy)]
pub struct ArmInputs<'a> {
    /// The teacher's softened probabilities of the students' training examples; arms that do not ask the teacher
    /// do without.
    pub teacher: Option<&'a TeacherProbabilities>,
    /// The labels of the same examples, each below `classes`.
    pub labels: &'a [u16],
    /// K, at least 2.
    pub classes: usize,
    /// The student's seed: arms that shuffle draw from its streams.
    pub seed: Seed,
}

impl ArmInputs<'_> {
    /// Holds labels and probabilities against each other.
    pub(super) fn check(&self) -> Result<(), ArmError> {
        if self.classes < 2 {
            return Err(ArmError::TooFewClasses { classes: self.classes });
        }
        if self.labels.is_empty() {
            return Err(ArmError::NoExamples);
        }
        if let Some(example) = self.labels.iter().position(|&label| usize::from(label) >= self.classes) {
            let label = self.labels[example];
            return Err(ArmError::LabelOutOfRange { example, label, classes: self.classes });
        }
        let Some(teacher) = self.teacher else { return Ok(()) };
        if teacher.classes() != self.classes {
            return Err(ArmError::ClassesDiffer { teacher: teacher.classes(), labels: self.classes });
        }
        if teacher.examples() != self.labels.len() {
            return Err(ArmError::ExamplesDiffer { teacher: teacher.examples(), labels: self.labels.len() });
        }
        Ok(())
    }
}
