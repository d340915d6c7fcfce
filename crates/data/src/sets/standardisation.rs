//! Numbers with mean 0 and variance 1: one mean and one deviation for all features, or, of pictures, for each channel.

use super::ChannelScale;

/// Mean and standard deviation over all features of a channel, over all training examples.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Standardisation {
    /// One per channel.
    channels: Vec<ChannelScale>,
    /// Features of a channel, which lie side by side.
    plane: usize,
}

impl Standardisation {
    /// Of bytes, in units of 255. A channel has `plane` features.
    pub(super) fn of_bytes(bytes: &[u8], rows: &[usize], features: usize, plane: usize) -> Self {
        let n = (rows.len() * plane) as f64;
        let scale = |first: usize| {
            // Integer sums: exact, so that no order of summation enters.
            let (mut sum, mut squares) = (0u64, 0u64);
            for &row in rows {
                for &byte in &bytes[row * features + first..row * features + first + plane] {
                    sum += u64::from(byte);
                    squares += u64::from(byte) * u64::from(byte);
                }
            }
            let mean = sum as f64 / n;
            let variance = squares as f64 / n - mean * mean;
            ChannelScale { mean: mean / 255.0, deviation: deviation(variance, 255.0) }
        };
        Self { channels: (0..features).step_by(plane).map(scale).collect(), plane }
    }

    /// Of numbers, in two passes: the variance of values far from 0 would drown in their squares.
    pub(super) fn of_numbers<T: Copy + Into<f64>>(values: &[T], rows: &[usize], features: usize, plane: usize) -> Self {
        let n = (rows.len() * plane) as f64;
        let scale = |first: usize| {
            let all = || {
                let range = |&row: &usize| &values[row * features + first..row * features + first + plane];
                rows.iter().flat_map(range).map(|&value| value.into())
            };
            let one = all().next().unwrap_or_default();
            if all().all(|value| value == one) {
                // The rounded mean of equal values need not be the value.
                return ChannelScale { mean: one, deviation: 1.0 };
            }
            let mean = all().sum::<f64>() / n;
            let variance = all().map(|value| (value - mean) * (value - mean)).sum::<f64>() / n;
            ChannelScale { mean, deviation: deviation(variance, 1.0) }
        };
        Self { channels: (0..features).step_by(plane).map(scale).collect(), plane }
    }

    /// What is done to each channel.
    pub(super) fn channels(&self) -> &[ChannelScale] {
        &self.channels
    }

    /// What 0 becomes in each channel.
    pub(super) fn zero(&self) -> Vec<f32> {
        self.channels.iter().map(|scale| ((0.0 - scale.mean) / scale.deviation) as f32).collect()
    }

    /// The bytes of the rows, standardised.
    pub(super) fn apply_to_bytes(&self, bytes: &[u8], rows: &[usize], features: usize) -> Vec<f32> {
        let table = |scale: &ChannelScale| -> Vec<f32> {
            (0..=255u8).map(|byte| ((f64::from(byte) / 255.0 - scale.mean) / scale.deviation) as f32).collect()
        };
        let tables: Vec<Vec<f32>> = self.channels.iter().map(table).collect();
        let mut standardised = Vec::with_capacity(rows.len() * features);
        for &row in rows {
            let channels = bytes[row * features..(row + 1) * features].chunks(self.plane);
            for (channel, table) in channels.zip(&tables) {
                standardised.extend(channel.iter().map(|&byte| table[usize::from(byte)]));
            }
        }
        standardised
    }

    /// The numbers of the rows, standardised. The mean is subtracted before anything is rounded to 32 bits.
    pub(super) fn apply_to_numbers<T: Copy + Into<f64>>(
        &self,
        values: &[T],
        rows: &[usize],
        features: usize,
    ) -> Vec<f32> {
        let mut standardised = Vec::with_capacity(rows.len() * features);
        for &row in rows {
            let channels = values[row * features..(row + 1) * features].chunks(self.plane);
            for (channel, scale) in channels.zip(&self.channels) {
                standardised.extend(channel.iter().map(|&v| ((v.into() - scale.mean) / scale.deviation) as f32));
            }
        }
        standardised
    }
}

