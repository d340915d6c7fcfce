//! The loss of all members on one batch: its gradient on the logits, and its named parts over an epoch.
//!
//! `L = (1 - lambda) CE(onehot, q) + lambda s CE(rho, q~)`, so on the logits
//! `(1 - lambda) (q - onehot) + lambda s / T (q~ - rho)`, both divided by the batch's number of examples.

use std::ops::Range;

use fractionate_records::LossParts;
use tch::{Kind, Tensor};

use crate::DeviceChoice;
use crate::member::{Member, column};
use crate::padding::padded;
use crate::weights::to_host;

/// The soft targets of one arm on the device; a shallow clone shares the tensor.
#[derive(Debug)]
pub struct TargetTable {
    /// [examples, padded classes]
    rows: Tensor,
    /// The rows' mean entropy, in nats: what separates the cross-entropy from the KL divergence.
    mean_entropy: f64,
}

impl TargetTable {
    /// Moves soft targets, examples x classes row by row, to the device.
    ///
    /// # Panics
    /// If `targets` is no whole number of rows.
    pub fn new(targets: &[f32], classes: usize, mean_entropy: f64, device: DeviceChoice) -> Self {
        assert_eq!(targets.len() % classes, 0);
        let rows = Tensor::from_slice(targets).view([-1, classes as i64]);
        let missing = (padded(classes) - classes) as i64;
        Self { rows: rows.constant_pad_nd([0, missing]).to_device(device.device()), mean_entropy }
    }

    /// The same targets for another thread; the tensor is shared.
    #[must_use]
    pub fn shallow_clone(&self) -> Self {
        Self { rows: self.rows.shallow_clone(), mean_entropy: self.mean_entropy }
    }
}

/// The loss of a cohort.
#[derive(Debug)]
pub(crate) struct Loss {
    members: Vec<Member>,
    /// [examples, padded classes]
    one_hot: Tensor,
    soft: Option<SoftLoss>,
    /// 1 - lambda, [members, 1, 1].
    hard_weight: Tensor,
    /// Sum over the epoch's steps of onehot * log q, [members, padded batch, padded classes].
    hard_sum: Tensor,
    /// Sum of the logits' gradient, [steps, members]: not finite from a member's first bad step on.
    checks: Tensor,
    batch: Option<Batch>,
    seen: usize,
}

/// What only soft targets need.
#[derive(Debug)]
struct SoftLoss {
    /// [tables x examples, padded classes]
    rows: Tensor,
    entropies: Vec<f64>,
    /// Where each member's table begins among the rows, [members, 1].
    first_row: Tensor,
    /// lambda s / T, [members, 1, 1].
    weight: Tensor,
    /// 1 / T, [members, 1, 1].
    coldness: Tensor,
    /// Sum over the epoch's steps of rho * log q~, [members, padded batch, padded classes].
    sum: Tensor,
}

/// The batch at hand.
#[derive(Debug)]
struct Batch {
    /// [padded batch, padded classes]; rows of padding are 0.
    one_hot: Tensor,
    /// [members, padded batch, padded classes]; rows of padding are 0.
    rho: Option<Tensor>,
    /// How many of its rows are no padding.
    examples: usize,
    step: usize,
}

impl Loss {
    pub(crate) fn new(
        members: &[Member],
        labels: &[u16],
        classes: usize,
        tables: &[TargetTable],
        steps: usize,
        batch_size: usize,
        device: DeviceChoice,
    ) -> Self {
        let on_device = device.device();
        let width = padded(classes) as i64;
        let accumulator = [members.len() as i64, padded(batch_size) as i64, width];
        let zeros = |shape: &[i64]| Tensor::zeros(shape, (Kind::Float, on_device));
        let labels: Vec<i64> = labels.iter().map(|&label| i64::from(label)).collect();
        let one_hot = Tensor::from_slice(&labels).one_hot(width).to_kind(Kind::Float).to_device(on_device);
        let soft = members.iter().any(Member::is_soft).then(|| {
            // Only the tables that some member uses; a member on hard labels takes the first and weighs it with 0.
            let mut used: Vec<usize> = members.iter().filter_map(|m| m.targets).collect();
            used.sort_unstable();
            used.dedup();
            let position = |m: &Member| m.targets.and_then(|t| used.binary_search(&t).ok()).unwrap_or(0) as i64;
            let table_of: Vec<i64> = members.iter().map(position).collect();
            let rows: Vec<&Tensor> = used.iter().map(|&t| &tables[t].rows).collect();
            let lengths = rows.iter().map(|rows| rows.size()[0]);
            let begins: Vec<i64> = lengths.scan(0, |end, n| Some(std::mem::replace(end, *end + n))).collect();
            let first_row: Vec<i64> = table_of.iter().map(|&t| begins[t as usize]).collect();
            SoftLoss {
                rows: Tensor::cat(&rows, 0),
                entropies: table_of.iter().map(|&t| tables[used[t as usize]].mean_entropy).collect(),
                first_row: Tensor::from_slice(&first_row).view([-1, 1]).to_device(on_device),
                weight: column(members, Member::soft_gradient_weight, on_device),
                coldness: column(members, Member::coldness, on_device),
                sum: zeros(&accumulator),
            }
        });
        Self {
            members: members.to_vec(),
            one_hot,
            soft,
            hard_weight: column(members, Member::hard_weight, on_device),
            hard_sum: zeros(&accumulator),
            checks: zeros(&[steps as i64, members.len() as i64]),
            batch: None,
            seen: 0,
        }
    }

