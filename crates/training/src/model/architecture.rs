//! An architecture: what is known of a network before it has weights.

use std::fmt::Debug;

use fractionate_ablation::ExampleCost;
use fractionate_data::ExampleShape;

use super::initial_weights::InitialWeights;
use super::network::Network;
use crate::DeviceChoice;

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
