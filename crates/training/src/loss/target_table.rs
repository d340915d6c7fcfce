//! Soft targets on the device.

use tch::{Kind, Tensor};

use super::MixedRows;
use crate::DeviceChoice;
use crate::padding::padded;
use crate::weights::to_host;

/// The soft targets of one arm on the device; a shallow clone shares the tensor.
#[derive(Debug)]
pub struct TargetTable {
    /// [examples, padded classes]
    pub(super) rows: Tensor,
    /// The rows' mean entropy, in nats: what separates the cross-entropy from the KL divergence.
    pub(super) mean_entropy: f64,
}

impl TargetTable {
    /// Moves soft targets, examples x classes row by row, to the device.
    ///
    /// # Panics
    /// If `targets` is not a whole number of rows.
    pub fn new(targets: &[f32], classes: usize, mean_entropy: f64, device: DeviceChoice) -> Self {
        assert_eq!(targets.len() % classes, 0);
        let rows = Tensor::from_slice(targets).view([-1, classes as i64]);
        let missing = (padded(classes) - classes) as i64;
        Self { rows: rows.constant_pad_nd([0, missing]).to_device(device.device()), mean_entropy }
    }

    /// The targets of some examples on the host, padded classes included, row by row; `examples` are their positions.
    pub(crate) fn rows(&self, examples: &Tensor) -> Vec<f32> {
        to_host(&self.rows.index_select(0, &examples.to_device(self.rows.device())))
    }

    /// Each example's targets mixed with those of its partner.
    pub(crate) fn mixed(&self, mixed: &MixedRows) -> Self {
        let rows = mixed.of(&self.rows);
        let p = rows.to_kind(Kind::Double);
        let mean_entropy = -p.xlogy(&p).sum(Kind::Double).double_value(&[]) / p.size()[0] as f64;
        Self { rows, mean_entropy }
    }

    /// The same targets for another thread; the tensor is shared.
    #[must_use]
    pub fn shallow_clone(&self) -> Self {
        Self { rows: self.rows.shallow_clone(), mean_entropy: self.mean_entropy }
    }
}
