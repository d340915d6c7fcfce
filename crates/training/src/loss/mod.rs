//! The loss of all members on one batch: its gradient on the logits, and its named parts over an epoch.
//!
//! Every member has the hard part; soft, weighted and decoupled parts exist where a member has that objective.

mod batch;
mod column;
mod decoupled;
mod hard;
mod mixed_rows;
mod soft;
mod split_targets;
mod target_table;
#[cfg(test)]
mod tests;
mod weight_table;
mod weighted;

use std::ops::Range;

use fractionate_records::LossParts;
use tch::{Kind, Tensor};

pub(crate) use mixed_rows::MixedRows;
pub use target_table::TargetTable;
pub use weight_table::WeightTable;

use self::batch::{Batch, Sizes};
pub(crate) use self::column::column;
use self::decoupled::{DecoupledLoss, DecoupledParts};
use self::hard::HardLoss;
use self::soft::SoftLoss;
use self::weighted::WeightedLoss;
use crate::DeviceChoice;
use crate::checkpoint::MemberTensor;
use crate::host::is_for;
use crate::host::matrix::{Matrices, MatricesMut};
use crate::host::passes::rough_sum;
use crate::host::softmax::Probabilities;
use crate::padding::padded;
use crate::weights::to_host;
use fractionate_ablation::Member;

/// What the members' objectives refer to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tables<'a> {
    pub(crate) labels: &'a [u16],
    pub(crate) classes: usize,
    pub(crate) targets: &'a [TargetTable],
    pub(crate) weights: &'a [WeightTable],
}

/// The loss of a cohort.
#[derive(Debug)]
pub(crate) struct Loss {
    members: Vec<Member>,
    hard: HardLoss,
    soft: Option<SoftLoss>,
    weighted: Vec<WeightedLoss>,
    decoupled: Vec<DecoupledLoss>,
    /// q and its logarithm, of the members at hand.
    probabilities: Probabilities,
    /// Sum of the logits' gradient, [steps, members]: not finite from a member's first bad step on.
    checks: Tensor,
    batch: Option<Batch>,
    seen: usize,
}

impl Loss {
    /// For batches of at most `batch_size`, `steps` of them in an epoch.
    pub(crate) fn new(
        members: &[Member],
        tables: Tables<'_>,
        steps: usize,
        batch_size: usize,
        device: DeviceChoice,
    ) -> Self {
        let device = device.device();
        let sizes = Sizes { batch: padded(batch_size) as i64, classes: padded(tables.classes) as i64, device };
        let labels: Vec<i64> = tables.labels.iter().map(|&label| i64::from(label)).collect();
        let labels = Tensor::from_slice(&labels).to_device(device);
        Self {
            members: members.to_vec(),
            hard: HardLoss::new(members, &labels, sizes),
            soft: SoftLoss::new(members, tables.targets, sizes),
            weighted: WeightedLoss::for_members(members, tables.weights, sizes),
            decoupled: DecoupledLoss::for_members(members, tables.targets, &labels, sizes),
            probabilities: Probabilities::new(device),
            checks: sizes.zeros(&[steps as i64, members.len() as i64]),
            batch: None,
            seen: 0,
        }
    }

    /// Takes other soft targets and weights in the place of those that it had; the epoch's sums stay.
    pub(crate) fn renew(&mut self, tables: Tables<'_>) {
        if let Some(soft) = &mut self.soft {
            soft.renew(&self.members, tables.targets);
        }
        self.weighted.iter_mut().for_each(|weighted| weighted.renew(tables.weights));
        DecoupledLoss::renew_all(&mut self.decoupled, tables.targets);
    }

    /// Mixes the examples' labels as their pictures are mixed, from now on. Decoupled parts need one label each, and a suite is
    /// checked not to mix where there are any.
    pub(crate) fn mix_labels(&mut self, mixed: &MixedRows) {
        self.hard.mix(mixed);
    }

    /// Takes up the batch of a step (from 0) of an epoch (from 1): `index` [padded batch], of which the first `examples`
    /// count.
    pub(crate) fn take_batch(&mut self, epoch: usize, step: usize, index: &Tensor, examples: usize) {
        let batch = Batch { epoch, step, index: index.shallow_clone(), examples };
        self.hard.take_batch(&batch);
        if let Some(soft) = &mut self.soft {
            soft.take_batch(&batch);
        }
        for weighted in &mut self.weighted {
            weighted.take_batch(&batch, &self.hard.batch_one_hot);
        }
        for decoupled in &mut self.decoupled {
            decoupled.take_batch(&batch);
        }
        self.seen += examples;
        self.batch = Some(batch);
    }

    /// The loss's gradient on `logits` [members of the range, padded batch, padded classes]; the next call overwrites it.
    pub(crate) fn gradient(&mut self, members: Range<usize>, logits: &Tensor) -> Tensor {
        let batch = self.batch.as_ref().expect("a batch was taken up");
        self.probabilities.compute(logits);
        let mut gradient = self.hard.gradient(&members, &self.probabilities, batch);
        for weighted in self.weighted.iter().filter(|w| members.contains(&w.member)) {
            weighted.weigh(&members, &self.probabilities.log_q, &gradient, batch);
        }
        if let Some(soft) = &mut self.soft {
            soft.add_gradient(&members, logits, &mut gradient, batch);
        }
        for decoupled in self.decoupled.iter().filter(|d| members.contains(&d.member)) {
            decoupled.add_gradient(&members, logits, &gradient, batch);
        }
        batch.clear_padding(&gradient, 1);
        let step = batch.step;
        self.check(&members, &gradient, step);
        gradient
    }

