//! The cross-entropy with the label, which every member has: w CE(onehot, q), on the logits w (q - onehot).

use std::ops::Range;

use fractionate_ablation::Member;
use tch::{Kind, Tensor};

use super::MixedRows;
use super::batch::{Batch, Sizes, select_members};
use crate::host::gather::take_rows;
use crate::host::is_for;
use crate::host::matrix::{Matrices, MatricesMut};
use crate::host::passes::cross_entropy;
use crate::host::softmax::Probabilities;
use crate::loss::column;
use crate::weights::to_host;

#[derive(Debug)]
pub(super) struct HardLoss {
    /// [examples, padded classes]
    one_hot: Tensor,
    /// The same as the epoch at hand mixes them; itself where it does not.
    mixed_one_hot: Tensor,
    /// What it counts, [members, 1, 1], and on the host.
    weight: Tensor,
    host_weights: Vec<f32>,
    /// Sum over the epoch's steps of onehot * log q, [members, padded batch, padded classes].
    pub(super) sum: Tensor,
    /// Of the batch at hand, [padded batch, padded classes]; rows of padding are 0.
    pub(super) batch_one_hot: Tensor,
}

impl HardLoss {
    pub(super) fn new(members: &[Member], labels: &Tensor, sizes: Sizes) -> Self {
        let one_hot = labels.one_hot(sizes.classes).to_kind(Kind::Float);
        Self {
            mixed_one_hot: one_hot.shallow_clone(),
            one_hot,
            weight: column(members, Member::hard_weight, sizes.device),
            host_weights: members.iter().map(|member| member.hard_weight() as f32).collect(),
            sum: sizes.zeros(&[members.len() as i64, sizes.batch, sizes.classes]),
            batch_one_hot: sizes.zeros(&[0]),
        }
    }

    /// Mixes the labels themselves, not those of the epoch before.
    pub(super) fn mix(&mut self, mixed: &MixedRows) {
        self.mixed_one_hot = mixed.of(&self.one_hot);
    }

    pub(super) fn take_batch(&mut self, batch: &Batch) {
        take_rows(&self.mixed_one_hot, &batch.index, &mut self.batch_one_hot);
        batch.clear_padding(&self.batch_one_hot, 0);
    }

    /// The gradient [members of the range, padded batch, padded classes], in the memory of `q`; also adds to the epoch's
    /// sums.
    pub(super) fn gradient(&mut self, members: &Range<usize>, q: &Probabilities, batch: &Batch) -> Tensor {
        let (mut gradient, log_q) = (q.q.shallow_clone(), &q.log_q);
        if is_for(gradient.device()) {
            let [log_q, targets] = [log_q, &self.batch_one_hot].map(Matrices::from_tensor);
            let [mut q, mut sum] = [&mut gradient, &mut self.sum].map(MatricesMut::from_tensor);
            for (position, member) in members.clone().enumerate() {
                let (log_q, mut q) = (log_q.member(position), q.member_mut(position));
                let mut sum = sum.member_mut(member).first_rows(batch.rows() as usize);
                let weight = self.host_weights[member] * batch.per_example() as f32;
                cross_entropy(targets.member(0), log_q, &mut q, &mut sum, weight);
            }
            return gradient;
        }
        let _ = select_members(&self.sum, members).narrow(1, 0, batch.rows()).addcmul_(log_q, &self.batch_one_hot);
        let _ = gradient.g_sub_(&self.batch_one_hot);
        let _ = gradient.g_mul_(&(select_members(&self.weight, members) * batch.per_example()));
        gradient
    }

    /// The epoch's sum of log q_t, by member; then resets the sums.
    pub(super) fn end_epoch(&mut self) -> Vec<f32> {
        let sums = to_host(&self.sum.sum_dim_intlist([1i64, 2].as_slice(), false, Kind::Double));
        let _ = self.sum.zero_();
        sums
    }
}
