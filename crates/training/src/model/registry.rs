//! The registry of networks.

use fractionate_ablation::ExampleCost;
use fractionate_ablation::networks::{NetworkDescriptor, Networks, WeightShape};
use fractionate_data::ExampleShape;
use fractionate_records::{ModelConfig, Seed};

use super::initial_weights::InitialWeights;
use super::network::Network;
use super::trained_network::TrainedNetwork;
use crate::{DeviceChoice, LoadedLibtorch};

/// Every network: one line for each.
static TRAINED: &[TrainedNetwork] = &[
    super::mlp::NETWORK,
    super::cnn::NETWORK,
    super::resnet::NETWORK,
    super::wide_resnet::NETWORK,
    super::vgg::NETWORK,
    super::mobilenet_v2::NETWORK,
    super::shufflenet_v1::NETWORK,
    super::shufflenet_v2::NETWORK,
    super::imagenet_resnet::NETWORK,
    #[cfg(test)]
    super::toy::NETWORK,
];

/// What suites may name.
pub fn networks() -> Networks {
    static DESCRIPTORS: std::sync::LazyLock<Vec<&'static NetworkDescriptor>> =
        std::sync::LazyLock::new(|| TRAINED.iter().map(|network| network.descriptor).collect());
    Networks(&DESCRIPTORS)
}

/// The network of a configuration.
///
/// # Panics
/// If there is none of that name: a suite's check lets none through.
fn network(config: &ModelConfig) -> &'static TrainedNetwork {
    let found = TRAINED.iter().find(|network| network.descriptor.name == config.name());
    found.unwrap_or_else(|| panic!("no network is called {:?}", config.name()))
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
    let network = (network(config).build)(config, shape, members, &mut weights, device);
    for buffer in network.buffers() {
        weights.hash_buffer(&buffer.values.select(0, 0));
    }
    (network, weights.hash_of_all())
}

/// The names and shapes of a network's weights, parameters and buffers; `None` where another libtorch is loaded than the
/// one compiled for.
pub fn weight_shapes(config: &ModelConfig, shape: ExampleShape) -> Option<Vec<WeightShape>> {
    LoadedLibtorch::check().ok()?;
    let (network, _) = build(config, shape, 1, Seed(0), DeviceChoice::CPU);
    let of = |(name, values): (String, tch::Tensor)| WeightShape {
        name,
        shape: values.size().into_iter().map(|n| n as usize).collect(),
    };
    Some(network.named_parts(0).into_iter().map(of).collect())
}

/// The usual short name of an architecture for examples of this shape: 784-32-10 for an MLP.
pub(crate) fn architecture_name(config: &ModelConfig, shape: ExampleShape) -> String {
    (network(config).descriptor.short_name)(config, shape)
}

/// What one example costs a network.
pub(crate) fn example_cost(config: &ModelConfig, shape: ExampleShape) -> ExampleCost {
    (network(config).descriptor.cost)(config, shape)
}

/// The most members of a cohort of such students.
pub(crate) fn most_cohort_members(config: &ModelConfig) -> usize {
    network(config).descriptor.most_members
}

/// The name of the last layer's weights in a file of weights.
pub(crate) fn last_layer(config: &ModelConfig) -> String {
    (network(config).descriptor.last_layer)(config)
}
