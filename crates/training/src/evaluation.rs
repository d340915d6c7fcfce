//! Accuracy, likelihood and predictions of all members at once.

use fractionate_records::Scores;
use tch::{Kind, Tensor};

use crate::model::Model;
use crate::splits::Examples;
use crate::weights::to_host;

/// How one member does on one split.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Evaluated {
    pub(crate) scores: Scores,
    pub(crate) predictions: Vec<u16>,
}

impl Evaluated {
    /// Whether the model still gave numbers: a finite likelihood, and no padded class above all others.
    pub(crate) fn is_sound(&self, classes: usize) -> bool {
        self.scores.nll.is_finite() && self.predictions.iter().all(|&class| usize::from(class) < classes)
    }
}

/// Examples evaluated in one pass: few enough that they stay in the second-level cache while each member sees them.
const CHUNK: usize = 256;

/// Evaluates all members on a split.
pub(crate) fn evaluate(model: &Model, examples: &Examples, members: usize) -> Vec<Evaluated> {
    let n = examples.len();
    let mut tallies = vec![Tally { predictions: Vec::with_capacity(n), right: 0, log_likelihood: 0.0 }; members];
    for start in (0..n).step_by(CHUNK) {
        let labels = &examples.labels[start..n.min(start + CHUNK)];
        let log_q = model.logits(&examples.inputs.narrow(0, start as i64, labels.len() as i64));
        let log_q = to_host(&log_q.log_softmax(-1, Kind::Float));
        for (tally, log_q) in tallies.iter_mut().zip(log_q.chunks_exact(log_q.len() / members)) {
            tally.add(log_q, labels);
        }
    }
    tallies.into_iter().map(Tally::finish).collect()
}

/// What is known of one member after some examples.
#[derive(Debug, Clone)]
struct Tally {
    predictions: Vec<u16>,
    right: usize,
    log_likelihood: f64,
}

impl Tally {
    /// Counts examples by their `log_q`, row by row. On the host: libtorch's argmax over few classes is slow.
    fn add(&mut self, log_q: &[f32], labels: &[u16]) {
        for (log_q, &label) in log_q.chunks_exact(log_q.len() / labels.len()).zip(labels) {
            let predicted = argmax(log_q);
            self.right += usize::from(predicted == label);
            self.log_likelihood += f64::from(log_q[usize::from(label)]);
            self.predictions.push(predicted);
        }
    }

    fn finish(self) -> Evaluated {
        let n = self.predictions.len() as f64;
        let scores = Scores { accuracy: self.right as f64 / n, nll: -self.log_likelihood / n };
        Evaluated { scores, predictions: self.predictions }
    }
}

/// The first of the largest values.
fn argmax(values: &[f32]) -> u16 {
    let mut best = 0;
    for (index, &value) in values.iter().enumerate() {
        if value > values[best] {
            best = index;
        }
    }
    best as u16
}

/// All members' logits on a split, without the padded classes: [members, examples, classes].
pub(crate) fn all_logits(model: &Model, examples: &Examples, classes: usize) -> Tensor {
    let n = examples.len();
    let chunks: Vec<Tensor> = (0..n)
        .step_by(CHUNK)
        .map(|start| model.logits(&examples.inputs.narrow(0, start as i64, CHUNK.min(n - start) as i64)))
        .collect();
    Tensor::cat(&chunks, 1).narrow(2, 0, classes as i64).contiguous()
}
