//! What an arm makes of teacher and labels.

use super::{Decoupling, ExampleWeights, SoftTargets, WeightNormalisation};

/// What an arm computes, in f64: rows of K entries, or one weight per example.
#[derive(Debug)]
pub enum Computed {
    /// Nothing: the labels alone.
    Nothing,
    /// Soft targets.
    Rows(Vec<f64>),
    /// Weights of the examples.
    Weights(Vec<f64>, WeightNormalisation),
    /// The teacher's probabilities for decoupled distillation.
    Decoupled(Vec<f64>, Decoupling),
}

/// What the students of an arm are trained on, with the labels.
#[derive(Debug, Clone, PartialEq)]
pub enum ArmOutput {
    /// Nothing: the labels alone.
    Hard,
    /// Soft targets, which count lambda in the loss.
    Targets(SoftTargets),
    /// Weights of the examples, for the loss on the labels alone.
    Weights(ExampleWeights),
    /// The teacher's probabilities, for the loss of decoupled distillation with these coefficients.
    Decoupled(SoftTargets, Decoupling),
}

impl ArmOutput {
    /// The soft targets, if the arm makes any.
    pub fn into_targets(self) -> Option<SoftTargets> {
        match self {
            Self::Targets(targets) | Self::Decoupled(targets, _) => Some(targets),
            Self::Hard | Self::Weights(_) => None,
        }
    }
}
