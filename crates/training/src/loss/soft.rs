//! The cross-entropy with soft targets: lambda s CE(rho, q~), on the logits lambda s / T (q~ - rho).
//!
//! Computed for all members asked about as soon as one of them has soft targets; those that have none weigh it with 0.

use std::ops::Range;

use fractionate_ablation::Member;
use tch::{Device, Kind, Tensor};

use super::TargetTable;
use super::batch::{Batch, Sizes, select_members};
use crate::host::gather::{ensure_shape, gather};
use crate::host::is_for;
use crate::host::matrix::{Matrices, MatricesMut};
use crate::host::passes::add_cross_entropy;
use crate::host::softmax::Probabilities;
use crate::loss::column;
use crate::weights::to_host;

/// Each member's mean entropy of its soft targets.
fn entropies(members: &[Member], tables: &[TargetTable]) -> Vec<Option<f64>> {
    members.iter().map(|m| m.soft_targets().map(|t| tables[t].mean_entropy)).collect()
}

#[derive(Debug)]
pub(super) struct SoftLoss {
    tables: MembersTables,
    /// Each member's mean entropy of its soft targets; none without soft targets.
    entropies: Vec<Option<f64>>,
    /// lambda s / T, [members, 1, 1], and on the host.
    weight: Tensor,
    host_weights: Vec<f32>,
    /// 1 / T, [members, 1, 1], and on the host.
    inverse_temperature: Tensor,
    host_inverse_temperatures: Vec<f32>,
    /// q~ and its logarithm.
    probabilities: Probabilities,
    /// Sum over the epoch's steps of rho * log q~, [members, padded batch, padded classes].
    pub(super) sum: Tensor,
    /// rho of the batch at hand, [members, padded batch, padded classes]; rows of padding are 0.
    batch_rho: Tensor,
}

/// Where the members' soft targets are.
#[derive(Debug)]
enum MembersTables {
    /// Each member's own, [examples, padded classes], shared with whoever has the same.
    Apart(Vec<Tensor>),
    /// One after the other, [tables x examples, padded classes], and where each member's begins, [members, 1]: one
    /// gather for all.
    Joined(Tensor, Tensor),
}

impl MembersTables {
    /// The tables that some member uses; a member without soft targets takes the first and weighs it with 0.
    fn of(members: &[Member], tables: &[TargetTable], device: Device) -> Self {
        let mut used: Vec<usize> = members.iter().filter_map(Member::soft_targets).collect();
        used.sort_unstable();
        used.dedup();
        let position = |m: &Member| m.soft_targets().and_then(|t| used.binary_search(&t).ok()).unwrap_or(0);
        let positions: Vec<usize> = members.iter().map(position).collect();
        let rows: Vec<&Tensor> = used.iter().map(|&t| &tables[t].rows).collect();
        if is_for(device) {
            return Self::Apart(positions.iter().map(|&position| rows[position].shallow_clone()).collect());
        }
        let lengths = rows.iter().map(|rows| rows.size()[0]);
        let begins: Vec<i64> = lengths.scan(0, |end, n| Some(std::mem::replace(end, *end + n))).collect();
        let first_row: Vec<i64> = positions.iter().map(|&position| begins[position]).collect();
        Self::Joined(Tensor::cat(&rows, 0), Tensor::from_slice(&first_row).view([-1, 1]).to_device(device))
    }

    /// Takes the batch's rows of all members into `out`, [members, padded batch, padded classes].
    fn take(&self, batch: &Batch, out: &mut Tensor) {
        match self {
            Self::Apart(tables) => {
                ensure_shape(out, &[tables.len() as i64, batch.rows(), tables[0].size()[1]]);
                let mut out = MatricesMut::from_tensor(out);
                for (member, table) in tables.iter().enumerate() {
                    gather(Matrices::from_tensor(table).member(0), &batch.index, &mut out.member_mut(member));
                }
            }
            Self::Joined(rows, first_row) => {
                let taken = rows.index_select(0, &(first_row + &batch.index).view([-1]));
                *out = taken.view([first_row.size()[0], batch.rows(), -1]);
            }
        }
    }
}

impl SoftLoss {
    /// `None` if no member has soft targets.
    pub(super) fn new(members: &[Member], tables: &[TargetTable], sizes: Sizes) -> Option<Self> {
        members.iter().find_map(Member::soft_targets)?;
        Some(Self {
            tables: MembersTables::of(members, tables, sizes.device),
            entropies: entropies(members, tables),
            weight: column(members, Member::soft_gradient_weight, sizes.device),
            host_weights: members.iter().map(|member| member.soft_gradient_weight() as f32).collect(),
            inverse_temperature: column(members, Member::inverse_temperature, sizes.device),
            host_inverse_temperatures: members.iter().map(|member| member.inverse_temperature() as f32).collect(),
            probabilities: Probabilities::new(sizes.device),
            sum: sizes.zeros(&[members.len() as i64, sizes.batch, sizes.classes]),
            batch_rho: sizes.zeros(&[0]),
        })
    }

    pub(super) fn renew(&mut self, members: &[Member], tables: &[TargetTable]) {
        self.tables = MembersTables::of(members, tables, self.weight.device());
        self.entropies = entropies(members, tables);
    }

    pub(super) fn take_batch(&mut self, batch: &Batch) {
        self.tables.take(batch, &mut self.batch_rho);
        batch.clear_padding(&self.batch_rho, 1);
    }

    /// Adds its gradient to that of the range's members, and to the epoch's sums.
    pub(super) fn add_gradient(
        &mut self,
        members: &Range<usize>,
        logits: &Tensor,
        gradient: &mut Tensor,
        batch: &Batch,
    ) {
        if members.clone().all(|member| self.entropies[member].is_none()) {
            return;
        }
        let on_device = || select_members(&self.inverse_temperature, members);
        self.probabilities.compute_softened(logits, &self.host_inverse_temperatures[members.clone()], on_device);
        let Probabilities { q: pull, log_q: log_soft_q, .. } = &self.probabilities;
        if is_for(pull.device()) {
            let [q, log_q, targets] = [pull, log_soft_q, &self.batch_rho].map(Matrices::from_tensor);
            let [mut sum, mut gradient] = [&mut self.sum, gradient].map(MatricesMut::from_tensor);
            for (position, member) in members.clone().enumerate() {
                let read = [targets.member(member), log_q.member(position), q.member(position)];
                let mut sum = sum.member_mut(member).first_rows(batch.rows() as usize);
                let weight = self.host_weights[member] * batch.per_example() as f32;
                add_cross_entropy(read, &mut sum, &mut gradient.member_mut(position), weight);
            }
            return;
        }
        let rho = select_members(&self.batch_rho, members);
        let _ = select_members(&self.sum, members).narrow(1, 0, batch.rows()).addcmul_(log_soft_q, &rho);
        let _ = pull.shallow_clone().g_sub_(&rho);
        let weight = select_members(&self.weight, members) * batch.per_example();
        let _ = gradient.shallow_clone().addcmul_(pull, &weight);
    }

    /// CE(rho, q~) and KL(rho || q~) over the epoch's `seen` examples, by member; then resets the sums.
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
