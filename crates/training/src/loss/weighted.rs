//! The cross-entropy with the label, each example by its own weight: w CE(onehot, q), on the logits w (q - onehot).
//!
//! Member by member, for those alone that have weights: nothing here depends on the other members.

use std::ops::Range;

use fractionate_ablation::{Member, Objective};
use fractionate_arms::WeightNormalisation;
use tch::{Kind, Tensor};

use super::WeightTable;
use super::batch::{Batch, Sizes};
use crate::weights::to_host;

/// The weights of one member.
#[derive(Debug)]
pub(super) struct WeightedLoss {
    /// Its position in the cohort.
    pub(super) member: usize,
    /// The position of its table.
    table: usize,
    /// [examples]
    weights: Tensor,
    normalisation: WeightNormalisation,
    /// Sum over the epoch's steps of w * onehot * log q, [padded batch, padded classes].
    pub(super) sum: Tensor,
    /// What the batch's examples count, relative to those of an unweighted mean, [padded batch, 1]; 0 for padding.
    batch_weights: Tensor,
    /// w * onehot, [padded batch, padded classes].
    batch_targets: Tensor,
}

impl WeightedLoss {
    /// One for each member with weights, in their order.
    pub(super) fn for_members(members: &[Member], tables: &[WeightTable], sizes: Sizes) -> Vec<Self> {
        let of_member = |(member, m): (usize, &Member)| match m.objective {
            Objective::Weighted { weights, normalisation } => Some(Self {
                member,
                table: weights,
                weights: tables[weights].weights.shallow_clone(),
                normalisation,
                sum: sizes.zeros(&[sizes.batch, sizes.classes]),
                batch_weights: sizes.zeros(&[0]),
                batch_targets: sizes.zeros(&[0]),
            }),
            _ => None,
        };
        members.iter().enumerate().filter_map(of_member).collect()
    }

    pub(super) fn renew(&mut self, tables: &[WeightTable]) {
        self.weights = tables[self.table].weights.shallow_clone();
    }

    /// `one_hot` [padded batch, padded classes]
    pub(super) fn take_batch(&mut self, batch: &Batch, one_hot: &Tensor) {
        self.batch_weights = self.weights.index_select(0, &batch.index).unsqueeze(-1);
        batch.clear_padding(&self.batch_weights, 0);
        if self.normalisation == WeightNormalisation::SumOverBatch {
            // A sum of shares is a mean of shares times the number of examples.
            let sum = self.batch_weights.sum(Kind::Double);
            let factor = sum.reciprocal() * batch.examples as f64;
            let _ = self.batch_weights.g_mul_(&factor.to_kind(Kind::Float));
        }
        self.batch_targets = one_hot * &self.batch_weights;
    }

    /// Weighs the hard gradient [members of the range, padded batch, padded classes], and adds to the epoch's sum.
    pub(super) fn weigh(&self, members: &Range<usize>, log_q: &Tensor, gradient: &Tensor, batch: &Batch) {
        let own = (self.member - members.start) as i64;
        let _ = gradient.select(0, own).g_mul_(&self.batch_weights);
        let _ = self.sum.narrow(0, 0, batch.rows()).addcmul_(&log_q.select(0, own), &self.batch_targets);
    }

    /// The weighted cross-entropy over the epoch's `seen` examples; then resets the sums.
    pub(super) fn end_epoch(&mut self, seen: usize) -> f64 {
        let sum = to_host(&self.sum.sum(Kind::Double))[0];
        let _ = self.sum.zero_();
        -f64::from(sum) / seen as f64
    }
}
