//! An architecture: what is known of a network before it has weights.

use std::fmt::Debug;

use super::initial_weights::InitialWeights;
use super::network::Network;
use crate::{DeviceChoice, ExampleShape};

/// What one example costs a network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExampleCost {
    /// Multiply-adds of a forward pass.
    pub forward_multiply_adds: f64,
    /// What forward and backward passes cost together, in forward passes.
    pub training_passes: f64,
}

/// A network's shape without its weights.
pub(super) trait Architecture: Debug {
    /// The usual short name for examples of this shape, such as 784-32-10.
    fn name(&self, shape: ExampleShape) -> String;

    /// What one example costs.
    fn cost(&self, shape: ExampleShape) -> ExampleCost;

    /// The most members of a cohort: more make no step faster.
    fn most_members(&self) -> usize;

    /// The name of the last layer's weights in a file of weights, a matrix [classes, inputs].
    fn last_layer(&self) -> String;

    /// The network of a cohort: each member starts from the weights drawn here.
    fn build(
        &self,
        shape: ExampleShape,
        members: usize,
        weights: &mut InitialWeights,
        device: DeviceChoice,
    ) -> Box<dyn Network>;
}
