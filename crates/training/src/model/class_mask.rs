//! The mask of padded classes.

use tch::{Kind, Tensor};

use crate::DeviceChoice;
use crate::padding::padded;

/// Added to the logits of padded classes: their probability is then exactly 0, and so is every gradient through them.
/// Finite, because 0 * infinity is not 0.
pub(crate) const MASKED: f64 = -1e30;

/// [1, 1, padded classes]: 0 for classes, [`MASKED`] for padding.
pub(super) fn class_mask(classes: usize, device: DeviceChoice) -> Tensor {
    let mask = Tensor::zeros([1, 1, padded(classes) as i64], (Kind::Float, device.device()));
    let _ = mask.narrow(2, classes as i64, (padded(classes) - classes) as i64).fill_(MASKED);
    mask
}
