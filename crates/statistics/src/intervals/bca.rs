//! The bias-corrected and accelerated bootstrap interval of a mean (BCa, Efron 1987).

use statrs::distribution::{ContinuousCDF, Normal};

use crate::{Interval, Resampling, quantile, varies};

/// How many resamples an interval rests on unless said otherwise.
pub const BCA_RESAMPLES: usize = 10_000;

/// The 95% BCa interval of the mean of finite values from seeded resamples; `None` where values do not
/// vary.
///
/// It is too narrow for few values: for normal data it covers 84, 90 and 93% at 5, 10 and 20 of them.
pub fn bca_interval(values: &[f64], resamples: usize, seed: u64) -> Option<Interval> {
    let mut random = Resampling::new(seed, 0);
    bca_of_resamples(values, (0..resamples).map(|_| random.counts(values.len())))
}

/// The 95% BCa interval of the mean from given resamples: how often each value was drawn, n draws in total.
///
/// As SciPy's `bootstrap(method="BCa")`: a resample whose mean equals the values' counts half; the acceleration is the
/// jackknife's; quantiles are linear between neighbours. Means that differ by rounding alone are equal here.
pub fn bca_of_resamples(values: &[f64], resamples: impl IntoIterator<Item = impl AsRef<[u32]>>) -> Option<Interval> {
    let n = values.len();
    if !varies(values) {
        return None;
    }
    let mean = values.iter().sum::<f64>() / n as f64;
    // Distances from the mean: sums of large values would lose the digits that count.
    let deviations: Vec<f64> = values.iter().map(|value| value - mean).collect();
    let mean_of = |counts: &[u32]| -> f64 {
        deviations.iter().zip(counts).map(|(value, &count)| value * f64::from(count)).sum::<f64>() / n as f64
    };
    let mut means: Vec<f64> = resamples.into_iter().map(|counts| mean_of(counts.as_ref())).collect();
    if means.is_empty() {
        return None;
    }
    means.sort_unstable_by(f64::total_cmp);
    let rounding = 1e-12 * values.iter().fold(0.0f64, |most, value| most.max(value.abs()));
    let below = means.partition_point(|mean| *mean < -rounding);
    let not_above = means.partition_point(|mean| *mean <= rounding);

    let normal = Normal::standard();
    let bias = normal.inverse_cdf((below + not_above) as f64 / (2 * means.len()) as f64);
    if !bias.is_finite() {
        return None;
    }
    let acceleration = acceleration(&deviations);
    let end = |probability: f64| {
        let z = bias + normal.inverse_cdf(probability);
        mean + quantile(&means, normal.cdf(bias + z / (1.0 - acceleration * z)))
    };
    Some(Interval { low: end(0.025), high: end(0.975) })
}

/// A sixth of the jackknife's skewness. Leaving a value out moves the mean by its distance from it.
fn acceleration(deviations: &[f64]) -> f64 {
    let power = |k: i32| deviations.iter().map(|value| value.powi(k)).sum::<f64>();
    power(3) / (6.0 * power(2).powf(1.5))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden, number, numbers};
    use proptest::prelude::*;

    #[test]
    fn it_is_scipys_for_the_same_resamples() {
        let golden = golden();
        for case in golden["bca"].as_array().unwrap() {
            let values = numbers(&case["values"]);
            let counts = |drawn: &serde_json::Value| {
                let mut counts = vec![0u32; values.len()];
                drawn.as_array().unwrap().iter().for_each(|i| counts[i.as_u64().unwrap() as usize] += 1);
                counts
            };
            let found = bca_of_resamples(&values, case["resamples"].as_array().unwrap().iter().map(counts)).unwrap();
            assert!(close(found.low, number(&case["low"]), 1e-8), "{found:?}, SciPy {case}");
            assert!(close(found.high, number(&case["high"]), 1e-8), "{found:?}");
        }
    }

    #[test]
    fn one_value_has_none_and_neither_have_equal_ones() {
        assert_eq!(bca_interval(&[1.0], 100, 0), None);
        assert_eq!(bca_interval(&[0.1; 4], 100, 0), None);
    }

    proptest! {
        #[test]
        fn it_lies_within_the_values_and_moves_and_scales_with_them(
            values in proptest::collection::vec(-100i32..100, 2..15), seed: u64,
        ) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let found = bca_interval(&values, 500, seed);
            // Two drawn numbers are equal now and then.
            prop_assert_eq!(found.is_some(), varies(&values));
            let Some(found) = found else { return Ok(()) };
            let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
            prop_assert!(low - 1e-9 <= found.low && found.low <= found.high && found.high <= high + 1e-9);
            let moved: Vec<f64> = values.iter().map(|v| 2.0 * v + 3.0).collect();
            let moved = bca_interval(&moved, 500, seed).unwrap();
            prop_assert!((moved.low - (2.0 * found.low + 3.0)).abs() < 1e-6, "{found:?} {moved:?}");
            prop_assert!((moved.high - (2.0 * found.high + 3.0)).abs() < 1e-6, "{found:?} {moved:?}");
        }
    }
}
