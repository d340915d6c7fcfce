//! `class-mean`: the teacher's mean over the examples of the class.

use super::class_statistics::class_means;
use super::description::{ArmOption, Description};
use super::{ArmError, Averaged, TeacherProbabilities};

pub(crate) const DESCRIPTION: Description = Description {
    name: "class-mean",
    formula: "the mean of p over the training examples of class t",
    keeps: "universe, class difficulty, domain",
    takes_away: "instance",
    options: &[ArmOption {
        example: "class-mean(correct)",
        meaning: "over those that the teacher classifies correctly; compare it with label-smoothing(correct) and class-smoothing(correct)",
    }],
    ..Description::PLAIN
};

pub(crate) fn rows(teacher: &TeacherProbabilities, labels: &[u16], over: Averaged) -> Result<Vec<f64>, ArmError> {
    let classes = teacher.classes();
    let means = class_means(DESCRIPTION.name, teacher, labels, over)?;
    Ok(labels.iter().flat_map(|&t| &means[usize::from(t) * classes..][..classes]).copied().collect())
}
