//! The paired t test.

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::Summary;

/// The two-sided p-value of the t test that the mean of paired differences is 0; `None` with fewer than two of them or
/// where they do not vary.
pub fn paired_t_test(differences: &[f64]) -> Option<f64> {
    let Summary { n, mean, sd: Some(sd), .. } = Summary::of(differences)? else { return None };
    let t = (sd > 0.0).then(|| mean.abs() / (sd / (n as f64).sqrt()))?;
    let distribution = StudentsT::new(0.0, 1.0, (n - 1) as f64).expect("degrees of freedom are above 0");
    Some(2.0 * distribution.sf(t))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden, number, numbers};

    #[test]
    fn it_is_scipys() {
        for case in golden()["tests"].as_array().unwrap() {
            let found = paired_t_test(&numbers(&case["differences"])).unwrap();
            assert!(close(found, number(&case["t"]), 1e-10), "{found}, SciPy {}", case["t"]);
        }
    }

    #[test]
    fn what_does_not_vary_is_not_tested() {
        assert_eq!(paired_t_test(&[0.5; 4]), None);
        assert_eq!(paired_t_test(&[0.5]), None);
    }
}
