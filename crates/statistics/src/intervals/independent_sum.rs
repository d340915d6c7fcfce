//! A weighted sum of the means of independent samples.

use crate::Summary;

/// The sum of factors times means of independent samples, with its 95% t interval: the squared standard error is the sum
/// of factor^2 times variance / n, with Satterthwaite's degrees of freedom (1946); of two samples with the factors 1 and -1
/// this is Welch's interval (1947). The standard deviation is that of one draw of each sample. `None` without a sample;
/// without an interval where one has a single value or none varies.
pub fn independent_sum(samples: &[(f64, Summary)]) -> Option<Summary> {
    let n = samples.iter().map(|(_, sample)| sample.n).min()?;
    let mean = samples.iter().map(|(factor, sample)| factor * sample.mean).sum();
    let none = Summary { n, mean, sd: None, interval: None, other_variance: 0.0, teachers: None, degrees: None };
    // The variance of each part, and its square by its degrees of freedom.
    let share = |(factor, sample): &(f64, Summary)| {
        let variance = (factor * sample.sd?).powi(2) / sample.n as f64;
        Some((variance, variance * variance / (sample.n - 1) as f64))
    };
    let Some(shares) = samples.iter().map(share).collect::<Option<Vec<_>>>() else { return Some(none) };
    let (squares, fourths) = shares.iter().fold((0.0, 0.0), |sum, share| (sum.0 + share.0, sum.1 + share.1));
    let degrees = (fourths > 0.0).then(|| squares * squares / fourths);
    Some(Summary { sd: Some((squares * n as f64).sqrt()), degrees, ..none }.with_more_variance(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by `tests/golden/welch.py` with SciPy.
    const GOLDEN: &str = include_str!("../../tests/golden/welch.json");

    fn of(values: &[f64]) -> Summary {
        Summary::of(values).unwrap()
    }

    #[test]
    fn of_two_samples_the_interval_equals_scipys_of_welch() {
        let golden: serde_json::Value = serde_json::from_str(GOLDEN).unwrap();
        for case in golden.as_array().unwrap() {
            let sample = |name: &str| {
                let values: Vec<f64> = case[name].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
                of(&values)
            };
            let found = independent_sum(&[(1.0, sample("other")), (-1.0, sample("first"))]).unwrap().interval.unwrap();
            for (name, value) in [("low", found.low), ("high", found.high)] {
                let expected = case[name].as_f64().unwrap();
                assert!((value - expected).abs() < 1e-8 * expected.abs().max(1.0), "{name}: {value}, SciPy {expected}");
            }
        }
    }

    #[test]
    fn of_four_samples_alike_it_has_four_times_the_degrees_and_the_error_worked_by_hand() {
        // Each has the variance 1 and three values: the squared error is 4 / 3, with 4 * 2 degrees of freedom.
        let samples = [[1.0, 2.0, 3.0], [2.0, 3.0, 4.0], [5.0, 6.0, 7.0], [8.0, 9.0, 10.0]];
        let found =
            independent_sum(&[1.0, -1.0, -1.0, 1.0].into_iter().zip(samples.map(|s| of(&s))).collect::<Vec<_>>());
        let found = found.unwrap();
        assert!((found.degrees.unwrap() - 8.0).abs() < 1e-12 && (found.mean - 2.0).abs() < 1e-12);
        // t(0.975, 8) = 2.306004.
        assert!((found.half_width().unwrap() - 2.306_004_1 * (4.0f64 / 3.0).sqrt()).abs() < 1e-6);
    }

    #[test]
    fn single_values_have_no_interval_and_neither_have_equal_ones() {
        assert_eq!(independent_sum(&[(1.0, of(&[2.0])), (-1.0, of(&[1.0, 3.0]))]).unwrap().interval, None);
        assert_eq!(independent_sum(&[(1.0, of(&[2.0; 3])), (-1.0, of(&[1.0; 3]))]).unwrap().interval, None);
        assert_eq!(independent_sum(&[]), None);
    }
}
