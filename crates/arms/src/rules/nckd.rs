//! `nckd`: the part of decoupled distillation that is about the other classes (Zhao et al. 2022).

use crate::{ArmDescriptor, Computed, Decoupling, Look, LossUse, Needs};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "nckd",
    meaning: "decoupled distillation, the part on the other classes alone",
    formula: "p, in the loss CE + s * NCKD: dkd with alpha = 0, beta = 1",
    keeps: "relations between the other classes, of every example alike",
    takes_away: "the teacher's mass on the label, and with it universe, class difficulty and instance",
    note: None,
    options: &[],
    takes: "it takes none",
    forms: &[],
    needs: |_| Needs { single_labels: true, ..Needs::TEACHER },
    depends_on_seed: |_| false,
    loss: |_| LossUse::TemperatureAndScaling,
    look: Look { colour: 0x004488, line: 20 },
    compute: |arm, inputs| Ok(Computed::Decoupled(arm.teacher(inputs)?.as_slice().to_vec(), DECOUPLING)),
};

/// NCKD alone.
const DECOUPLING: Decoupling = Decoupling { alpha: 0.0, beta: 1.0, warmup_epochs: 0 };