    /// Takes up the batch of a step (from 0 in its epoch): `index` [padded batch], of which the first `examples` count.
    pub(crate) fn take_batch(&mut self, step: usize, index: &Tensor, examples: usize) {
        let padding = index.size()[0] - examples as i64;
        let one_hot = self.one_hot.index_select(0, index);
        let rho = self.soft.as_ref().map(|soft| {
            let rows = soft.rows.index_select(0, &(&soft.first_row + index).view([-1]));
            rows.view([self.members.len() as i64, index.size()[0], -1])
        });
        if padding > 0 {
            let _ = one_hot.narrow(0, examples as i64, padding).zero_();
            if let Some(rho) = &rho {
                let _ = rho.narrow(1, examples as i64, padding).zero_();
            }
        }
        self.seen += examples;
        self.batch = Some(Batch { one_hot, rho, examples, step });
    }

    /// The loss's gradient on `logits` [members of the range, padded batch, padded classes].
    pub(crate) fn gradient(&mut self, members: Range<usize>, logits: &Tensor) -> Tensor {
        let batch = self.batch.as_ref().expect("a batch was taken up");
        let (first, count) = (members.start as i64, members.len() as i64);
        let rows = logits.size()[1];
        let per_example = 1.0 / batch.examples as f64;
        let of_members = |tensor: &Tensor| tensor.narrow(0, first, count);
        // A softmax of its own is faster than the exponential of its logarithm.
        let log_q = logits.log_softmax(-1, Kind::Float);
        let _ = of_members(&self.hard_sum).narrow(1, 0, rows).addcmul_(&log_q, &batch.one_hot);
        let mut gradient = logits.softmax(-1, Kind::Float);
        let _ = gradient.g_sub_(&batch.one_hot);
        let _ = gradient.g_mul_(&(of_members(&self.hard_weight) * per_example));
        if let (Some(soft), Some(rho)) = (&self.soft, &batch.rho) {
            let rho = of_members(rho);
            let soft_logits = logits * of_members(&soft.coldness);
            let log_soft_q = soft_logits.log_softmax(-1, Kind::Float);
            let _ = of_members(&soft.sum).narrow(1, 0, rows).addcmul_(&log_soft_q, &rho);
            let mut pull = soft_logits.softmax(-1, Kind::Float);
            let _ = pull.g_sub_(&rho);
            let _ = gradient.addcmul_(&pull, &(of_members(&soft.weight) * per_example));
        }
        let padding = rows - batch.examples as i64;
        if padding > 0 {
            let _ = gradient.narrow(1, batch.examples as i64, padding).zero_();
        }
        let sum = gradient.flatten(1, -1).sum_dim_intlist([1i64].as_slice(), false, Kind::Float);
        self.checks.select(0, batch.step as i64).narrow(0, first, count).copy_(&sum);
        gradient
    }

    /// Ends an epoch: per member its loss parts, or the first step (from 1) whose gradient was not finite.
    pub(crate) fn end_epoch(&mut self) -> Vec<Result<LossParts, usize>> {
        let members = self.members.len();
        let checks = to_host(&self.checks);
        let sums = |tensor: &Tensor| to_host(&tensor.sum_dim_intlist([1i64, 2].as_slice(), false, Kind::Double));
        let hard = sums(&self.hard_sum);
        let soft = self.soft.as_ref().map(|s| sums(&s.sum));
        let parts = (0..members).map(|m| {
            if let Some(step) = (0..checks.len() / members).find(|step| !checks[step * members + m].is_finite()) {
                return Err(step + 1);
            }
            let member = &self.members[m];
            let mean = |sum: f32| -f64::from(sum) / self.seen as f64;
            let hard_ce = mean(hard[m]);
            let soft_ce = soft.as_ref().filter(|_| member.is_soft()).map(|soft| mean(soft[m]));
            let entropy = self.soft.as_ref().map_or(0.0, |s| s.entropies[m]);
            let total = member.hard_weight() * hard_ce + member.soft_weight() * soft_ce.unwrap_or(0.0);
            if ![hard_ce, soft_ce.unwrap_or(0.0), total].iter().all(|part| part.is_finite()) {
                return Err(checks.len() / members);
            }
            Ok(LossParts { total, hard_ce, soft_ce, soft_kl: soft_ce.map(|ce| ce - entropy) })
        });
        let parts = parts.collect();
        self.seen = 0;
        let _ = self.hard_sum.zero_();
        if let Some(soft) = &mut self.soft {
            let _ = soft.sum.zero_();
        }
        parts
    }
}
