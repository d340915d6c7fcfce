//! `teacher`: ordinary distillation.

use crate::{Arm, ArmDescriptor, Computed, Look, LossUse, Needs};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "teacher",
    meaning: "the teacher's probabilities: ordinary distillation",
    formula: "p: ordinary distillation",
    keeps: "everything",
    takes_away: "-",
    note: None,
    options: &[],
    takes: "it takes none",
    forms: &[],
    needs: |_| Needs::TEACHER,
    depends_on_seed: |_| false,
    loss: |_| LossUse::Everything,
    look: Look { colour: 0x332288, line: 2 },
    compute: |arm, inputs| Ok(Computed::Rows(arm.teacher(inputs)?.as_slice().to_vec())),
};

impl Arm {
    /// `teacher`.
    pub const TEACHER: Self = Self::with_defaults(&ARM);
}
