//! How much each example counts in the loss on hard labels.

use crate::WeightNormalisation;

/// One weight per example, at least 0, in f32.
#[derive(Debug, Clone, PartialEq)]
pub struct ExampleWeights {
    values: Vec<f32>,
    normalisation: WeightNormalisation,
}

impl ExampleWeights {
    /// Casts an arm's weights, computed in f64, to f32: the only cast on the way.
    pub(crate) fn from_weights(weights: &[f64], normalisation: WeightNormalisation) -> Self {
        Self { values: weights.iter().map(|&w| w as f32).collect(), normalisation }
    }

    /// The weights, example by example.
    pub fn as_slice(&self) -> &[f32] {
        &self.values
    }

    /// The same, kept.
    pub fn into_vec(self) -> Vec<f32> {
        self.values
    }

    /// What the weighted sum over a batch is divided by.
    pub fn normalisation(&self) -> WeightNormalisation {
        self.normalisation
    }
}
