//! Steps that need a student's whole gradient before any of its weights moves: AdamW, clipping, and decay of some parameters
//! alone.
//!
//! Member by member and parameter by parameter: nothing here depends on the other members.

use fractionate_ablation::Member;
use fractionate_records::{DecayedParameters, OptimiserConfig, TrainingConfig};
use tch::{Tensor, no_grad};

use super::Parameter;

/// An optimiser that takes the gradients that [`super::Sgd::collecting_gradients`] leaves.
#[derive(Debug)]
pub(crate) struct WholeGradient {
    rule: Rule,
    clipping: Option<f64>,
    /// [steps][members], over the whole training.
    learning_rates: Vec<Vec<f64>>,
    weight_decays: Vec<f64>,
    /// Which parameters decay.
    decays: Vec<bool>,
    /// Running averages by parameter and member: SGD's velocity, or AdamW's of gradients.
    first: Vec<Vec<Tensor>>,
    /// AdamW's averages of squared gradients; empty with SGD.
    second: Vec<Vec<Tensor>>,
}

#[derive(Debug, Clone, Copy)]
enum Rule {
    Sgd { momentum: f64, nesterov: bool },
    AdamW { betas: (f64, f64), epsilon: f64 },
}

impl WholeGradient {
    /// Nothing for plain SGD, which moves each weight as soon as its gradient is there. `is_weight` says which parameters are
    /// weights, not biases or factors and offsets of batch normalisation.
    pub(crate) fn new(
        training: &TrainingConfig,
        members: &[Member],
        factors: &[f64],
        (parameters, is_weight): (&[&Parameter], &[bool]),
    ) -> Option<Self> {
        let TrainingConfig { momentum, nesterov, optimiser, weight_decay_on, gradient_clipping, .. } = *training;
        let rule = match optimiser {
            OptimiserConfig::Sgd if gradient_clipping.is_none() && weight_decay_on == DecayedParameters::All => {
                return None;
            }
            OptimiserConfig::Sgd => Rule::Sgd { momentum, nesterov },
            OptimiserConfig::AdamW { betas, epsilon } => Rule::AdamW { betas, epsilon },
        };
        let zeros = || -> Vec<Vec<Tensor>> {
            let of_members =
                |members: &[(Tensor, Tensor)]| members.iter().map(|(value, _)| value.zeros_like()).collect();
            parameters.iter().map(|parameter| of_members(&parameter.members)).collect()
        };
        Some(Self {
            rule,
            clipping: gradient_clipping,
            learning_rates: factors
                .iter()
                .map(|factor| members.iter().map(|member| member.settings.learning_rate * factor).collect())
                .collect(),
            weight_decays: members.iter().map(|member| member.settings.weight_decay).collect(),
            decays: is_weight.iter().map(|&weight| weight || weight_decay_on == DecayedParameters::All).collect(),
            first: zeros(),
            second: if matches!(rule, Rule::AdamW { .. }) { zeros() } else { Vec::new() },
        })
    }

    /// Moves all members by the gradients that are left in the velocities; the step counts from 0 over the whole training.
    pub(crate) fn step(&mut self, parameters: &[&Parameter], step: usize) {
        no_grad(|| {
            for member in 0..self.weight_decays.len() {
                let mut of_member: Vec<(Tensor, Tensor)> = parameters
                    .iter()
                    .map(|parameter| {
                        let (value, gradient) = &parameter.members[member];
                        (value.shallow_clone(), gradient.shallow_clone())
                    })
                    .collect();
                if let Some(most) = self.clipping {
                    clip(of_member.iter_mut().map(|(_, gradient)| gradient), most);
                }
                for (at, (value, gradient)) in of_member.iter_mut().enumerate() {
                    self.move_parameter(at, member, step, value, gradient);
                }
            }
        });
    }

    fn move_parameter(&mut self, at: usize, member: usize, step: usize, value: &mut Tensor, gradient: &mut Tensor) {
        let learning_rate = self.learning_rates[step][member];
        let decay = if self.decays[at] { self.weight_decays[member] } else { 0.0 };
        let first = &mut self.first[at][member];
        match self.rule {
            Rule::Sgd { momentum, nesterov } => {
                let _ = gradient.g_add_(&(&*value * decay));
                let _ = first.g_mul_scalar_(momentum).g_add_(gradient);
                let direction = if nesterov { &*gradient + &*first * momentum } else { first.shallow_clone() };
                let _ = value.g_sub_(&(direction * learning_rate));
            }
            // As PyTorch's AdamW forms it.
            Rule::AdamW { betas: (beta1, beta2), epsilon } => {
                let second = &mut self.second[at][member];
                let _ = value.g_mul_scalar_(1.0 - learning_rate * decay);
                let _ = first.lerp_(gradient, 1.0 - beta1);
                let _ = second.g_mul_scalar_(beta2).g_add_(&(&*gradient * &*gradient * (1.0 - beta2)));
                let updates = (step + 1) as f64;
                let root = second.sqrt() / (1.0 - beta2.powf(updates)).sqrt() + epsilon;
                let _ = value.g_sub_(&(&*first / root * (learning_rate / (1.0 - beta1.powf(updates)))));
            }
        }
    }

