//! Accuracy, likelihood and predictions of all members at once.

use std::ops::Range;

use fractionate_records::Scores;
use serde::{Deserialize, Serialize};
use tch::{Device, Kind, Tensor};

use crate::host::matrix::{Matrices, Matrix};
use crate::host::softmax::log_softmax;
use crate::host::tally;
use crate::model::Network;
use crate::splits::Examples;

/// How one member does on one split.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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

/// Examples evaluated in one pass. On a processor few enough that they stay in the second-level cache while each member
/// sees them; on a GPU many, for few launches and read-backs.
fn chunk(device: Device) -> usize {
    if device == Device::Cpu { 256 } else { 8192 }
}

/// Logits [members, examples of the range, padded classes].
pub(crate) fn logits_of(network: &dyn Network, examples: &Examples, range: &Range<usize>) -> Tensor {
    network.logits(&padded_inputs(network, examples, range)).narrow(1, 0, range.len() as i64)
}

/// [examples of the range, padded features]. The last examples of a split are padded as batches are,
/// so that their numbers are the member's own.
fn padded_inputs(network: &dyn Network, examples: &Examples, range: &Range<usize>) -> Tensor {
    let inputs = examples.range(range);
    match network.batch_rows(range.len()) - range.len() {
        0 => inputs,
        missing => inputs.constant_pad_nd([0, 0, 0, missing as i64]),
    }
}

/// The inputs of the last layer, [members, examples, padded width].
pub(crate) fn features_of(network: &dyn Network, examples: &Examples) -> Tensor {
    let of_range = |range: Range<usize>| {
        network.features(&padded_inputs(network, examples, &range)).narrow(1, 0, range.len() as i64)
    };
    Tensor::cat(&chunks(examples).map(of_range).collect::<Vec<_>>(), 1)
}

/// The ranges of examples evaluated in one pass.
fn chunks(examples: &Examples) -> impl Iterator<Item = Range<usize>> + use<> {
    let (n, size) = (examples.len(), chunk(examples.device()));
    (0..n).step_by(size).map(move |start| start..n.min(start + size))
}

/// Evaluates all members on a split.
pub(crate) fn evaluate(network: &dyn Network, examples: &Examples, members: usize) -> Vec<Evaluated> {
    let n = examples.len();
    let mut tallies = vec![Tally { predictions: Vec::with_capacity(n), right: 0, log_likelihood: 0.0 }; members];
    let mut log_q = Tensor::empty([0], (Kind::Float, examples.device()));
    for range in chunks(examples) {
        let (rows, labels) = (range.len(), &examples.labels[range.clone()]);
        network.logits_in_parts(&padded_inputs(network, examples, &range), &mut |members, logits| {
            log_softmax(logits, &mut log_q);
            let elsewhere = (log_q.device() != Device::Cpu).then(|| log_q.to_device(Device::Cpu));
            let of = Matrices::from_tensor(elsewhere.as_ref().unwrap_or(&log_q));
            for (position, tally) in tallies[members].iter_mut().enumerate() {
                tally.add(of.member(position).first_rows(rows), labels);
            }
        });
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
    /// Counts examples by their `log_q`, row by row.
    fn add(&mut self, log_q: Matrix<'_>, labels: &[u16]) {
        let first = self.predictions.len();
        self.predictions.resize(first + labels.len(), 0);
        tally(log_q, labels, &mut self.predictions[first..], &mut self.log_likelihood);
        self.right +=
            self.predictions[first..].iter().zip(labels).filter(|(predicted, label)| predicted == label).count();
    }

    fn finish(self) -> Evaluated {
        let n = self.predictions.len() as f64;
        let scores = Scores { accuracy: self.right as f64 / n, nll: -self.log_likelihood / n };
        Evaluated { scores, predictions: self.predictions }
    }
}

/// All members' logits on a split, without the padded classes: [members, examples, classes].
pub(crate) fn all_logits(network: &dyn Network, examples: &Examples, classes: usize) -> Tensor {
    let chunks: Vec<Tensor> = chunks(examples).map(|range| logits_of(network, examples, &range)).collect();
    Tensor::cat(&chunks, 1).narrow(2, 0, classes as i64).contiguous()
}
