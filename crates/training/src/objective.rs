//! What a student minimises.

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

/// What the sum of w CE over a batch is divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WeightNormalisation {
    /// The batch's number of examples.
    BatchSize,
    /// The batch's sum of w, which must be above 0 (Furlanello et al. 2018, confidence-weighted by the teacher's max).
    SumOverBatch,
}

/// What the parts of decoupled distillation count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decoupling {
    /// Coefficient of TCKD.
    pub alpha: f64,
    /// Coefficient of NCKD.
    pub beta: f64,
    /// Epoch e (from 1) counts min(e / this, 1) of both; 0 for no warm-up.
    pub warmup_epochs: usize,
}

impl Decoupling {
    /// min(epoch / warm-up, 1), for epochs from 1.
    pub(crate) fn warm_up(&self, epoch: usize) -> f64 {
        if epoch < self.warmup_epochs { epoch as f64 / self.warmup_epochs as f64 } else { 1.0 }
    }
}
