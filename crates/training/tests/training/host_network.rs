//! A fully connected network in f64 on plain vectors, with weights as a student's file holds them.

use std::collections::BTreeMap;

use fractionate_ablation::NamedWeights;
use safetensors::SafeTensors;

/// Weights by name: shape and values.
pub(crate) type Weights = BTreeMap<String, (Vec<usize>, Vec<f64>)>;

/// Reads weights the way any reader of the file would.
pub(crate) fn read(weights: &NamedWeights) -> Weights {
    read_bytes(&weights.to_safetensors())
}

/// [`read`] from a file's bytes.
pub(crate) fn read_bytes(bytes: &[u8]) -> Weights {
    let file = SafeTensors::deserialize(bytes).expect("a student's file is readable");
    let value = |b: &[u8]| f64::from(f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    file.iter()
        .map(|(name, view)| {
            (name.to_owned(), (view.shape().to_vec(), view.data().chunks_exact(4).map(value).collect()))
        })
        .collect()
}

/// Logits of every example, row by row.
pub(crate) fn logits(weights: &Weights, rows: &[f32], features: usize) -> Vec<Vec<f64>> {
    let layers = weights.len() / 2;
    rows.chunks_exact(features)
        .map(|row| {
            let mut x: Vec<f64> = row.iter().map(|&v| f64::from(v)).collect();
            for layer in 0..layers {
                let weight = &weights[&format!("layers.{layer}.weight")].1;
                let bias = &weights[&format!("layers.{layer}.bias")].1;
                let inputs = x.len();
                let dot = |k: usize| weight[k * inputs..][..inputs].iter().zip(&x).map(|(w, x)| w * x).sum::<f64>();
                let outputs = (0..bias.len()).map(|k| bias[k] + dot(k));
                x = outputs.map(|z| if layer + 1 < layers { z.max(0.0) } else { z }).collect();
            }
            x
        })
        .collect()
}

/// log softmax(z / T), in f64.
pub(crate) fn log_softmax(logits: &[f64], temperature: f64) -> Vec<f64> {
    let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let log_sum = logits.iter().map(|z| ((z - top) / temperature).exp()).sum::<f64>().ln();
    logits.iter().map(|z| (z - top) / temperature - log_sum).collect()
}

pub(crate) fn argmax(values: &[f64]) -> usize {
    (0..values.len()).fold(0, |best, k| if values[k] > values[best] { k } else { best })
}
