//! The power of the paired t test, and how many pairs a wanted power takes.

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::gamma::ln_gamma;

use crate::t_quantile;

/// The significance level of the test.
const SIZE: f64 = 0.05;

/// The chance that a two-sided paired t test at 0.05 finds an effect of this d_z (mean over standard deviation of the
/// differences) with so many pairs; `None` with fewer than two pairs or an effect that is not finite.
pub fn power_of_paired_t(d_z: f64, pairs: usize) -> Option<f64> {
    if pairs < 2 || !d_z.is_finite() {
        return None;
    }
    let (degrees, shift) = (pairs - 1, d_z.abs() * (pairs as f64).sqrt());
    let critical = t_quantile(1.0 - SIZE / 2.0, degrees);
    let not_below = noncentral_t_upper_tail(critical, degrees, shift);
    let below = noncentral_t_upper_tail(critical, degrees, -shift);
    Some((not_below + below).clamp(0.0, 1.0))
}

/// The fewest pairs with which that test finds an effect of this d_z with at least this chance; `None` where the effect is
/// 0 or so small that it takes more than a million, and where the wanted power is not between 0.05 and 1.
pub fn pairs_for_power(d_z: f64, power: f64) -> Option<usize> {
    if !(SIZE < power && power < 1.0) {
        return None;
    }
    fewest(|pairs| power_of_paired_t(d_z, pairs).is_some_and(|found| found >= power))
}

/// The smallest number from 2 on that is enough, where every larger one is enough as well; `None` beyond a million.
pub(super) fn fewest(enough: impl Fn(usize) -> bool) -> Option<usize> {
    let mut most = 2;
    while !enough(most) {
        most *= 2;
        if most > 1 << 20 {
            return None;
        }
    }
    let mut too_few = most / 2;
    while most - too_few > 1 {
        let middle = too_few + (most - too_few) / 2;
        if enough(middle) { most = middle } else { too_few = middle }
    }
    Some(most)
}

/// The smallest d_z that so many pairs find with this chance; `None` with fewer than two pairs, or where the wanted power
/// is not between 0.05 and 1.
pub fn detectable_d_z(pairs: usize, power: f64) -> Option<f64> {
    if pairs < 2 || !(SIZE < power && power < 1.0) {
        return None;
    }
    let found = |d_z: f64| power_of_paired_t(d_z, pairs).unwrap_or(0.0);
    let (mut low, mut high) = (0.0, 1.0);
    while found(high) < power {
        (low, high) = (high, 2.0 * high);
        if high > 1e6 {
            return None;
        }
    }
    while high - low > 1e-12 * high {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if found(middle) < power { low = middle } else { high = middle }
    }
    Some(high)
}

/// The chance that a noncentral t variable with these degrees of freedom and this shift lies above `t`.
///
/// With S = sqrt(chi^2 / degrees) it is (Z + shift) / S, so that the chance is the mean over S of Phi(shift - t S).
fn noncentral_t_upper_tail(t: f64, degrees: usize, shift: f64) -> f64 {
    let normal = Normal::standard();
    mean_over_spread(degrees, |s| normal.cdf(shift - t * s))
}

/// The mean of a function of S = sqrt(chi^2 / degrees), the estimated standard deviation of normal values over the true
/// one: Gauss-Legendre quadrature of five nodes on each of 500 panels.
pub(super) fn mean_over_spread(degrees: usize, of: impl Fn(f64) -> f64) -> f64 {
    const PANELS: usize = 500;
    let degrees = degrees as f64;
    // S has a mean near 1 and a standard deviation near 1 / sqrt(2 degrees).
    let reach = 12.0 / (2.0 * degrees).sqrt();
    let (low, high) = ((1.0 - reach).max(0.0), 1.0 + reach);
    let constant = std::f64::consts::LN_2 + 0.5 * degrees * (0.5 * degrees).ln() - ln_gamma(0.5 * degrees);
    let integrand = |s: f64| {
        let log_density = constant + (degrees - 1.0) * s.ln() - 0.5 * degrees * s * s;
        log_density.exp() * of(s)
    };
    let (nodes, weights) = gauss_legendre();
    let half = 0.5 * (high - low) / PANELS as f64;
    let panel = |i: usize| {
        let middle = low + half * (2 * i + 1) as f64;
        nodes.iter().zip(&weights).map(|(node, weight)| weight * integrand(middle + half * node)).sum::<f64>()
    };
    half * (0..PANELS).map(panel).sum::<f64>()
}

/// Nodes and weights on [-1, 1].
fn gauss_legendre() -> ([f64; 5], [f64; 5]) {
    let root = 2.0 * (10.0f64 / 7.0).sqrt();
    let (inner, outer) = ((5.0 - root).sqrt() / 3.0, (5.0 + root).sqrt() / 3.0);
    let root = 13.0 * 70.0f64.sqrt();
    let (heavy, light) = ((322.0 + root) / 900.0, (322.0 - root) / 900.0);
    ([-outer, -inner, 0.0, inner, outer], [light, heavy, 128.0 / 225.0, heavy, light])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden, number};

    #[test]
    fn power_pairs_and_effect_are_statsmodels() {
        let golden = golden();
        for case in golden["power"].as_array().unwrap() {
            let (d_z, pairs) = (number(&case["d_z"]), case["pairs"].as_u64().unwrap() as usize);
            let found = power_of_paired_t(d_z, pairs).unwrap();
            assert!((found - number(&case["power"])).abs() < 1e-8, "{found}, statsmodels {case}");
        }
        for case in golden["pairs_for_power"].as_array().unwrap() {
            let found = pairs_for_power(number(&case["d_z"]), number(&case["power"])).unwrap();
            assert_eq!(found as u64, case["pairs"].as_u64().unwrap(), "{case}");
        }
        for case in golden["detectable"].as_array().unwrap() {
            let found = detectable_d_z(case["pairs"].as_u64().unwrap() as usize, number(&case["power"])).unwrap();
            assert!(close(found, number(&case["d_z"]), 1e-8), "{found}, statsmodels {case}");
        }
    }

    #[test]
    fn without_an_effect_the_power_is_the_tests_size() {
        for pairs in [2, 5, 30] {
            assert!((power_of_paired_t(0.0, pairs).unwrap() - 0.05).abs() < 1e-9);
        }
    }

    #[test]
    fn what_cannot_be_is_none() {
        assert_eq!(power_of_paired_t(1.0, 1), None);
        assert_eq!(power_of_paired_t(f64::NAN, 5), None);
        assert_eq!(pairs_for_power(0.0, 0.8), None);
        assert_eq!(pairs_for_power(1.0, 1.0), None);
        assert_eq!(pairs_for_power(1.0, 0.05), None);
        assert_eq!(detectable_d_z(1, 0.8), None);
        assert_eq!(detectable_d_z(10, 0.01), None);
    }
}
