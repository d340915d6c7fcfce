//! Weights of examples on the device.

use tch::Tensor;

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

    /// The same weights for another thread; the tensor is shared.
    #[must_use]
    pub fn shallow_clone(&self) -> Self {
        Self { weights: self.weights.shallow_clone() }
    }
}
