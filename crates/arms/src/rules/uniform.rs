//! `uniform`: the same mass for every class.

use crate::{ArmDescriptor, ArmInputs, Computed, Look, LossUse, Needs};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "uniform",
    meaning: "every class alike: a pull towards uniform, no knowledge",
    formula: "1/K everywhere",
    keeps: "-",
    takes_away: "everything but the pull to uniform",
    note: None,
    options: &[],
    takes: "it takes none",
    forms: &[],
    needs: |_| Needs::NOTHING,
    depends_on_seed: |_| false,
    loss: |_| LossUse::Everything,
    look: Look { colour: 0xDDCC77, line: 1 },
    compute: |_, inputs| Ok(Computed::Rows(rows(inputs))),
};

fn rows(inputs: &ArmInputs<'_>) -> Vec<f64> {
    vec![1.0 / inputs.classes as f64; inputs.labels.len() * inputs.classes]
}
