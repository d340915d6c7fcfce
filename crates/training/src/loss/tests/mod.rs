//! The loss on logits that are given: saturated ones, single examples, the paper's own values.

mod golden;
mod gradients;
mod identities;

use fractionate_ablation::{Member, MemberSettings, Objective};
use fractionate_arms::Decoupling;
use fractionate_data::{Purpose, RandomStream};
use fractionate_records::{Lambda, LossConfig, LossParts, Scaling, Temperature};
use tch::{Device, Kind, Tensor};

use super::{Loss, Tables, TargetTable, WeightTable};
use crate::DeviceChoice;
use crate::model::MASKED;
use crate::padding::padded;

/// A batch with its students' logits, all rows examples x classes.
#[derive(Debug, Clone)]
struct Case {
    classes: usize,
    labels: Vec<u16>,
    logits: Vec<f32>,
    targets: Vec<f32>,
    weights: Vec<f32>,
}

impl Case {
    /// Normal-like logits of the given spreads, the teacher's softened at `temperature`.
    fn drawn(examples: usize, classes: usize, temperature: f64, teacher: f64, student: f64) -> Self {
        let mut stream = RandomStream::new(fractionate_records::Seed(9), Purpose::ArmShuffle, classes as u64);
        let mut draw = |spread: f64| -> Vec<f64> {
            (0..examples * classes)
                .map(|_| spread * (0..4).map(|_| stream.uniform() - 0.5).sum::<f64>() * 1.7)
                .collect()
        };
        let (teacher, student) = (draw(teacher), draw(student));
        let best = |row: &[f64]| (0..classes).max_by(|&a, &b| row[a].total_cmp(&row[b])).expect("there are classes");
        // Every third label is another than the teacher's.
        let label = |(i, row): (usize, &[f64])| ((best(row) + usize::from(i % 3 == 2)) % classes) as u16;
        Self {
            classes,
            labels: teacher.chunks_exact(classes).enumerate().map(label).collect(),
            logits: student.into_iter().map(|z| z as f32).collect(),
            targets: teacher.chunks_exact(classes).flat_map(|row| softmax(row, temperature)).collect(),
            weights: (0..examples).map(|i| 0.2 + i as f32).collect(),
        }
    }

    fn examples(&self) -> usize {
        self.labels.len()
    }

    fn table(&self) -> TargetTable {
        let entropy: f64 = self.targets.iter().map(|&p| f64::from(p)).filter(|&p| p > 0.0).map(|p| -p * p.ln()).sum();
        TargetTable::new(&self.targets, self.classes, entropy / self.examples() as f64, DeviceChoice::CPU)
    }

    /// The students' logits as a model gives them, [1, padded batch, padded classes]; padding repeats the first example.
    fn padded_logits(&self) -> Tensor {
        let rows = Tensor::from_slice(&self.logits).view([-1, self.classes as i64]);
        let logits = Tensor::full([1, 1, padded(self.classes) as i64], MASKED, (Kind::Float, Device::Cpu));
        let logits = logits.repeat([1, padded(self.examples()) as i64, 1]);
        logits.narrow(2, 0, self.classes as i64).copy_(&rows.index_select(0, &self.index()));
        logits
    }

    fn index(&self) -> Tensor {
        let n = self.examples();
        Tensor::from_slice(&(0..padded(n)).map(|i| if i < n { i as i64 } else { 0 }).collect::<Vec<_>>())
    }

    /// In the given epoch, with one step: each member's gradient on the logits, examples x classes in f64, and its parts.
    fn epoch(&self, epoch: usize, members: &[Member]) -> Vec<(Tensor, LossParts)> {
        let tables = Tables {
            labels: &self.labels,
            classes: self.classes,
            targets: &[self.table()],
            weights: &[WeightTable::new(&self.weights, DeviceChoice::CPU)],
        };
        let mut loss = Loss::new(members, tables, 1, self.examples(), DeviceChoice::CPU);
        loss.take_batch(epoch, 0, &self.index(), self.examples());
        let logits = self.padded_logits().repeat([members.len() as i64, 1, 1]);
        let gradient = loss.gradient(0..members.len(), &logits);
        let within = |tensor: &Tensor| {
            tensor.narrow(-2, 0, self.examples() as i64).narrow(-1, 0, self.classes as i64).to_kind(Kind::Double)
        };
        let beyond = gradient.abs().sum(Kind::Double) - within(&gradient).abs().sum(Kind::Double);
        assert!(beyond.double_value(&[]).abs() < 1e-12, "padding has a gradient");
        let parts = loss.end_epoch().into_iter().map(|parts| parts.expect("the loss is finite"));
        within(&gradient).unbind(0).into_iter().zip(parts).collect()
    }
}

fn softmax(logits: &[f64], temperature: f64) -> Vec<f32> {
    let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let e: Vec<f64> = logits.iter().map(|z| ((z - top) / temperature).exp()).collect();
    let sum: f64 = e.iter().sum();
    e.into_iter().map(|e| (e / sum) as f32).collect()
}

fn member(objective: Objective, lambda: f64, temperature: f64, scaling: Scaling) -> Member {
    let loss = LossConfig {
        temperature: Temperature::try_from(temperature).expect("above 0"),
        lambda: Lambda::try_from(lambda).expect("in [0, 1]"),
        scaling,
    };
    Member { settings: MemberSettings { loss, learning_rate: 0.1, weight_decay: 0.0 }, objective }
}

fn hard() -> Member {
    member(Objective::Hard, 0.0, 1.0, Scaling::None)
}

fn decoupled(alpha: f64, beta: f64, warmup_epochs: usize, temperature: f64) -> Member {
    let decoupling = Decoupling { alpha, beta, warmup_epochs };
    member(Objective::Decoupled { targets: 0, decoupling }, 0.0, temperature, Scaling::Hinton)
}

fn largest(tensor: &Tensor) -> f64 {
    tensor.abs().max().double_value(&[])
}
