//! A network that this crate trains.

use fractionate_ablation::networks::NetworkDescriptor;
use fractionate_data::ExampleShape;
use fractionate_records::ModelConfig;

use super::initial_weights::InitialWeights;
use super::network::Network;
use crate::DeviceChoice;

/// A network that can be trained: what suites know of it, and what builds it.
#[derive(Debug)]
pub(super) struct TrainedNetwork {
    pub(super) descriptor: &'static NetworkDescriptor,
    /// The network of a cohort of so many members: each starts from the weights drawn here.
    pub(super) build: fn(&ModelConfig, ExampleShape, usize, &mut InitialWeights, DeviceChoice) -> Box<dyn Network>,
}
