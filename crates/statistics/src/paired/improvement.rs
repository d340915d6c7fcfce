//! The paired probability of improvement.

use crate::Share;

/// In how many pairs the difference is above 0, ties counted one half, with Wilson's interval; `None` without a pair.
pub fn probability_of_improvement(differences: &[f64]) -> Option<Share> {
    let credit = |difference: &f64| match difference {
        d if *d > 0.0 => 1.0,
        d if *d < 0.0 => 0.0,
        _ => 0.5,
    };
    Share::from_count(differences.iter().map(credit).sum(), differences.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden, number, numbers};

    #[test]
    fn share_and_interval_are_statsmodels() {
        for case in golden()["improvement"].as_array().unwrap() {
            let found = probability_of_improvement(&numbers(&case["differences"])).unwrap();
            assert!(close(found.share, number(&case["share"]), 1e-14), "{found:?}");
            assert!(close(found.interval.low, number(&case["low"]), 1e-10), "{found:?} {case}");
            assert!(close(found.interval.high, number(&case["high"]), 1e-10), "{found:?} {case}");
        }
    }

    #[test]
    fn a_tie_counts_one_half() {
        assert_eq!(probability_of_improvement(&[1.0, 0.0, -1.0, 0.0]).unwrap().count, 2.0);
        assert_eq!(probability_of_improvement(&[]), None);
    }
}
