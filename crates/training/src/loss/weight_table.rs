//! Weights of examples on the device.

use tch::Tensor;

use super::MixedRows;
use crate::DeviceChoice;
use crate::weights::to_host;

/// One weight per training example on the device; a shallow clone shares the tensor.
#[derive(Debug)]
pub struct WeightTable {
    /// [examples]
    pub(super) weights: Tensor,
}

impl WeightTable {
    /// Moves weights, at least 0 and finite, to the device.
    pub fn new(weights: &[f32], device: DeviceChoice) -> Self {
        Self { weights: Tensor::from_slice(weights).to_device(device.device()) }
    }

    /// The weights on the host.
    pub(crate) fn values(&self) -> Vec<f32> {
        to_host(&self.weights)
    }

    /// Each example's weight mixed with that of its partner.
    pub(crate) fn mixed(&self, mixed: &MixedRows) -> Self {
        Self { weights: mixed.of(&self.weights.unsqueeze(-1)).squeeze_dim(-1) }
    }

    /// The same weights for another thread; the tensor is shared.
    #[must_use]
    pub fn shallow_clone(&self) -> Self {
        Self { weights: self.weights.shallow_clone() }
    }
}
