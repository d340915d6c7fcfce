//! The difference of two independent means.

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::{Interval, Summary};

/// The 95% interval of `other - first` for two independent samples that may differ in their variance (Welch 1947), with
/// Satterthwaite's degrees of freedom; `None` where one of them has a single value or neither varies.
pub fn welch_interval(first: &Summary, other: &Summary) -> Option<Interval> {
    let share = |summary: &Summary| Some(summary.sd?.powi(2) / summary.n as f64);
    let (a, b) = (share(first)?, share(other)?);
    if a + b == 0.0 {
        return None;
    }
    let difference = other.mean - first.mean;
    let degrees = (a + b).powi(2) / (a * a / (first.n - 1) as f64 + b * b / (other.n - 1) as f64);
    let t = StudentsT::new(0.0, 1.0, degrees).ok()?.inverse_cdf(0.975);
    let half = t * (a + b).sqrt();
    Some(Interval { low: difference - half, high: difference + half })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by `tests/golden/welch.py` with SciPy.
    const GOLDEN: &str = include_str!("../../tests/golden/welch.json");

    #[test]
    fn the_interval_equals_scipys() {
        let golden: serde_json::Value = serde_json::from_str(GOLDEN).unwrap();
        for case in golden.as_array().unwrap() {
            let sample = |name: &str| {
                let values: Vec<f64> = case[name].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
                Summary::of(&values).unwrap()
            };
            let found = welch_interval(&sample("first"), &sample("other")).unwrap();
            for (name, value) in [("low", found.low), ("high", found.high)] {
                let expected = case[name].as_f64().unwrap();
                assert!((value - expected).abs() < 1e-8 * expected.abs().max(1.0), "{name}: {value}, SciPy {expected}");
            }
        }
    }

    #[test]
    fn a_single_value_has_no_interval_and_neither_have_equal_values() {
        let of = |values: &[f64]| Summary::of(values).unwrap();
        assert_eq!(welch_interval(&of(&[1.0]), &of(&[1.0, 2.0])), None);
        assert_eq!(welch_interval(&of(&[1.0; 3]), &of(&[3.0; 2])), None);
    }
}
