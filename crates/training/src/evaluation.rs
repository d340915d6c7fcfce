//! Accuracy, likelihood and predictions of all members at once.

use fractionate_records::Scores;
use tch::{Device, Kind, Tensor};

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
const CHUNK: i64 = 256;

/// Evaluates all members on a split.
pub(crate) fn evaluate(model: &Model, examples: &Examples, members: usize) -> Vec<Evaluated> {
    let n = examples.len() as i64;
    let labels: Vec<i64> = examples.labels.iter().map(|&l| i64::from(l)).collect();
    let labels = Tensor::from_slice(&labels).to_device(examples.inputs.device());
    let (mut predicted, mut likelihoods) = (Vec::new(), Vec::new());
    for start in (0..n).step_by(CHUNK as usize) {
        let rows = CHUNK.min(n - start);
        let log_q = model.logits(&examples.inputs.narrow(0, start, rows)).log_softmax(-1, Kind::Float);
        let label = labels.narrow(0, start, rows).view([1, rows, 1]).expand([members as i64, rows, 1], false);
        predicted.push(log_q.argmax(-1, false));
        likelihoods.push(log_q.gather(2, &label, false).squeeze_dim(2));
    }
    let predicted = Tensor::cat(&predicted, 1).to_kind(Kind::Int).to_device(Device::Cpu).contiguous();
    let mut classes = vec![0i32; predicted.numel()];
    predicted.copy_data(&mut classes, predicted.numel());
    let likelihoods = to_host(&Tensor::cat(&likelihoods, 1));
    classes
        .chunks_exact(n as usize)
        .zip(likelihoods.chunks_exact(n as usize))
        .map(|(classes, likelihoods)| score(classes, likelihoods, &examples.labels))
        .collect()
}

fn score(classes: &[i32], log_likelihoods: &[f32], labels: &[u16]) -> Evaluated {
    let predictions: Vec<u16> = classes.iter().map(|&c| c as u16).collect();
    let right = predictions.iter().zip(labels).filter(|(p, l)| p == l).count();
    let nll = -log_likelihoods.iter().map(|&l| f64::from(l)).sum::<f64>() / labels.len() as f64;
    Evaluated { scores: Scores { accuracy: right as f64 / labels.len() as f64, nll }, predictions }
}

/// All members' logits on a split, without the padded classes: [members, examples, classes].
pub(crate) fn all_logits(model: &Model, examples: &Examples, classes: usize) -> Tensor {
    let n = examples.len() as i64;
    let chunks: Vec<Tensor> = (0..n)
        .step_by(CHUNK as usize)
        .map(|start| model.logits(&examples.inputs.narrow(0, start, CHUNK.min(n - start))))
        .collect();
    Tensor::cat(&chunks, 1).narrow(2, 0, classes as i64).contiguous()
}
