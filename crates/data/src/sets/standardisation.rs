//! Numbers with mean 0 and variance 1: one mean and one deviation for all features.

/// Mean and standard deviation over all features of all training examples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Standardisation {
    mean: f64,
    deviation: f64,
}

impl Standardisation {
    /// Of bytes, in units of 255.
    pub(super) fn of_bytes(bytes: &[u8], rows: &[usize], features: usize) -> Self {
        // Integer sums: exact, so that no order of summation enters.
        let (mut sum, mut squares) = (0u64, 0u64);
        for &row in rows {
            for &byte in &bytes[row * features..(row + 1) * features] {
                sum += u64::from(byte);
                squares += u64::from(byte) * u64::from(byte);
            }
        }
        let n = (rows.len() * features) as f64;
        let mean = sum as f64 / n;
        let variance = squares as f64 / n - mean * mean;
        Self { mean: mean / 255.0, deviation: (variance.sqrt() / 255.0).max(f64::MIN_POSITIVE) }
    }

    /// Of numbers, in two passes: the variance of values far from 0 would drown in their squares.
    pub(super) fn of_numbers(values: &[f32], rows: &[usize], features: usize) -> Self {
        let all = || rows.iter().flat_map(|&row| &values[row * features..(row + 1) * features]).map(|&v| f64::from(v));
        let n = (rows.len() * features) as f64;
        let mean = all().sum::<f64>() / n;
        let variance = all().map(|value| (value - mean) * (value - mean)).sum::<f64>() / n;
        // Equal values all become 0, whatever the deviation.
        Self { mean, deviation: if variance > 0.0 { variance.sqrt() } else { 1.0 } }
    }

    /// The bytes of the rows, standardised.
    pub(super) fn apply_to_bytes(&self, bytes: &[u8], rows: &[usize], features: usize) -> Vec<f32> {
        let table: Vec<f32> =
            (0..=255u8).map(|byte| ((f64::from(byte) / 255.0 - self.mean) / self.deviation) as f32).collect();
        rows.iter()
            .flat_map(|&row| &bytes[row * features..(row + 1) * features])
            .map(|&byte| table[usize::from(byte)])
            .collect()
    }

    /// The numbers of the rows, standardised.
    pub(super) fn apply_to_numbers(&self, values: &[f32], rows: &[usize], features: usize) -> Vec<f32> {
        rows.iter()
            .flat_map(|&row| &values[row * features..(row + 1) * features])
            .map(|&value| ((f64::from(value) - self.mean) / self.deviation) as f32)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn training_rows_get_mean_0_and_variance_1_and_other_rows_the_same_map() {
        let values = [1.0f32, 2.0, 3.0, 4.0, 1e3, -1e3];
        let scale = Standardisation::of_numbers(&values, &[0, 1], 2);
        let expected = [-1.5f64, -0.5, 0.5, 1.5].map(|v| (v / 1.25f64.sqrt()) as f32);
        assert_eq!(scale.apply_to_numbers(&values, &[0, 1], 2), expected);
        assert_eq!(scale.apply_to_numbers(&values, &[2], 2)[0], ((1000.0 - 2.5) / 1.25f64.sqrt()) as f32);
    }

    #[test]
    fn bytes_and_the_same_values_as_numbers_are_standardised_alike() {
        let bytes: Vec<u8> = (0..=255).collect();
        let numbers: Vec<f32> = bytes.iter().map(|&byte| f32::from(byte)).collect();
        let rows: Vec<usize> = (0..16).step_by(3).collect();
        let of_bytes = Standardisation::of_bytes(&bytes, &rows, 16).apply_to_bytes(&bytes, &rows, 16);
        let of_numbers = Standardisation::of_numbers(&numbers, &rows, 16).apply_to_numbers(&numbers, &rows, 16);
        assert!(of_bytes.iter().zip(&of_numbers).all(|(a, b)| (a - b).abs() < 1e-6));
    }

    #[test]
    fn values_that_are_all_equal_become_0() {
        let scale = Standardisation::of_numbers(&[3.5; 4], &[0, 1], 2);
        assert_eq!(scale.apply_to_numbers(&[3.5; 4], &[0, 1], 2), [0.0; 4]);
    }
}
