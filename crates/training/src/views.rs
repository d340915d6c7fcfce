//! Random views of the training examples, and what a teacher says of them.

use fractionate_ablation::{EpochTables, TeacherNetwork, TeacherOnViews};
use fractionate_data::{EpochMixing, EpochViews};
use tch::{Device, Kind, Tensor};

use crate::DeviceChoice;
use crate::host::gather::ensure_shape;
use crate::host::matrix::{Matrices, MatricesMut};
use crate::model::Network;
use crate::splits::{Splits, positions};
use crate::teacher::teacher_network;
use crate::weights::to_host;

/// out = the views of the training examples at `index`, [index, padded features], mixed with others if the epoch mixes them.
pub(crate) fn see_rows(
    views: &EpochViews,
    mixing: Option<&EpochMixing>,
    splits: &Splits,
    index: &Tensor,
    out: &mut Tensor,
) {
    let shape = splits.shape();
    let examples = positions(index);
    let partners = mixing.into_iter().flat_map(|mixing| examples.iter().map(|&row| mixing.partner(row)));
    let rows: Vec<usize> = examples.iter().copied().chain(partners).collect();
    // Views are made on the host.
    let (table, places) = splits.train.on_host(&rows);
    let columns = table.size()[1];
    let mut seen =
        if out.device() == Device::Cpu { out.shallow_clone() } else { Tensor::zeros([0], (Kind::Float, Device::Cpu)) };
    ensure_shape(&mut seen, &[examples.len() as i64, columns]);
    let (table, columns) = (Matrices::from_tensor(&table).member(0), columns as usize);
    let pictures = table.floats();
    let view = |at: usize, out: &mut [f32]| {
        let picture = &pictures[places[at] * columns..][..shape.features];
        views.apply(rows[at], shape, &splits.black, picture, out);
    };
    let mut partner = vec![0.0; if mixing.is_some() { shape.features } else { 0 }];
    let mut matrices = MatricesMut::from_tensor(&mut seen);
    let mut matrix = matrices.member_mut(0);
    for (at, out) in matrix.floats_mut().chunks_exact_mut(columns).enumerate() {
        let (seen, padding) = out.split_at_mut(shape.features);
        view(at, seen);
        if let Some(mixing) = mixing {
            view(examples.len() + at, &mut partner);
            mixing.apply(rows[at], shape, seen, &partner);
        }
        padding.fill(0.0);
    }
    *out = if out.device() == Device::Cpu { seen } else { seen.to_device(out.device()) };
}

/// A teacher's network, and whom it answers.
#[derive(Debug)]
pub(crate) struct AskedTeacher<'a> {
    network: Box<dyn Network>,
    on_views: &'a TeacherOnViews<'a>,
}

/// Pictures that a teacher is asked about at once.
const AT_ONCE: usize = 256;

impl<'a> AskedTeacher<'a> {
    /// # Panics
    /// If the weights are not those of the network, which the store's are.
    pub(crate) fn new(on_views: &'a TeacherOnViews<'a>, splits: &Splits, device: DeviceChoice) -> Self {
        let TeacherNetwork { model, normalisation, weights } = &*on_views.teacher;
        let network = teacher_network(model, weights, normalisation.as_ref(), splits, device);
        Self { network: network.expect("a teacher's weights are those of its network"), on_views }
    }

    /// What arms make of the teacher's logits for the views, before any are mixed, of the first `examples` training
    /// examples.
    ///
    /// # Errors
    /// If the logits are not finite, or an arm cannot be made from them.
    pub(crate) fn answer(&self, views: &EpochViews, splits: &Splits, examples: usize) -> Result<EpochTables, String> {
        let device = splits.train.device();
        let mut inputs = Tensor::empty([0], (Kind::Float, device));
        let mut logits = Vec::with_capacity(examples * splits.classes);
        for first in (0..examples).step_by(AT_ONCE) {
            let count = AT_ONCE.min(examples - first);
            let mut index: Vec<i64> = (first..first + count).map(|example| example as i64).collect();
            // As batches are padded.
            index.resize(self.network.batch_rows(count), 0);
            see_rows(views, None, splits, &Tensor::from_slice(&index).to_device(device), &mut inputs);
            let answers = self.network.logits(&inputs).select(0, 0);
            let real = answers.narrow(0, 0, count as i64).narrow(1, 0, splits.classes as i64);
            logits.extend(to_host(&real.contiguous()));
        }
        (self.on_views.tables)(&logits)
    }
}

#[cfg(test)]
mod tests {
    use fractionate_records::{Seed, ViewsConfig};

    use super::*;
    use crate::made_up::World;

    #[test]
    fn a_mixed_row_is_the_view_of_an_example_mixed_with_its_partners_view() {
        let world = World::new(40, (5, 6), 3);
        let shape = world.splits.shape();
        let config = ViewsConfig { crop_padding: 2, flip: true, mixup: Some(1.0), ..ViewsConfig::default() };
        let views = EpochViews::draw(config, shape, 40, Seed(1), 1);
        let mixing = EpochMixing::draw(config, shape, 40, Seed(1), 1).unwrap();
        let rows = |mixing: Option<&EpochMixing>, examples: Vec<i64>| {
            let mut out = Tensor::empty([0], (Kind::Float, Device::Cpu));
            see_rows(&views, mixing, &world.splits, &Tensor::from_slice(&examples), &mut out);
            out
        };
        let own = rows(None, (0..40).collect());
        let partners = rows(None, mixing.partners());
        let shares = Tensor::from_slice(&mixing.shares()).unsqueeze(-1);
        let expected: Tensor = &shares * own + (1.0 - &shares) * partners;
        let mixed = rows(Some(&mixing), (0..40).collect());
        let apart: Tensor = (mixed - expected).abs();
        assert!(apart.max().double_value(&[]) < 1e-6);
    }
}
