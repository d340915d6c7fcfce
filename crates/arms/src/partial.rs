//! `partial`: the teacher's confidence in the label, the rest flat (KD-pt of Tang et al. 2020).

use super::TeacherProbabilities;
use super::class_statistics::{push_flat, split_target};
use super::description::Description;

pub(crate) const DESCRIPTION: Description = Description {
    name: "partial",
    formula: "rho_t = p_t, the rest (1 - p_t) / (K - 1)",
    keeps: "universe, class difficulty, instance",
    takes_away: "domain",
    ..Description::PLAIN
};

pub(crate) fn rows(teacher: &TeacherProbabilities, labels: &[u16]) -> Vec<f64> {
    let mut rows = Vec::with_capacity(teacher.as_slice().len());
    for (row, &t) in teacher.rows().zip(labels) {
        let (p_t, rest) = split_target(row, t);
        push_flat(&mut rows, teacher.classes(), t, p_t, rest);
    }
    rows
}