    /// The averages by name, each of all members, sharing memory.
    pub(crate) fn state(&self) -> impl Iterator<Item = (String, &[Tensor])> {
        let named = |name: &'static str, moments: &'_ [Vec<Tensor>]| {
            (0..moments.len()).map(move |n| format!("{name} {n}")).collect::<Vec<_>>()
        };
        let names = [named("first moment", &self.first), named("second moment", &self.second)].concat();
        names.into_iter().zip(self.first.iter().chain(&self.second).map(Vec::as_slice))
    }
}

/// Scales a gradient whose norm is above `most` down to it, as PyTorch's `clip_grad_norm_` does.
fn clip<'a>(gradients: impl Iterator<Item = &'a mut Tensor>, most: f64) {
    let gradients: Vec<&mut Tensor> = gradients.collect();
    let norms: Vec<Tensor> = gradients.iter().map(|gradient| gradient.norm()).collect();
    let norm = Tensor::stack(&norms, 0).norm();
    let factor = ((norm + 1e-6).reciprocal() * most).clamp_max(1.0);
    for gradient in gradients {
        let _ = gradient.g_mul_(&factor);
    }
}

#[cfg(test)]
mod tests {
    use fractionate_ablation::{MemberSettings, Objective};
    use fractionate_records::{Lambda, LossConfig, Scaling, Temperature};
    use serde_json::{Value, json};
    use tch::{Device, Kind};

    use super::super::{Sgd, WeightAverage};
    use super::*;
    use crate::weights::to_host;

    const STEPS: usize = 6;

    /// sin(from + by n), [2, 3] or [3].
    fn sines(shape: &[i64], from: f64, by: f64) -> Tensor {
        let places = Tensor::arange(shape.iter().product::<i64>(), (Kind::Double, Device::Cpu));
        (places * by + from).sin().to_kind(Kind::Float).view(shape)
    }

    fn gradient(parameter: &Parameter, step: usize, at: usize) -> Tensor {
        let scale = if step.is_multiple_of(2) { 3.0 } else { 0.3 };
        sines(&parameter.members[0].0.size(), (step + at) as f64, 0.7) * scale
    }

    /// A training as the golden file writes it, with what all have in common.
    fn training(written: &Value) -> TrainingConfig {
        let mut all = json!({
            "learning_rate": 0.1, "momentum": 0.9, "nesterov": false, "weight_decay": 0.05,
            "schedule": { "kind": "constant" }, "warmup_epochs": 0, "batch_size": 2, "epochs": 1,
        });
        all.as_object_mut().unwrap().extend(written.as_object().unwrap().clone());
        serde_json::from_value(all).unwrap()
    }

    /// Where two members end, the first of which has another learning rate.
    fn moved(training: &TrainingConfig) -> Vec<Vec<f32>> {
        let loss = LossConfig { temperature: Temperature::ONE, lambda: Lambda::ZERO, scaling: Scaling::None };
        let member = |learning_rate| Member {
            settings: MemberSettings { loss, learning_rate, weight_decay: training.weight_decay },
            objective: Objective::Hard,
        };
        let members = [member(0.5), member(training.learning_rate)];
        let mut parameters = [[2, 3].as_slice(), &[3]].map(|shape| Parameter::repeated(&sines(shape, 1.0, 1.0), 2));
        let mut whole = {
            let parameters: Vec<&Parameter> = parameters.iter().collect();
            WholeGradient::new(training, &members, &[1.0; STEPS], (&parameters, &[true, false])).unwrap()
        };
        let sgd = Sgd::collecting_gradients(2, STEPS, Device::Cpu);
        let own = parameters.iter().map(|parameter| parameter.members[1].0.shallow_clone()).collect();
        let mut average = training.ema.map(|decay| WeightAverage::new(decay, own));
        for step in 0..STEPS {
            for (at, parameter) in parameters.iter_mut().enumerate() {
                for member in 0..2 {
                    let gradient = gradient(parameter, step, at);
                    sgd.step(step).update_member(parameter, member, gradient);
                }
            }
            whole.step(&parameters.iter().collect::<Vec<_>>(), step);
            average.iter_mut().for_each(|average| average.take_up(step));
        }
        average.iter_mut().for_each(WeightAverage::swap);
        parameters.iter().map(|parameter| to_host(&parameter.members[1].0)).collect()
    }

    #[test]
    fn weights_move_as_pytorchs_optimisers_move_them() {
        let golden = include_str!("../../tests/golden/optimisers.json");
        let golden: Vec<Value> = serde_json::from_str(golden).unwrap();
        assert_eq!(golden.len(), 5);
        for case in golden {
            let ours = moved(&training(&case["training"]));
            for (ours, theirs) in ours.iter().zip(case["moved"].as_array().unwrap()) {
                for (ours, theirs) in ours.iter().zip(theirs.as_array().unwrap()) {
                    let theirs = theirs.as_f64().unwrap();
                    assert!((f64::from(*ours) - theirs).abs() < 1e-5, "{}: {ours}, {theirs}", case["name"]);
                }
            }
        }
    }
}
