//! What a training starts from, and what it draws.

use super::NamedWeights;

/// What a training starts from, and all that its seed draws: with it anybody can repeat the training elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct InitialState {
    /// The initial weights under PyTorch's names.
    pub weights: NamedWeights,
    /// Their hash, as records have it.
    pub weights_hash: String,
    /// The training examples (from 0) of each epoch in their order; the batches follow one another in it.
    pub batch_order: Vec<Vec<usize>>,
    /// Its hash, as records have it.
    pub batch_order_hash: String,
    /// The learning rate of each step.
    pub learning_rates: Vec<f64>,
    /// The units that dropout keeps; absent where no layer has dropout.
    pub dropout: Option<DropoutMasks>,
}

/// The units that dropout keeps, step by step.
#[derive(Debug, Clone, PartialEq)]
pub struct DropoutMasks {
    /// Units of the layer.
    pub width: usize,
    /// For each step, examples of its batch x units, row by row: whether the unit is kept.
    pub kept: Vec<Vec<bool>>,
}
