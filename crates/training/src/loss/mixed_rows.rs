//! Rows of tables mixed as the pictures of their examples are (mixup, cutmix).

use tch::{Device, Tensor};

/// With which example each is mixed, and what it counts itself.
#[derive(Debug)]
pub(crate) struct MixedRows {
    /// [examples], as indices.
    partners: Tensor,
    /// [examples, 1], in [0, 1].
    shares: Tensor,
}

impl MixedRows {
    pub(crate) fn new(partners: &[i64], shares: &[f32], device: Device) -> Self {
        let shares = Tensor::from_slice(shares).unsqueeze(-1);
        Self { partners: Tensor::from_slice(partners).to_device(device), shares: shares.to_device(device) }
    }

    /// Each row of `rows` [examples, ..] mixed with that of its partner.
    pub(super) fn of(&self, rows: &Tensor) -> Tensor {
        let partners = rows.index_select(0, &self.partners);
        &self.shares * rows + (1.0 - &self.shares) * partners
    }
}
