//! Labels held against the classes and the teacher.

use crate::{ArmError, TeacherProbabilities};

/// Refuses fewer than two classes, no label, and labels that are no class.
pub(crate) fn check_labels(labels: &[u16], classes: usize) -> Result<(), ArmError> {
    if classes < 2 {
        return Err(ArmError::TooFewClasses { classes });
    }
    if labels.is_empty() {
        return Err(ArmError::NoExamples);
    }
    match labels.iter().position(|&label| usize::from(label) >= classes) {
        Some(example) => Err(ArmError::LabelOutOfRange { example, label: labels[example], classes }),
        None => Ok(()),
    }
}

/// Refuses probabilities of another number of examples.
pub(crate) fn check_examples(teacher: &TeacherProbabilities, labels: &[u16]) -> Result<(), ArmError> {
    if teacher.examples() == labels.len() {
        Ok(())
    } else {
        Err(ArmError::ExamplesDiffer { teacher: teacher.examples(), labels: labels.len() })
    }
}