/// A deviation in units of `unit`; 1 where nothing varies, so that other examples stay what they are.
fn deviation(variance: f64, unit: f64) -> f64 {
    if variance > 0.0 { variance.sqrt() / unit } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn training_rows_get_mean_0_and_variance_1_and_other_rows_the_same_map() {
        let values = [1.0f32, 2.0, 3.0, 4.0, 1e3, -1e3];
        let scale = Standardisation::of_numbers(&values, &[0, 1], 2, 2);
        let expected = [-1.5f64, -0.5, 0.5, 1.5].map(|v| (v / 1.25f64.sqrt()) as f32);
        assert_eq!(scale.apply_to_numbers(&values, &[0, 1], 2), expected);
        assert_eq!(scale.apply_to_numbers(&values, &[2], 2)[0], ((1000.0 - 2.5) / 1.25f64.sqrt()) as f32);
    }

    #[test]
    fn bytes_and_the_same_values_as_numbers_are_standardised_alike() {
        let bytes: Vec<u8> = (0..=255).collect();
        let numbers: Vec<f32> = bytes.iter().map(|&byte| f32::from(byte)).collect();
        let rows: Vec<usize> = (0..16).step_by(3).collect();
        let of_bytes = Standardisation::of_bytes(&bytes, &rows, 16, 16).apply_to_bytes(&bytes, &rows, 16);
        let of_numbers = Standardisation::of_numbers(&numbers, &rows, 16, 16).apply_to_numbers(&numbers, &rows, 16);
        assert!(of_bytes.iter().zip(&of_numbers).all(|(a, b)| (a - b).abs() < 1e-6));
    }

    #[test]
    fn values_that_are_all_equal_become_0() {
        let scale = Standardisation::of_numbers(&[3.5f32; 4], &[0, 1], 2, 2);
        assert_eq!(scale.apply_to_numbers(&[3.5f32; 4], &[0, 1], 2), [0.0; 4]);
    }

    #[test]
    fn a_constant_training_part_leaves_other_examples_finite() {
        let bytes = [7u8, 7, 7, 7, 0, 255];
        let scale = Standardisation::of_bytes(&bytes, &[0, 1], 2, 2);
        assert_eq!(scale.apply_to_bytes(&bytes, &[0, 2], 2), [0.0, 0.0, -7.0 / 255.0, 248.0 / 255.0]);
        // 0.1 three times does not add up to three times 0.1.
        let numbers = [0.1f64, 0.1, 0.1, 5.1, 0.1, 0.1];
        let scale = Standardisation::of_numbers(&numbers, &[0], 3, 3);
        assert_eq!(scale.apply_to_numbers(&numbers, &[0, 1], 3), [0.0, 0.0, 0.0, 5.0, 0.0, 0.0]);
    }

    #[test]
    fn each_channel_has_its_own_mean_and_deviation() {
        let values = [1.0f32, 3.0, 100.0, 300.0];
        let scale = Standardisation::of_numbers(&values, &[0], 4, 2);
        assert_eq!(scale.apply_to_numbers(&values, &[0], 4), [-1.0, 1.0, -1.0, 1.0]);
        let bytes = [1u8, 3, 100, 250];
        let scale = Standardisation::of_bytes(&bytes, &[0], 4, 2);
        let found = scale.apply_to_bytes(&bytes, &[0], 4);
        assert!(found.iter().zip([-1.0, 1.0, -1.0, 1.0]).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?}");
    }

    #[test]
    fn seconds_since_1970_keep_their_differences_in_double_precision() {
        let seconds: Vec<f64> = (0..8).map(|n| 1_700_000_000.0 + 20.0 * f64::from(n % 2)).collect();
        let scale = Standardisation::of_numbers(&seconds, &[0, 1, 2, 3], 1, 1);
        assert_eq!(scale.apply_to_numbers(&seconds, &[4, 5, 6, 7], 1), [-1.0, 1.0, -1.0, 1.0]);
    }
}
