//! `dkd`: decoupled distillation (Zhao et al. 2022), a loss to compare the arms with. Its targets are the teacher's p.

use super::description::{ArmOption, Description};
use crate::Decoupling;

pub(crate) const DESCRIPTION: Description = Description {
    name: "dkd",
    formula: "p, in the loss CE + warm-up * s * (alpha TCKD + beta NCKD) with alpha = 1, beta = 8 and no warm-up",
    keeps: "everything",
    takes_away: "-",
    options: &[
        ArmOption { example: "dkd(1,2)", meaning: "alpha = 1, beta = 2, or other numbers from 0 to 1000" },
        ArmOption { example: "dkd(1,8,20)", meaning: "the same with a warm-up: epoch e counts min(e / 20, 1)" },
    ],
    note: Some(
        "a loss, not an arm of the taxonomy: the hard part counts 1 whatever lambda, as in the authors' code, not (1 - lambda)/lambda; s is T^2 or 1 by the scaling",
    ),
};

/// alpha, beta and the warm-up of `dkd` without options.
pub(crate) const DEFAULT: Decoupling = Decoupling { alpha: 1.0, beta: 8.0, warmup_epochs: 0 };

/// `1,2`, `1,2,20`: what stands in the parentheses.
pub(crate) fn option(decoupling: Decoupling) -> String {
    let Decoupling { alpha, beta, warmup_epochs } = decoupling;
    if warmup_epochs == 0 { format!("{alpha},{beta}") } else { format!("{alpha},{beta},{warmup_epochs}") }
}

/// Reads what [`option`] writes.
pub(crate) fn from_option(option: &str) -> Option<Decoupling> {
    let parts: Vec<&str> = option.split(',').map(str::trim).collect();
    let (alpha, beta, warmup_epochs) = match parts[..] {
        [alpha, beta] => (alpha, beta, 0),
        [alpha, beta, warmup] => (alpha, beta, warmup.parse().ok()?),
        _ => return None,
    };
    // Adding 0 makes -0 the one zero.
    let coefficient = |text: &str| text.parse::<f64>().ok().filter(|&c| Decoupling::is_possible(c)).map(|c| c + 0.0);
    Some(Decoupling { alpha: coefficient(alpha)?, beta: coefficient(beta)?, warmup_epochs })
}
