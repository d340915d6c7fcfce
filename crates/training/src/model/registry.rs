//! The registry of networks.

use fractionate_ablation::ExampleCost;
use fractionate_data::ExampleShape;
use fractionate_records::{ModelConfig, Seed};

use super::architecture::Architecture;
use super::cnn::CnnArchitecture;
use super::initial_weights::InitialWeights;
use super::mlp::MlpArchitecture;
use super::network::Network;
use crate::DeviceChoice;

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
pub(crate) fn architecture_name(config: &ModelConfig, shape: ExampleShape) -> String {
    architecture(config).name(shape)
}

/// What one example costs a network.
pub(crate) fn example_cost(config: &ModelConfig, shape: ExampleShape) -> ExampleCost {
    architecture(config).cost(shape)
}

/// The most members of a cohort of such students.
pub(crate) fn most_cohort_members(config: &ModelConfig) -> usize {
    architecture(config).most_members()
}

/// The name of the last layer's weights in a file of weights.
pub(crate) fn last_layer(config: &ModelConfig) -> String {
    architecture(config).last_layer()
}
