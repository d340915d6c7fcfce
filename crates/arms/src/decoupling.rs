//! The coefficients of decoupled distillation.

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
    /// Zhao et al. give alpha 1 and beta up to 10; this leaves room without letting numbers overflow.
    const LARGEST: f64 = 1000.0;

    /// Whether alpha or beta may have this value: 0 to 1000.
    pub fn is_possible(coefficient: f64) -> bool {
        (0.0..=Self::LARGEST).contains(&coefficient)
    }

    /// min(epoch / warm-up, 1), for epochs from 1.
    pub fn warm_up(&self, epoch: usize) -> f64 {
        if epoch < self.warmup_epochs { epoch as f64 / self.warmup_epochs as f64 } else { 1.0 }
    }
}
