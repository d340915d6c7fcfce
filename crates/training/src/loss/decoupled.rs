//! Decoupled distillation (Zhao et al. 2022, "Decoupled Knowledge Distillation"): w s (alpha TCKD + beta NCKD) added to
//! the hard cross-entropy, w being the epoch's share of the warm-up.
//!
//! With b = z~_t - log sum over k != t of exp z~_k, the student's q~_t is sigmoid(b) and 1 - q~_t is sigmoid(-b), both
//! right to the last bits however saturated the student is. With q^ the softmax over the others, on z~:
//! TCKD gives (q~_t - p_t) at the label and -(q~_t - p_t) q^ elsewhere, NCKD 0 at the label and q^ - p^ elsewhere.
//!
//! The authors' code takes a constant from the label's logit before the teacher's and the student's softmax over the
//! others; here the label's logit is replaced by one whose probability is exactly 0.
//!
//! Member by member, for those alone that have this objective: nothing here depends on the other members.

use std::ops::Range;
use std::rc::Rc;

use fractionate_ablation::{Member, Objective};
use fractionate_arms::Decoupling;
use tch::{Kind, Tensor};

use super::TargetTable;
use super::batch::{Batch, Sizes};
use super::split_targets::SplitTargets;
use crate::model::MASKED;
use crate::weights::to_host;

/// TCKD and NCKD over an epoch.
#[derive(Debug, Clone, Copy)]
pub(super) struct DecoupledParts {
    /// Mean TCKD, in nats.
    pub(super) tckd: f64,
    /// Mean NCKD, in nats.
    pub(super) nckd: f64,
    /// What both together add to the loss.
    pub(super) weighed: f64,
}

/// The decoupled part of one member.
#[derive(Debug)]
pub(super) struct DecoupledLoss {
    /// Its position in the cohort.
    pub(super) member: usize,
    decoupling: Decoupling,
    /// s
    scale: f64,
    temperature: f64,
    /// The position of its soft targets.
    table: usize,
    /// Shared by the members with the same soft targets.
    teacher: Rc<SplitTargets>,
    /// [examples, 1]
    labels: Tensor,
    /// Sum over the epoch's steps of p_t log q~_t + (1 - p_t) log (1 - q~_t), [padded batch, 1].
    pub(super) tckd_sum: Tensor,
    /// Sum over the epoch's steps of p^ log q^, [padded batch, padded classes].
    pub(super) nckd_sum: Tensor,
    /// The batch at hand: its labels [padded batch, 1] and the teacher's rows, 0 for padding.
    batch: Option<(Tensor, SplitTargets)>,
}

/// Soft targets decomposed, each table once.
#[derive(Default)]
struct Teachers(Vec<(usize, Rc<SplitTargets>)>);

impl Teachers {
    fn get(&mut self, targets: usize, tables: &[TargetTable], labels: &Tensor) -> Rc<SplitTargets> {
        if let Some((_, teacher)) = self.0.iter().find(|(table, _)| *table == targets) {
            return Rc::clone(teacher);
        }
        let teacher = Rc::new(SplitTargets::new(&tables[targets], labels));
        self.0.push((targets, Rc::clone(&teacher)));
        teacher
    }
}

impl DecoupledLoss {
    /// One for each member with this objective, in their order; `labels` [examples].
    pub(super) fn for_members(members: &[Member], tables: &[TargetTable], labels: &Tensor, sizes: Sizes) -> Vec<Self> {
        let mut teachers = Teachers::default();
        let of_member = |(member, m): (usize, &Member)| match m.objective {
            Objective::Decoupled { targets, decoupling } => Some(Self {
                member,
                decoupling,
                scale: m.scale(),
                temperature: m.settings.loss.temperature.get(),
                table: targets,
                teacher: teachers.get(targets, tables, labels),
                labels: labels.unsqueeze(-1),
                tckd_sum: sizes.zeros(&[sizes.batch, 1]),
                nckd_sum: sizes.zeros(&[sizes.batch, sizes.classes]),
                batch: None,
            }),
            _ => None,
        };
        members.iter().enumerate().filter_map(of_member).collect()
    }

    pub(super) fn renew_all(all: &mut [Self], tables: &[TargetTable]) {
        let mut teachers = Teachers::default();
        for of_member in all {
            of_member.teacher = teachers.get(of_member.table, tables, &of_member.labels.squeeze_dim(-1));
        }
    }

    pub(super) fn take_batch(&mut self, batch: &Batch) {
        let teacher = self.teacher.rows(&batch.index);
        for rows in [&teacher.on, &teacher.off, &teacher.others, &teacher.says] {
            batch.clear_padding(rows, 0);
        }
        self.batch = Some((self.labels.index_select(0, &batch.index), teacher));
    }

    /// Adds its gradient to the member's among those of the range, and to the epoch's sums.
    pub(super) fn add_gradient(&self, members: &Range<usize>, logits: &Tensor, gradient: &Tensor, batch: &Batch) {
        let (labels, teacher) = self.batch.as_ref().expect("a batch was taken up");
        let own = (self.member - members.start) as i64;
        let soft_logits = logits.select(0, own) * (1.0 / self.temperature);
        let others = soft_logits.scatter_value(-1, labels, MASKED);
        let b = soft_logits.gather(-1, labels, false) - others.logsumexp([-1i64].as_slice(), true);
        let minus_b = b.neg();

        let of_epoch = |sum: &Tensor| sum.narrow(0, 0, batch.rows());
        let tckd_sum = of_epoch(&self.tckd_sum);
        let _ = tckd_sum.shallow_clone().addcmul_(&teacher.on, &b.log_sigmoid());
        let _ = tckd_sum.shallow_clone().addcmul_(&teacher.off, &minus_b.log_sigmoid());
        let _ = of_epoch(&self.nckd_sum).addcmul_(&teacher.others, &others.log_softmax(-1, Kind::Float));

        let Decoupling { alpha, beta, .. } = self.decoupling;
        // q~_t - p_t, without the difference of two numbers near 1.
        let on = (b.sigmoid() * &teacher.off - minus_b.sigmoid() * &teacher.on) * alpha;
        let mut pull = others.softmax(-1, Kind::Float) * (&teacher.says * beta - &on);
        let _ = pull.g_sub_(&(&teacher.others * beta));
        let _ = pull.scatter_(-1, labels, &on);
        let weight = self.decoupling.warm_up(batch.epoch) * self.scale / self.temperature * batch.per_example();
        let _ = gradient.select(0, own).g_add_(&(pull * weight));
    }

    /// The parts over `epoch` with its `seen` examples; then resets the sums.
    pub(super) fn end_epoch(&mut self, epoch: usize, seen: usize) -> DecoupledParts {
        let mean = |sum: &Tensor| -f64::from(to_host(&sum.sum(Kind::Double))[0]) / seen as f64;
        let tckd = mean(&self.tckd_sum) - self.teacher.binary_entropy;
        let nckd = mean(&self.nckd_sum) - self.teacher.others_entropy;
        for sum in [&mut self.tckd_sum, &mut self.nckd_sum] {
            let _ = sum.zero_();
        }
        let Decoupling { alpha, beta, .. } = self.decoupling;
        let weighed = self.decoupling.warm_up(epoch) * self.scale * (alpha * tckd + beta * nckd);
        DecoupledParts { tckd, nckd, weighed }
    }
}
