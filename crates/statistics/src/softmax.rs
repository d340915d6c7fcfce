//! Softmax of one example in f64, and the most probable class.

/// The label's probability under softmax(z / T), and the sum of all others: 1 - q_t as a difference would lose all
/// digits where the label is nearly certain.
pub fn softmax_at_label(logits: &[f32], label: usize, temperature: f64) -> (f64, f64) {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let (mut own, mut others) = (0.0, 0.0);
    for (k, &z) in logits.iter().enumerate() {
        let weight = ((f64::from(z) - f64::from(top)) / temperature).exp();
        if k == label {
            own = weight;
        } else {
            others += weight;
        }
    }
    (own / (own + others), others / (own + others))
}

/// softmax(z / T), class by class.
pub fn softmax(logits: &[f32], temperature: f64) -> Vec<f64> {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let power = |&z: &f32| ((f64::from(z) - f64::from(top)) / temperature).exp();
    let sum: f64 = logits.iter().map(power).sum();
    logits.iter().map(|z| power(z) / sum).collect()
}

/// log softmax(z / T), class by class.
pub fn log_softmax(logits: &[f32], temperature: f64) -> Vec<f64> {
    let scaled: Vec<f64> = logits.iter().map(|&z| f64::from(z) / temperature).collect();
    let top = scaled.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let log_sum = scaled.iter().map(|z| (z - top).exp()).sum::<f64>().ln() + top;
    scaled.into_iter().map(|z| z - log_sum).collect()
}

/// log softmax(z) and softmax(z), class by class, into buffers of their length.
pub fn softmax_into(logits: &[f32], log_q: &mut [f64], q: &mut [f64]) {
    let top = f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    for ((z, log_q), q) in logits.iter().zip(&mut *log_q).zip(&mut *q) {
        *log_q = f64::from(*z) - top;
        *q = log_q.exp();
    }
    let sum: f64 = q.iter().sum();
    let log_sum = sum.ln();
    log_q.iter_mut().for_each(|log_q| *log_q -= log_sum);
    q.iter_mut().for_each(|q| *q /= sum);
}

/// The first of the largest values.
pub fn argmax(values: &[f32]) -> usize {
    (0..values.len()).fold(0, |best, k| if values[k] > values[best] { k } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_others_probability_keeps_its_digits_where_the_label_is_sure() {
        let (own, others) = softmax_at_label(&[40.0, 0.0, 0.0], 0, 1.0);
        assert_eq!(own, 1.0);
        let expected = 2.0 * (-40.0f64).exp();
        assert!((others / expected - 1.0).abs() < 1e-14, "{others}");
        let (own, others) = softmax_at_label(&[40.0, 0.0, 0.0], 0, 40.0);
        assert!((own - 1.0 / (1.0 + 2.0 * (-1.0f64).exp())).abs() < 1e-15 && (own + others - 1.0).abs() < 1e-15);
    }

    #[test]
    fn log_probabilities_are_those_of_the_softmax_at_any_size_of_the_logits() {
        let found = log_softmax(&[1000.0, 1000.0 - 2.0 * 3f32.ln()], 2.0);
        assert!((found[0] - 0.75f64.ln()).abs() < 1e-4 && (found[1] - 0.25f64.ln()).abs() < 1e-4, "{found:?}");
        assert_eq!(argmax(&[0.5, 2.0, 2.0]), 1);
    }
}
