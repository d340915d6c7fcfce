//! `hard`: no soft target, the baseline.

use crate::{Arm, ArmDescriptor, Computed, Look, LossUse, Needs};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "hard",
    meaning: "the labels alone, without a teacher: the baseline",
    formula: "none (lambda = 0)",
    keeps: "-",
    takes_away: "everything: the baseline",
    note: None,
    options: &[],
    takes: "it takes none",
    forms: &[],
    needs: |_| Needs::NOTHING,
    depends_on_seed: |_| false,
    loss: |_| LossUse::Nothing,
    look: Look { colour: 0x555555, line: 0 },
    compute: |_, _| Ok(Computed::Nothing),
};

impl Arm {
    /// `hard`.
    pub const HARD: Self = Self::with_defaults(&ARM);
}
