//! What an arm makes of teacher and labels.

use super::SoftTargets;

/// What the students of an arm are trained on, beside the labels.
#[derive(Debug, Clone, PartialEq)]
pub enum ArmOutput {
    /// Nothing: the labels alone.
    Hard,
    /// Soft targets, which count lambda in the loss.
    Targets(SoftTargets),
}

impl ArmOutput {
    /// The soft targets, if the arm makes any.
    pub fn into_targets(self) -> Option<SoftTargets> {
        match self {
            Self::Targets(targets) => Some(targets),
            Self::Hard => None,
        }
    }
}
