//! Trained weights against automatic differentiation of the loss's formula in f64 and PyTorch's form of SGD.

use fractionate_ablation::{Cohort, Member, MemberSettings, NamedWeights, Objective};
use fractionate_arms::{Decoupling, WeightNormalisation};
use fractionate_data::{Purpose, RandomStream};
use fractionate_records::{ModelConfig, Scaling, ScheduleConfig, TrainingConfig};
use fractionate_training::{BatchOrder, use_threads};
use tch::{Device, Kind, Tensor, no_grad};

use crate::host_network::{Weights, read};
use crate::made_up::{World, cohort, member, members_of_all_kinds, mlp, plain_sgd};

/// Named f64 tensors with their velocities.
struct Reference {
    parameters: Vec<(String, Tensor, Tensor)>,
}

impl Reference {
    fn new(initial: &Weights) -> Self {
        let parameter = |(name, (shape, values)): (&String, &(Vec<usize>, Vec<f64>))| {
            let shape: Vec<i64> = shape.iter().map(|&n| n as i64).collect();
            let value = Tensor::from_slice(values).view(&shape[..]).set_requires_grad(true);
            let velocity = value.detach().zeros_like();
            (name.clone(), value, velocity)
        };
        Self { parameters: initial.iter().map(parameter).collect() }
    }

    fn get(&self, name: &str) -> &Tensor {
        &self.parameters.iter().find(|(n, ..)| n == name).unwrap_or_else(|| panic!("no weight {name}")).1
    }

    fn linear(&self, name: &str, x: &Tensor) -> Tensor {
        x.matmul(&self.get(&format!("{name}.weight")).transpose(0, 1)) + self.get(&format!("{name}.bias"))
    }

    fn logits(&self, student: &ModelConfig, inputs: &Tensor, picture: (usize, usize), kept: Option<&Tensor>) -> Tensor {
        let dropped = |x: Tensor| kept.map_or(x.shallow_clone(), |kept| &x * kept);
        match student.name() {
            "mlp" => {
                let hidden = student.widths("hidden");
                let mut x = inputs.shallow_clone();
                for layer in 0..hidden.len() {
                    x = self.linear(&format!("layers.{layer}"), &x).relu();
                    if layer + 1 == hidden.len() {
                        x = dropped(x);
                    }
                }
                self.linear(&format!("layers.{}", hidden.len()), &x)
            }
            _ => {
                let mut x = inputs.view([-1, 1, picture.0 as i64, picture.1 as i64]);
                for stage in 0..student.widths("channels").len() {
                    let [weight, bias] = ["weight", "bias"].map(|part| self.get(&format!("stages.{stage}.{part}")));
                    x = x.conv2d(weight, Some(bias), [1, 1], [1, 1], [1, 1], 1).relu();
                    x = x.max_pool2d([2, 2], [2, 2], [0, 0], [1, 1], false);
                }
                self.linear("output", &dropped(self.linear("dense", &x.flatten(1, -1)).relu()))
            }
        }
    }

    /// d = g + wd w; v = mu v + d; w -= learning rate (nesterov ? d + mu v : v), as `torch.optim.SGD` documents it.
    fn descend(&mut self, loss: &Tensor, learning_rate: f64, weight_decay: f64, training: &TrainingConfig) {
        let values: Vec<&Tensor> = self.parameters.iter().map(|(_, value, _)| value).collect();
        let gradients = Tensor::run_backward(&[loss], &values, false, false);
        no_grad(|| {
            for ((_, value, velocity), gradient) in self.parameters.iter_mut().zip(gradients) {
                let d = gradient + weight_decay * &*value;
                *velocity = training.momentum * &*velocity + &d;
                let moved = if training.nesterov { d + training.momentum * &*velocity } else { velocity.copy() };
                *value = (&*value - learning_rate * moved).detach().set_requires_grad(true);
            }
        });
    }
}

/// What the objective's formula refers to, for the examples of a batch.
struct BatchData {
    labels: Tensor,
    /// Soft targets, where the objective has any.
    rho: Option<Tensor>,
    weights: Option<Tensor>,
    epoch: usize,
}

impl BatchData {
    fn new(world: &World, member: &Member, index: &Tensor, epoch: usize) -> Self {
        let labels: Vec<i64> = world.splits.train.labels.iter().map(|&l| i64::from(l)).collect();
        let rows = |values: &Vec<f32>, width: i64| {
            Tensor::from_slice(values).view([-1, width]).to_kind(Kind::Double).index_select(0, index)
        };
        let (targets, weights) = match member.objective {
            Objective::Hard => (None, None),
            Objective::Soft { targets } | Objective::Decoupled { targets, .. } => (Some(targets), None),
            Objective::Weighted { weights, .. } => (None, Some(weights)),
        };
        Self {
            labels: Tensor::from_slice(&labels).index_select(0, index),
            rho: targets.map(|arm| rows(&world.arms[arm], world.splits.classes as i64)),
            weights: weights.map(|draw| rows(&world.weights[draw], 1).squeeze()),
            epoch,
        }
    }
}

