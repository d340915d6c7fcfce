//! `hard`: no soft target, the baseline.

use super::description::Description;

pub(crate) const DESCRIPTION: Description = Description {
    name: "hard",
    formula: "none (lambda = 0)",
    keeps: "-",
    takes_away: "everything: the baseline",
    ..Description::PLAIN
};
