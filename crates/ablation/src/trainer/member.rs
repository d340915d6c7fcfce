//! One student of a cohort: what is its own.

use fractionate_records::{Lambda, LossConfig};

use super::Objective;

/// A student of a cohort. Its cohort decides the rest: architecture, seed, batches, momentum, schedule, epochs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// Its numbers.
    pub settings: MemberSettings,
    /// What it minimises.
    pub objective: Objective,
}

/// A student's own numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MemberSettings {
    /// Temperature, weight and scaling of what the teacher says, as far as the objective uses them.
    pub loss: LossConfig,
    /// Peak learning rate.
    pub learning_rate: f64,
    /// L2 coefficient.
    pub weight_decay: f64,
}

impl Member {
    /// What the hard cross-entropy counts: 1 - lambda with soft targets, else 1.
    pub fn hard_weight(&self) -> f64 {
        if self.soft_targets().is_some() { 1.0 - self.settings.loss.lambda.get() } else { 1.0 }
    }

    /// lambda * s: what the soft cross-entropy counts; 0 without soft targets, whatever the temperature.
    pub fn soft_weight(&self) -> f64 {
        if self.soft_targets().is_none() {
            return 0.0;
        }
        self.settings.loss.lambda.get() * self.scale()
    }

    /// lambda * s / T: the soft target's coefficient in the gradient on the logits.
    pub fn soft_gradient_weight(&self) -> f64 {
        self.soft_weight() / self.settings.loss.temperature.get()
    }

    /// 1 / T, by which the logits of the soft part are multiplied. Without soft targets 1: in a cohort that part is
    /// computed and weighted with 0, and an extreme temperature must not make it 0 times infinity.
    pub fn inverse_temperature(&self) -> f64 {
        if self.soft_targets().is_some() { 1.0 / self.settings.loss.temperature.get() } else { 1.0 }
    }

    /// s: T^2 or 1.
    pub fn scale(&self) -> f64 {
        let loss = self.settings.loss;
        loss.scaling.factor(loss.temperature)
    }

    /// The position of the soft targets that count; none at lambda = 0.
    pub fn soft_targets(&self) -> Option<usize> {
        match self.objective {
            Objective::Soft { targets } if self.settings.loss.lambda != Lambda::ZERO => Some(targets),
            _ => None,
        }
    }
}
