//! The cross-entropy with soft targets: lambda s CE(rho, q~), on the logits lambda s / T (q~ - rho).
//!
//! Computed for all members as soon as one has soft targets; those that have none weigh it with 0.

use std::ops::Range;

use tch::{Kind, Tensor};

use super::TargetTable;
use super::batch::{Batch, Sizes, of_members};
use crate::member::{Member, column};
use crate::weights::to_host;

#[derive(Debug)]
pub(super) struct SoftLoss {
    /// [tables x examples, padded classes]
    rows: Tensor,
    /// Where each member's table begins among the rows, [members, 1].
    first_row: Tensor,
    /// Each member's mean entropy of its soft targets; none without soft targets.
    entropies: Vec<Option<f64>>,
    /// lambda s / T, [members, 1, 1].
    weight: Tensor,
    /// 1 / T, [members, 1, 1].
    coldness: Tensor,
    /// Sum over the epoch's steps of rho * log q~, [members, padded batch, padded classes].
    pub(super) sum: Tensor,
    /// rho of the batch at hand, [members, padded batch, padded classes]; rows of padding are 0.
    batch_rho: Tensor,
}

impl SoftLoss {
    /// `None` if no member has soft targets.
    pub(super) fn new(members: &[Member], tables: &[TargetTable], sizes: Sizes) -> Option<Self> {
        // Only the tables that some member uses; a member without soft targets takes the first and weighs it with 0.
        let mut used: Vec<usize> = members.iter().filter_map(Member::soft_targets).collect();
        used.sort_unstable();
        used.dedup();
        if used.is_empty() {
            return None;
        }
        let position = |m: &Member| m.soft_targets().and_then(|t| used.binary_search(&t).ok()).unwrap_or(0);
        let rows: Vec<&Tensor> = used.iter().map(|&t| &tables[t].rows).collect();
        let lengths = rows.iter().map(|rows| rows.size()[0]);
        let begins: Vec<i64> = lengths.scan(0, |end, n| Some(std::mem::replace(end, *end + n))).collect();
        let first_row: Vec<i64> = members.iter().map(|m| begins[position(m)]).collect();
        Some(Self {
            rows: Tensor::cat(&rows, 0),
            first_row: Tensor::from_slice(&first_row).view([-1, 1]).to_device(sizes.device),
            entropies: members.iter().map(|m| m.soft_targets().map(|t| tables[t].mean_entropy)).collect(),
            weight: column(members, Member::soft_gradient_weight, sizes.device),
            coldness: column(members, Member::coldness, sizes.device),
            sum: sizes.zeros(&[members.len() as i64, sizes.batch, sizes.classes]),
            batch_rho: sizes.zeros(&[0]),
        })
    }

    pub(super) fn take_batch(&mut self, batch: &Batch) {
        let rows = self.rows.index_select(0, &(&self.first_row + &batch.index).view([-1]));
        self.batch_rho = rows.view([self.entropies.len() as i64, batch.rows(), -1]);
        batch.clear_padding(&self.batch_rho, 1);
    }

    /// Adds its gradient to that of the range's members, and to the epoch's sums.
    pub(super) fn add_gradient(&self, members: &Range<usize>, logits: &Tensor, gradient: &mut Tensor, batch: &Batch) {
        let rho = of_members(&self.batch_rho, members);
        let soft_logits = logits * of_members(&self.coldness, members);
        let log_soft_q = soft_logits.log_softmax(-1, Kind::Float);
        let _ = of_members(&self.sum, members).narrow(1, 0, batch.rows()).addcmul_(&log_soft_q, &rho);
        let mut pull = soft_logits.softmax(-1, Kind::Float);
        let _ = pull.g_sub_(&rho);
        let _ = gradient.addcmul_(&pull, &(of_members(&self.weight, members) * batch.per_example()));
    }

    /// CE(rho, q~) and KL(rho || q~) over the epoch's `seen` examples, by member; then begins anew.
    pub(super) fn end_epoch(&mut self, seen: usize) -> Vec<Option<(f64, f64)>> {
        let sums = to_host(&self.sum.sum_dim_intlist([1i64, 2].as_slice(), false, Kind::Double));
        let _ = self.sum.zero_();
        let parts = |(entropy, sum): (&Option<f64>, f32)| {
            let ce = -f64::from(sum) / seen as f64;
            entropy.map(|entropy| (ce, ce - entropy))
        };
        self.entropies.iter().zip(sums).map(parts).collect()
    }
}
