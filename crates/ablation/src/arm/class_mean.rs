//! `class-mean`: the teacher's mean over the examples of the class.

use super::class_statistics::class_means;
use super::description::Description;
use super::{ArmError, TeacherProbabilities};

pub(super) const DESCRIPTION: Description = Description {
    name: "class-mean",
    formula: "the mean of p over the training examples of class t",
    keeps: "universe, class difficulty, domain",
    takes_away: "instance",
};

pub(super) fn rows(teacher: &TeacherProbabilities, labels: &[u16]) -> Result<Vec<f64>, ArmError> {
    let classes = teacher.classes();
    let means = class_means(DESCRIPTION.name, teacher, labels)?;
    Ok(labels.iter().flat_map(|&t| &means[usize::from(t) * classes..][..classes]).copied().collect())
}
