//! `nckd`: the part of decoupled distillation that is about the other classes (Zhao et al. 2022).

use super::description::Description;
use crate::Decoupling;

pub(crate) const DESCRIPTION: Description = Description {
    name: "nckd",
    formula: "p, in the loss CE + s * NCKD: dkd with alpha = 0, beta = 1",
    keeps: "relations between the other classes, of every example alike",
    takes_away: "the teacher's mass on the label, and with it universe, class difficulty and instance",
    ..Description::PLAIN
};

/// NCKD alone.
pub(crate) const DECOUPLING: Decoupling = Decoupling { alpha: 0.0, beta: 1.0, warmup_epochs: 0 };
