//! Golden values for the tests, made by `tests/golden/tests_of_pairs.py` with SciPy, statsmodels and rliable.

use serde_json::Value;

pub(crate) fn golden() -> Value {
    serde_json::from_str(include_str!("../tests/golden/tests_of_pairs.json")).unwrap()
}

pub(crate) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

pub(crate) fn numbers(values: &Value) -> Vec<f64> {
    values.as_array().unwrap().iter().map(number).collect()
}

/// Whether two numbers differ by at most this share of the second, or by this much where it is below 1.
pub(crate) fn close(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * expected.abs().max(1.0)
}
