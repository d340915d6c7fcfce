//! `partial`: the teacher's confidence in the label, the rest flat (KD-pt of Tang et al. 2020).

use super::class_statistics::{push_flat, split_target};
use crate::{ArmDescriptor, Computed, Look, LossUse, Needs, TeacherProbabilities};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "partial",
    meaning: "how sure the teacher is of each example; nothing of the other classes",
    formula: "rho_t = p_t, the rest (1 - p_t) / (K - 1)",
    keeps: "universe, class difficulty, instance",
    takes_away: "domain",
    note: None,
    options: &[],
    takes: "it takes none",
    forms: &[],
    needs: |_| Needs::TEACHER,
    depends_on_seed: |_| false,
    loss: |_| LossUse::Everything,
    look: Look { colour: 0xCC6677, line: 8 },
    compute: |arm, inputs| Ok(Computed::Rows(rows(arm.teacher(inputs)?, inputs.labels))),
};

fn rows(teacher: &TeacherProbabilities, labels: &[u16]) -> Vec<f64> {
    let mut rows = Vec::with_capacity(teacher.as_slice().len());
    for (row, &t) in teacher.rows().zip(labels) {
        let (p_t, rest) = split_target(row, t);
        push_flat(&mut rows, teacher.classes(), t, p_t, rest);
    }
    rows
}