/// The objective's formula on a batch.
fn loss(logits: &Tensor, batch: &BatchData, member: &Member) -> Tensor {
    let config = member.settings.loss;
    let (lambda, temperature) = (config.lambda.get(), config.temperature.get());
    let labels = batch.labels.unsqueeze(-1);
    let mean = |of: &Tensor| of.mean(Kind::Double);
    let ce = -logits.log_softmax(-1, Kind::Double).gather(-1, &labels, false).squeeze_dim(-1);
    let s = match config.scaling {
        Scaling::Hinton => temperature * temperature,
        Scaling::None => 1.0,
    };
    let log_q = (logits / temperature).log_softmax(-1, Kind::Double);
    match (member.objective, &batch.rho, &batch.weights) {
        (Objective::Soft { .. }, Some(rho), _) => {
            let soft = -(rho * log_q).sum_dim_intlist([-1i64].as_slice(), false, Kind::Double);
            (1.0 - lambda) * mean(&ce) + lambda * s * mean(&soft)
        }
        (Objective::Weighted { normalisation: WeightNormalisation::BatchSize, .. }, _, Some(w)) => mean(&(w * &ce)),
        (Objective::Weighted { normalisation: WeightNormalisation::SumOverBatch, .. }, _, Some(w)) => {
            (w / w.sum(Kind::Double) * &ce).sum(Kind::Double)
        }
        (Objective::Decoupled { decoupling, .. }, Some(p), _) => {
            let (tckd, nckd) = decoupled(p, &log_q.exp(), &labels);
            let Decoupling { alpha, beta, warmup_epochs } = decoupling;
            let share = if warmup_epochs == 0 { 1.0 } else { (batch.epoch as f64 / warmup_epochs as f64).min(1.0) };
            mean(&ce) + share * s * (alpha * tckd + beta * nckd)
        }
        _ => mean(&ce),
    }
}

/// Mean TCKD and NCKD as the paper writes them, from p and q~ [batch, classes] and labels [batch, 1].
fn decoupled(p: &Tensor, q: &Tensor, labels: &Tensor) -> (Tensor, Tensor) {
    let kl = |p: &Tensor, q: &Tensor| p.xlogy(&(p / q)).sum(Kind::Double) / p.size()[0] as f64;
    let binary = |p: &Tensor| {
        let on = p.gather(-1, labels, false);
        Tensor::cat(&[&on, &(1.0 - &on)], -1)
    };
    let others = |p: &Tensor| {
        let (rows, classes) = p.size2().expect("a matrix");
        let off = p.zeros_like().scatter_value(-1, labels, 1.0).eq(0.0);
        let others = p.masked_select(&off).view([rows, classes - 1]);
        &others / others.sum_dim_intlist([-1i64].as_slice(), true, Kind::Double)
    };
    (kl(&binary(p), &binary(q)), kl(&others(p), &others(q)))
}

/// What of a layer's outputs is kept in a step, scaled: the draws of its stream, row by row at the padded width.
fn kept(cohort: &Cohort, step: usize, rows: usize) -> Option<Tensor> {
    let student = &cohort.student;
    let rate = student.number("dropout");
    let width = if student.name() == "mlp" { *student.widths("hidden").last()? } else { student.whole("dense") };
    if rate == 0.0 {
        return None;
    }
    let padded = width.next_multiple_of(16);
    let mut stream = RandomStream::new(cohort.seed, Purpose::Dropout, step as u64);
    let mut draw = || if stream.uniform() < rate { 0.0 } else { 1.0 / (1.0 - rate) };
    let all: Vec<f64> = (0..rows * padded).map(|_| draw()).collect();
    Some(Tensor::from_slice(&all).view([rows as i64, padded as i64]).narrow(1, 0, width as i64))
}

/// One member's weights after the cohort's training at a constant learning rate, by the reference.
fn by_reference(world: &World, cohort: &Cohort, member: &Member, initial: &Weights, steps: usize) -> Reference {
    let mut reference = Reference::new(initial);
    let n = world.splits.train.len();
    let inputs = Tensor::from_slice(&world.rows[0]).view([n as i64, -1]).to_kind(Kind::Double);
    let order = BatchOrder::new(cohort.seed, n, cohort.training.batch_size);
    let epochs = (1..=cohort.training.epochs).flat_map(|epoch| {
        let order = order.epoch(epoch);
        order.chunks(cohort.training.batch_size).map(|batch| (epoch, batch.to_vec())).collect::<Vec<_>>()
    });
    let mut made = 0;
    for (step, (epoch, batch)) in epochs.enumerate() {
        let index: Vec<i64> = batch.iter().map(|&example| example as i64).collect();
        let index = Tensor::from_slice(&index);
        let kept = kept(cohort, step, batch.len());
        let picture = world.picture;
        let logits = reference.logits(&cohort.student, &inputs.index_select(0, &index), picture, kept.as_ref());
        let loss = loss(&logits, &BatchData::new(world, member, &index, epoch), member);
        reference.descend(&loss, member.settings.learning_rate, member.settings.weight_decay, &cohort.training);
        made += 1;
    }
    assert_eq!(made, steps);
    reference
}

