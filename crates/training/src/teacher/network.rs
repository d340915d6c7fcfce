//! A teacher's network from its weights.

use fractionate_ablation::NamedWeights;
use fractionate_records::{ModelConfig, Normalisation, Seed};

use super::normalised::Normalised;
use crate::DeviceChoice;
use crate::model::{Network, build};
use crate::splits::Splits;

/// The network of a teacher with these weights, for the inputs that students see.
///
/// # Errors
/// What is wrong with the weights, to stand after the name of their file.
pub(crate) fn teacher_network(
    model: &ModelConfig,
    weights: &NamedWeights,
    normalisation: Option<&Normalisation>,
    splits: &Splits,
    device: DeviceChoice,
) -> Result<Box<dyn Network>, String> {
    let (mut network, _) = build(model, splits.shape(), 1, Seed(0), device);
    network.load(0, weights)?;
    Ok(match normalisation {
        None => network,
        Some(own) => Box::new(Normalised::new(network, own, &splits.scales, splits.shape(), device.device())),
    })
}
