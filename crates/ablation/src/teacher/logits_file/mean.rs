//! The mean of several teachers' probabilities.

/// Logits at T = 1 of the mean of the teachers' probabilities at T = 1: for each example and class the logarithm of
/// (p_1 + ... + p_M) / M, where p_m is the softmax of teacher m's logits. `teachers` are M slices of examples x classes,
/// row by row. Computed in 64 bits from logarithms, so that no probability becomes 0, and rounded to 32 once.
///
/// # Panics
/// Without teachers, or if their lengths differ.
pub(super) fn mean_in_logits(teachers: &[&[f32]], classes: usize) -> Vec<f32> {
    let mut mean = Vec::with_capacity(teachers[0].len());
    for start in (0..teachers[0].len()).step_by(classes) {
        let rows: Vec<Vec<f64>> =
            teachers.iter().map(|teacher| log_probabilities(&teacher[start..start + classes])).collect();
        for class in 0..classes {
            let of_class: Vec<f64> = rows.iter().map(|row| row[class]).collect();
            mean.push((log_sum_exp(&of_class) - (teachers.len() as f64).ln()) as f32);
        }
    }
    mean
}

fn log_probabilities(logits: &[f32]) -> Vec<f64> {
    let logits: Vec<f64> = logits.iter().map(|&value| f64::from(value)).collect();
    let whole = log_sum_exp(&logits);
    logits.into_iter().map(|value| value - whole).collect()
}

/// ln(e^a + e^b + ...).
fn log_sum_exp(values: &[f64]) -> f64 {
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    largest + values.iter().map(|value| (value - largest).exp()).sum::<f64>().ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ensembles_probabilities_are_the_mean_of_its_members() {
        // Softmaxes by hand: (1/4, 3/4) and (1/2, 1/2); (9/10, 1/10) and (1/2, 1/2).
        let first = [0.0, 3f32.ln(), 9f32.ln(), 0.0];
        let second = [5.0, 5.0, -7.0, -7.0];
        let mean = mean_in_logits(&[&first, &second], 2);
        for (logit, probability) in mean.iter().zip([0.375, 0.625, 0.7, 0.3]) {
            assert!((f64::from(*logit).exp() - probability).abs() < 1e-7, "{logit} {probability}");
        }
    }

    #[test]
    fn a_probability_that_no_number_holds_keeps_its_logarithm() {
        // ln((e^-2000 + e^-3000) / 2), where both are 0 in 64 bits.
        let mean = mean_in_logits(&[&[0.0, -2000.0], &[0.0, -3000.0]], 2);
        assert!(mean[0].abs() < 1e-6 && (mean[1] + 2000.693).abs() < 1e-3, "{mean:?}");
    }
}