/// How far each weight tensor is from the reference, relative to how far the reference moved.
fn worst_error(found: &NamedWeights, reference: &Reference, initial: &Weights) -> (f64, String) {
    let found = read(found);
    assert_eq!(found.len(), reference.parameters.len());
    let errors = reference.parameters.iter().map(|(name, value, _)| {
        let mut expected = vec![0f64; value.numel()];
        value.detach().contiguous().to_device(Device::Cpu).copy_data(&mut expected, value.numel());
        let distance = |from: &[f64]| from.iter().zip(&expected).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
        let moved = distance(&initial[name].1);
        assert!(moved > 0.0, "{name} did not move");
        (distance(&found[name].1) / moved, name.clone())
    });
    errors.max_by(|a, b| a.0.total_cmp(&b.0)).expect("there are weights")
}

/// Members of all kinds.
fn members() -> Vec<Member> {
    let mut members = vec![
        member(Some(0), 0.7, 3.0, Scaling::Hinton, 0.1, 1e-2),
        member(Some(1), 0.4, 2.0, Scaling::None, 0.2, 0.0),
        member(None, 0.0, 1.0, Scaling::None, 0.2, 5e-2),
        member(Some(2), 1.0, 4.0, Scaling::Hinton, 0.02, 1e-3),
        member(Some(2), 1.0, 1.0, Scaling::None, 0.2, 1e-3),
    ];
    members.extend(members_of_all_kinds().split_off(10));
    members
}

fn assert_follows_reference(world: &World, student: &ModelConfig, training: &TrainingConfig, steps: usize) {
    // A single step must be large against the rounding of the weights it moves, and cannot blow up.
    let faster = if steps == 1 { 30.0 } else { 1.0 };
    use_threads(1);
    let training = TrainingConfig { schedule: ScheduleConfig::Constant, ..training.clone() };
    let mut cohort = cohort(student.clone(), training, members());
    cohort.members.iter_mut().for_each(|m| m.settings.learning_rate *= faster);
    // At a learning rate of 0 the weights stay the initial ones.
    let resting = MemberSettings { learning_rate: 0.0, weight_decay: 0.0, ..cohort.members[2].settings };
    let resting = Cohort { members: vec![Member { settings: resting, objective: Objective::Hard }], ..cohort.clone() };
    let initial = read(&world.train(&resting).members[0].weights);
    let result = world.train(&cohort);
    for (position, (student, member)) in result.members.iter().zip(&cohort.members).enumerate() {
        let reference = by_reference(world, &cohort, member, &initial, steps);
        let (error, name) = worst_error(&student.weights, &reference, &initial);
        assert!(error < 1e-5, "member {position}, {name}: relative error {error:e}");
    }
}

fn one_step() -> TrainingConfig {
    TrainingConfig { epochs: 1, ..plain_sgd(60) }
}

fn few_steps(nesterov: bool) -> TrainingConfig {
    TrainingConfig { nesterov, epochs: 2, ..plain_sgd(25) }
}

#[test]
fn one_step_of_an_mlp_is_that_of_automatic_differentiation() {
    assert_follows_reference(&World::new(60, (5, 9), 7), &mlp(&[33], 0.0), &one_step(), 1);
}

#[test]
fn one_nesterov_step_of_a_deep_mlp_is_that_of_automatic_differentiation() {
    let training = TrainingConfig { nesterov: true, ..one_step() };
    assert_follows_reference(&World::new(60, (5, 9), 7), &mlp(&[33, 17, 20], 0.0), &training, 1);
}

#[test]
fn several_steps_of_an_mlp_with_momentum_are_those_of_automatic_differentiation() {
    assert_follows_reference(&World::new(60, (5, 9), 7), &mlp(&[33, 17], 0.0), &few_steps(false), 6);
}

#[test]
fn several_steps_of_an_mlp_with_nesterov_and_dropout_are_those_of_automatic_differentiation() {
    assert_follows_reference(&World::new(60, (5, 9), 7), &mlp(&[20, 33], 0.4), &few_steps(true), 6);
}

#[test]
fn several_steps_of_a_linear_model_are_those_of_automatic_differentiation() {
    assert_follows_reference(&World::new(60, (5, 9), 3), &mlp(&[], 0.0), &few_steps(false), 6);
}

#[test]
fn several_steps_of_layers_taken_in_turn_are_those_of_automatic_differentiation() {
    assert_follows_reference(&World::new(60, (32, 32), 7), &mlp(&[65], 0.0), &few_steps(false), 6);
}

#[test]
fn several_steps_of_a_cnn_are_those_of_automatic_differentiation() {
    let student = ModelConfig::new("cnn").with("channels", vec![3, 5]).with("dense", 10).with("dropout", 0.0);
    assert_follows_reference(&World::new(60, (8, 8), 7), &student, &few_steps(false), 6);
}

#[test]
fn several_steps_of_a_cnn_with_nesterov_and_dropout_are_those_of_automatic_differentiation() {
    let student = ModelConfig::new("cnn").with("channels", vec![4]).with("dense", 18).with("dropout", 0.5);
    assert_follows_reference(&World::new(60, (8, 8), 7), &student, &few_steps(true), 6);
}
