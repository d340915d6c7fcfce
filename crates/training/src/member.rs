//! One student of a cohort: what is its own.

use fractionate_records::{Lambda, LossConfig};
use tch::{Device, Tensor};

/// A student of a cohort. Its cohort decides the rest: architecture, seed, batches, momentum, schedule, epochs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// Its numbers.
    pub settings: MemberSettings,
    /// Which of the cohort's soft targets it is trained on; `None` for hard labels alone (lambda must be 0).
    pub targets: Option<usize>,
}

/// A student's own numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MemberSettings {
    /// Temperature, weight and scaling of the soft target.
    pub loss: LossConfig,
    /// Peak learning rate.
    pub learning_rate: f64,
    /// L2 coefficient.
    pub weight_decay: f64,
}

impl Member {
    /// 1 - lambda: what the hard cross-entropy counts.
    pub(crate) fn hard_weight(&self) -> f64 {
        1.0 - self.settings.loss.lambda.get()
    }

    /// lambda * s: what the soft cross-entropy counts; 0 on hard labels, whatever the temperature.
    pub(crate) fn soft_weight(&self) -> f64 {
        if !self.is_soft() {
            return 0.0;
        }
        let loss = self.settings.loss;
        loss.lambda.get() * loss.scaling.factor(loss.temperature)
    }

    /// lambda * s / T: the soft target's coefficient in the gradient on the logits.
    pub(crate) fn soft_gradient_weight(&self) -> f64 {
        self.soft_weight() / self.settings.loss.temperature.get()
    }

    /// 1 / T, by which the logits of the soft part are multiplied. On hard labels 1: in company that part is computed
    /// and weighed with 0, and an extreme temperature must not make it 0 times infinity.
    pub(crate) fn coldness(&self) -> f64 {
        if self.is_soft() { 1.0 / self.settings.loss.temperature.get() } else { 1.0 }
    }

    pub(crate) fn is_soft(&self) -> bool {
        self.targets.is_some() && self.settings.loss.lambda != Lambda::ZERO
    }
}

/// One number per member as a tensor [members, 1, 1], f32.
pub(crate) fn column(members: &[Member], number: impl Fn(&Member) -> f64, device: Device) -> Tensor {
    let values: Vec<f32> = members.iter().map(|m| number(m) as f32).collect();
    Tensor::from_slice(&values).view([members.len() as i64, 1, 1]).to_device(device)
}
