//! What a student minimises.

use fractionate_arms::{Decoupling, WeightNormalisation};

/// What a member of a cohort is trained towards. Members with different objectives may share a cohort.
///
/// q is the student's softmax at temperature 1, q~ at its own temperature T, t the label; s is T^2 or 1 by
/// [`fractionate_records::LossConfig::scaling`]. Losses are means over the batch unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Objective {
    /// Hard labels alone: CE(onehot(t), q).
    Hard,
    /// Hard labels and soft targets: (1 - lambda) CE(onehot(t), q) + lambda s CE(rho, q~).
    Soft {
        /// Which of the training's soft targets rho is.
        targets: usize,
    },
    /// Hard labels, each example by its own weight: w CE(onehot(t), q). Lambda, T and s are not used.
    Weighted {
        /// Which of the training's weight tables w is from.
        weights: usize,
        /// What the weighted sum over a batch is divided by.
        normalisation: WeightNormalisation,
    },
    /// Decoupled distillation (Zhao et al. 2022):
    /// CE(onehot(t), q) + min(epoch / warm-up, 1) s (alpha TCKD + beta NCKD). Lambda is not used.
    ///
    /// With the teacher's p at T, TCKD is the KL divergence between (p_t, 1 - p_t) and (q~_t, 1 - q~_t), NCKD that
    /// between p and q~ without the target, each renormalised: KL(p || q~) = TCKD + (1 - p_t) NCKD.
    Decoupled {
        /// Which of the training's soft targets p is.
        targets: usize,
        /// What its two parts count.
        decoupling: Decoupling,
    },
}
