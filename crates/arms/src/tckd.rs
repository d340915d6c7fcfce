//! `tckd`: the part of decoupled distillation that is about the label alone (Zhao et al. 2022).

use super::description::Description;
use crate::Decoupling;

pub(crate) const DESCRIPTION: Description = Description {
    name: "tckd",
    formula: "p, in the loss CE + s * TCKD: dkd with alpha = 1, beta = 0",
    keeps: "universe, class difficulty, instance",
    takes_away: "everything about the other classes, that they share the rest evenly included",
    note: Some(
        "not `partial`: KL(partial || q~) = TCKD + (1 - p_t) KL(flat || q~ off the label), and tckd lacks the second part",
    ),
    ..Description::PLAIN
};

/// TCKD alone.
pub(crate) const DECOUPLING: Decoupling = Decoupling { alpha: 1.0, beta: 0.0, warmup_epochs: 0 };
