//! How an objective rescales the gradient on the true-class logit (Tang et al. 2020): omega, its ratio to that of hard
//! labels.
//!
//! | objective | omega(x) |
//! | --- | --- |
//! | hard | 1 |
//! | soft | (1 - lambda) + (lambda s / T) (rho_t - q~_t) / (1 - q_t) |
//! | weighted | w(x); where a batch's weights are divided by their sum, w(x) over the mean w of all examples |
//! | decoupled | 1 + w (alpha s / T) (p_t - q~_t) / (1 - q_t), w being the epoch's share of the warm-up |
//!
//! NCKD has no gradient on the true-class logit: whatever beta is, the decoupled omega is that of the hard part and of
//! TCKD alone.

use fractionate_ablation::{Member, Objective};
use fractionate_records::Rescaling;
use fractionate_statistics::{softmax_at_label, spearman};

/// Omega is constant + pull * (rho_t - q~_t) / (1 - q_t).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rule {
    constant: f64,
    pull: f64,
    temperature: f64,
}

impl Rule {
    /// That of a member in an epoch (from 1), but for the weights of its examples.
    pub(super) fn of(member: &Member, epoch: usize) -> Self {
        let temperature = member.settings.loss.temperature.get();
        let (constant, pull) = match member.objective {
            Objective::Hard | Objective::Weighted { .. } => (1.0, 0.0),
            Objective::Soft { .. } => (member.hard_weight(), member.soft_gradient_weight()),
            Objective::Decoupled { decoupling, .. } => {
                (1.0, decoupling.warm_up(epoch) * decoupling.alpha * member.scale() / temperature)
            }
        };
        Self { constant, pull, temperature }
    }

    /// q_t and omega of one example by its logits and the soft target's mass off the label, 1 - rho_t.
    ///
    /// rho_t - q~_t is formed as (1 - q~_t) - (1 - rho_t), each as the sum of its parts: both may be near 1. Kept within
    /// the finite numbers of f32, which a student that leaves nothing to the other classes exceeds.
    pub(super) fn apply(&self, logits: &[f32], label: usize, off_label: f64) -> (f64, f64) {
        let (q_t, others) = softmax_at_label(logits, label, 1.0);
        if self.pull == 0.0 {
            return (q_t, self.constant);
        }
        let (_, soft_others) = softmax_at_label(logits, label, self.temperature);
        let ratio = (soft_others - off_label) / others.max(f64::MIN_POSITIVE);
        (q_t, (self.constant + self.pull * ratio).clamp(-f64::from(f32::MAX), f64::from(f32::MAX)))
    }
}

/// The deciles of omega, and its rank correlation with the teacher's probability of the label.
pub(super) fn summary(epoch: usize, omega: &[f64], p_t: Option<&[f64]>) -> Rescaling {
    let mut sorted = omega.to_vec();
    sorted.sort_by(f64::total_cmp);
    let decile = |tenth: usize| quantile(&sorted, tenth as f64 / 10.0);
    let deciles = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(decile);
    Rescaling { epoch, deciles, spearman: p_t.and_then(|p_t| spearman(omega, p_t)) }
}

/// Linear interpolation between the order statistics (type 7 of Hyndman and Fan, NumPy's default).
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = share * (sorted.len() - 1) as f64;
    let (below, part) = (at.floor() as usize, at.fract());
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] * (1.0 - part) + sorted[above] * part
}
