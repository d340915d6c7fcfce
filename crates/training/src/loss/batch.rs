//! The batch at hand, and the sizes that all batches share.

use std::ops::Range;

use tch::{Device, Kind, Tensor};

/// What the parts of a loss have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// The largest batch, padded.
    pub(super) batch: i64,
    /// Padded.
    pub(super) classes: i64,
    pub(super) device: Device,
}

impl Sizes {
    pub(super) fn zeros(&self, shape: &[i64]) -> Tensor {
        Tensor::zeros(shape, (Kind::Float, self.device))
    }
}

#[derive(Debug)]
pub(super) struct Batch {
    /// From 1.
    pub(super) epoch: usize,
    /// From 0 in its epoch.
    pub(super) step: usize,
    /// [padded batch]
    pub(super) index: Tensor,
    /// How many of its rows are no padding: the first.
    pub(super) examples: usize,
}

impl Batch {
    /// With padding.
    pub(super) fn rows(&self) -> i64 {
        self.index.size()[0]
    }

    /// What an example counts in a mean.
    pub(super) fn per_example(&self) -> f64 {
        1.0 / self.examples as f64
    }

    /// Sets the rows of padding, which lie along `dimension`, to 0.
    pub(super) fn clear_padding(&self, tensor: &Tensor, dimension: i64) {
        let padding = self.rows() - self.examples as i64;
        if padding > 0 {
            let _ = tensor.narrow(dimension, self.examples as i64, padding).zero_();
        }
    }
}

/// The part of a tensor [members, ..] that belongs to some of them.
pub(super) fn select_members(tensor: &Tensor, members: &Range<usize>) -> Tensor {
    tensor.narrow(0, members.start as i64, members.len() as i64)
}
