//! `class-similarity`: classes as alike as the teacher's last layer has them (KD-sim of Tang et al. 2020).

use super::averaged::Averaged;
use crate::{Allowed, ArmDescriptor, ArmError, ArmForm, ArmOption, Computed, Look, LossUse, Needs, OptionValue, Range};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "class-similarity",
    meaning: "which classes resemble which, by the weights of the teacher's last layer",
    formula: "softmax over k of cos(w_t, w_k) / tau_s, w = rows of the teacher's last linear layer; tau_s such that the mean rho_t is the teacher's mean p_t",
    keeps: "universe, domain (from geometry)",
    takes_away: "instance",
    note: Some("needs a teacher whose last layer is linear and known: one trained here, not a file of logits"),
    options: &[ArmOption {
        key: "tau",
        default: OptionValue::Word("matched"),
        allowed: Allowed::WordsOrNumber(
            &["matched"],
            Range { words: "a number above 0", contains: |tau| tau > 0.0 && tau.is_finite() },
        ),
    }],
    takes: "it takes `matched` or a temperature above 0",
    forms: &[ArmForm { example: "class-similarity(0.1)", meaning: "tau_s = 0.1, or another number above 0" }],
    needs: |_| Needs { classifier: true, ..Needs::TEACHER },
    depends_on_seed: |_| false,
    loss: |_| LossUse::Everything,
    look: Look { colour: 0x33BBEE, line: 13 },
    compute: |arm, inputs| {
        let (teacher, cosines) = (arm.teacher(inputs)?, cosines(arm.classifier(inputs)?)?);
        let of_classes: Vec<Vec<f64>> = match arm.value("tau") {
            OptionValue::Number(tau) => cosines.iter().map(|row| softmax(row, |gap| gap / tau)).collect(),
            _ => {
                let (target, _) = inputs.mean_masses(teacher, Averaged::All).ok_or(ArmError::NoExamples)?;
                let coldness = matched(&cosines, &inputs.label_counts(), target)?;
                cosines.iter().map(|row| softmax(row, |gap| gap * coldness)).collect()
            }
        };
        Ok(Computed::Rows(inputs.labels.iter().flat_map(|&t| &of_classes[usize::from(t)]).copied().collect()))
    },
};

/// 1 / tau_s at most: beyond it the last digits of the cosines would decide.
const MOST: f64 = 1e12;
/// How far outside its reach a mean may lie and still count as its end: what sums over many examples round away.
const SLACK: f64 = 1e-9;

/// Row t holds cos(w_t, w_k), the diagonal exactly 1 and nothing above it.
fn cosines(classifier: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, ArmError> {
    let unit: Result<Vec<Vec<f64>>, ArmError> = classifier.iter().enumerate().map(|(k, w)| unit(k, w)).collect();
    let unit = unit?;
    let cosine = |t: usize, k: usize| {
        if t == k { 1.0 } else { unit[t].iter().zip(&unit[k]).map(|(a, b)| a * b).sum::<f64>().clamp(-1.0, 1.0) }
    };
    Ok((0..unit.len()).map(|t| (0..unit.len()).map(|k| cosine(t, k)).collect()).collect())
}

fn unit(class: usize, weights: &[f64]) -> Result<Vec<f64>, ArmError> {
    // Scaled first, so that no square overflows or vanishes.
    let largest = weights.iter().fold(0.0, |largest: f64, w| largest.max(w.abs()));
    let scaled: Vec<f64> = weights.iter().map(|w| w / largest).collect();
    let norm = scaled.iter().map(|w| w * w).sum::<f64>().sqrt();
    if norm.is_finite() && norm > 0.0 {
        Ok(scaled.iter().map(|w| w / norm).collect())
    } else {
        Err(ArmError::NoDirection { class })
    }
}

/// The softmax of a class's cosines, of which `scaled` makes exponents: they are given as differences from 1, the
/// largest, so that no exponent is above 0.
fn softmax(cosines: &[f64], scaled: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut row: Vec<f64> = cosines.iter().map(|cosine| scaled(cosine - 1.0).exp()).collect();
    let sum: f64 = row.iter().sum();
    row.iter_mut().for_each(|p| *p /= sum);
    row
}

/// The 1 / tau_s at which the mean rho_t is `wanted`, by bisection: the mean rises with it, from 1/K at 0.
fn matched(cosines: &[Vec<f64>], counts: &[usize], wanted: f64) -> Result<f64, ArmError> {
    let examples: usize = counts.iter().sum();
    let mean = |coldness: f64| {
        let of_class = |t: usize| counts[t] as f64 * softmax(&cosines[t], |gap| gap * coldness)[t];
        (0..counts.len()).map(of_class).sum::<f64>() / examples as f64
    };
    let (least, most) = (mean(0.0), mean(MOST));
    if wanted < least - SLACK || wanted > most + SLACK {
        return Err(ArmError::SimilarityOutOfReach { wanted, least, most });
    }
    let (mut low, mut high) = (0.0, MOST);
    loop {
        // Halving the distance from far out would take its time to reach the usual sizes: the geometric mean is there
        // at once.
        let middle = if low == 0.0 && high > 1e-12 { high * 1e-3 } else { (low + high) / 2.0 };
        if middle <= low || middle >= high {
            return Ok(low);
        }
        if mean(middle) < wanted { low = middle } else { high = middle }
    }
}
