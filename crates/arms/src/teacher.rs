//! `teacher`: ordinary distillation.

use super::TeacherProbabilities;
use super::description::Description;

pub(crate) const DESCRIPTION: Description = Description {
    name: "teacher",
    formula: "p: ordinary distillation",
    keeps: "everything",
    takes_away: "-",
    ..Description::PLAIN
};

pub(crate) fn rows(teacher: &TeacherProbabilities) -> Vec<f64> {
    teacher.as_slice().to_vec()
}
