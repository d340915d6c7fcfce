//! The registry of networks.

use fractionate_records::{ModelConfig, Seed};

use super::architecture::{Architecture, ExampleCost};
use super::cnn::CnnArchitecture;
use super::initial_weights::InitialWeights;
use super::mlp::MlpArchitecture;
use super::network::Network;
use crate::{DeviceChoice, ExampleShape};

/// The architecture of a configuration: one line for each network.
pub(super) fn architecture(config: &ModelConfig) -> Box<dyn Architecture + '_> {
    match config {
        #[cfg(test)]
        config if super::toy::is_toy(config) => Box::new(super::toy::ToyArchitecture),
        ModelConfig::Mlp { hidden, dropout } => Box::new(MlpArchitecture { hidden, dropout: *dropout }),
        ModelConfig::Cnn { channels, dense, dropout } => {
            Box::new(CnnArchitecture { channels, dense: *dense, dropout: *dropout })
        }
    }
}

/// The network of a cohort, all members with the same initial weights and buffers; also the hash of these.
pub(crate) fn build(
    config: &ModelConfig,
    shape: ExampleShape,
    members: usize,
    seed: Seed,
    device: DeviceChoice,
) -> (Box<dyn Network>, String) {
    let mut weights = InitialWeights::new(seed, device);
    let network = architecture(config).build(shape, members, &mut weights, device);
    for buffer in network.buffers() {
        weights.hash_buffer(&buffer.values.select(0, 0));
    }
    (network, weights.hash_of_all())
}

/// The usual short name of an architecture for examples of this shape: 784-32-10 for an MLP.
pub fn architecture_name(config: &ModelConfig, shape: ExampleShape) -> String {
    architecture(config).name(shape)
}

/// What one example costs a network.
pub fn example_cost(config: &ModelConfig, shape: ExampleShape) -> ExampleCost {
    architecture(config).cost(shape)
}

/// Floating-point operations of a forward pass of one example: two for each multiply-add.
pub fn forward_operations(config: &ModelConfig, shape: ExampleShape) -> f64 {
    2.0 * example_cost(config, shape).forward_multiply_adds
}

/// The most members of a cohort of such students.
pub fn most_cohort_members(config: &ModelConfig) -> usize {
    architecture(config).most_members()
}

/// The name of the last layer's weights in a file of weights.
pub(super) fn last_layer(config: &ModelConfig) -> String {
    architecture(config).last_layer()
}
