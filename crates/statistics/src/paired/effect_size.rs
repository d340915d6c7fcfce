//! Cohen's d_z.

use crate::Summary;

/// The mean of paired differences over their standard deviation; `None` with fewer than two of them or where they do not
/// vary.
pub fn cohens_d_z(differences: &[f64]) -> Option<f64> {
    let summary = Summary::of(differences)?;
    summary.sd.filter(|sd| *sd > 0.0).map(|sd| summary.mean / sd)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden, number, numbers};

    #[test]
    fn it_is_numpys_mean_over_sd() {
        for case in golden()["tests"].as_array().unwrap() {
            let found = cohens_d_z(&numbers(&case["differences"])).unwrap();
            assert!(close(found, number(&case["d_z"]), 1e-12), "{found}");
        }
        assert_eq!(cohens_d_z(&[1.0, 1.0]), None);
    }
}