    /// Notes the sums of the members' gradients.
    fn check(&mut self, members: &Range<usize>, gradient: &Tensor, step: usize) {
        if is_for(gradient.device()) {
            let (mut sums, gradients) = (MatricesMut::from_tensor(&mut self.checks), Matrices::from_tensor(gradient));
            for (position, member) in members.clone().enumerate() {
                sums.member_mut(0).set(step, member, rough_sum(gradients.member(position)));
            }
            return;
        }
        let sum = gradient.flatten(1, -1).sum_dim_intlist([1i64].as_slice(), false, Kind::Float);
        batch::select_members(&self.checks.select(0, step as i64), members).copy_(&sum);
    }

    /// The epoch's sums so far, member by member, sharing memory, and how many examples they are of
    /// ([`Loss::set_seen`]).
    pub(crate) fn state(&self) -> (Vec<MemberTensor>, usize) {
        let mut sums = Vec::new();
        let soft = self.soft.iter().map(|soft| ("soft", &soft.sum, 0));
        for (name, sum, axis) in [("checks", &self.checks, 1), ("hard", &self.hard.sum, 0)].into_iter().chain(soft) {
            let of_members = sum.unbind(axis).into_iter().enumerate();
            sums.extend(of_members.map(|(member, sum)| MemberTensor::new(name, member, sum)));
        }
        let mut add = |name, member, sum: &Tensor| sums.push(MemberTensor::new(name, member, sum.shallow_clone()));
        self.weighted.iter().for_each(|weighted| add("weighted", weighted.member, &weighted.sum));
        for decoupled in &self.decoupled {
            add("tckd", decoupled.member, &decoupled.tckd_sum);
            add("nckd", decoupled.member, &decoupled.nckd_sum);
        }
        (sums, self.seen)
    }

    /// Goes on in an epoch of which so many examples were seen.
    pub(crate) fn set_seen(&mut self, seen: usize) {
        self.seen = seen;
    }

    /// Ends an epoch: per member its loss parts, or the first step (from 1) whose gradient was not finite.
    pub(crate) fn end_epoch(&mut self) -> Vec<Result<LossParts, usize>> {
        let (epoch, seen) = (self.batch.as_ref().map_or(1, |batch| batch.epoch), std::mem::take(&mut self.seen));
        let members = self.members.len();
        let checks = to_host(&self.checks);
        let steps = checks.len() / members;
        let mut parts: Vec<LossParts> = self.hard.end_epoch().into_iter().map(|sum| hard_parts(sum, seen)).collect();
        if let Some(soft) = &mut self.soft {
            for ((parts, member), soft) in parts.iter_mut().zip(&self.members).zip(soft.end_epoch(seen)) {
                add_soft(parts, member, soft);
            }
        }
        for weighted in &mut self.weighted {
            let parts = &mut parts[weighted.member];
            parts.total = weighted.end_epoch(seen);
            parts.weighted_ce = Some(parts.total);
        }
        for decoupled in &mut self.decoupled {
            add_decoupled(&mut parts[decoupled.member], decoupled.end_epoch(epoch, seen));
        }
        let checked = |(m, parts): (usize, LossParts)| {
            if let Some(step) = (0..steps).find(|step| !checks[step * members + m].is_finite()) {
                return Err(step + 1);
            }
            if is_finite(&parts) { Ok(parts) } else { Err(steps) }
        };
        parts.into_iter().enumerate().map(checked).collect()
    }
}

/// `sum` of log q_t over the epoch.
fn hard_parts(sum: f32, seen: usize) -> LossParts {
    let hard_ce = -f64::from(sum) / seen as f64;
    LossParts { total: hard_ce, hard_ce, soft_ce: None, soft_kl: None, weighted_ce: None, tckd: None, nckd: None }
}

fn add_soft(parts: &mut LossParts, member: &Member, soft: Option<(f64, f64)>) {
    if let Some((ce, kl)) = soft {
        parts.total = member.hard_weight() * parts.hard_ce + member.soft_weight() * ce;
        (parts.soft_ce, parts.soft_kl) = (Some(ce), Some(kl));
    }
}

fn add_decoupled(parts: &mut LossParts, decoupled: DecoupledParts) {
    parts.total += decoupled.weighed;
    (parts.tckd, parts.nckd) = (Some(decoupled.tckd), Some(decoupled.nckd));
}

fn is_finite(parts: &LossParts) -> bool {
    let LossParts { total, hard_ce, soft_ce, soft_kl, weighted_ce, tckd, nckd } = parts;
    [total, hard_ce]
        .into_iter()
        .chain([soft_ce, soft_kl, weighted_ce, tckd, nckd].into_iter().flatten())
        .all(|part| part.is_finite())
}
