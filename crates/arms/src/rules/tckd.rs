//! `tckd`: the part of decoupled distillation that is about the label alone (Zhao et al. 2022).

use crate::{ArmDescriptor, Computed, Decoupling, Look, LossUse, Needs};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "tckd",
    meaning: "decoupled distillation, the part on the label alone",
    formula: "p, in the loss CE + s * TCKD: dkd with alpha = 1, beta = 0",
    keeps: "universe, class difficulty, instance",
    takes_away: "everything about the other classes, that they share the rest evenly included",
    note: Some(
        "not `partial`: KL(partial || q~) = TCKD + (1 - p_t) KL(flat || q~ off the label), and tckd lacks the second part",
    ),
    options: &[],
    takes: "it takes none",
    forms: &[],
    needs: |_| Needs { single_labels: true, ..Needs::TEACHER },
    depends_on_seed: |_| false,
    loss: |_| LossUse::TemperatureAndScaling,
    look: Look { colour: 0x6699CC, line: 19 },
    compute: |arm, inputs| Ok(Computed::Decoupled(arm.teacher(inputs)?.as_slice().to_vec(), DECOUPLING)),
};

/// TCKD alone.
const DECOUPLING: Decoupling = Decoupling { alpha: 1.0, beta: 0.0, warmup_epochs: 0 };
