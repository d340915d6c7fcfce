//! The mean of the middle half.

/// The mean of what is left once a quarter of the values, rounded down, is taken away at either end: rliable's IQM, SciPy's
/// `trim_mean(0.25)`. `None` without a value.
pub fn interquartile_mean(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let cut = sorted.len() / 4;
    let middle = &sorted[cut..sorted.len() - cut];
    (!middle.is_empty()).then(|| middle.iter().sum::<f64>() / middle.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden, number, numbers};

    #[test]
    fn it_is_rliables() {
        for case in golden()["interquartile_means"].as_array().unwrap() {
            let found = interquartile_mean(&numbers(&case["values"])).unwrap();
            assert!(close(found, number(&case["mean"]), 1e-12), "{found}, rliable {case}");
        }
        assert_eq!(interquartile_mean(&[]), None);
    }

    #[test]
    fn an_outlier_does_not_move_it() {
        assert_eq!(interquartile_mean(&[1.0, 2.0, 3.0, 4.0]), interquartile_mean(&[1.0, 2.0, 3.0, 1e9]));
    }
}
