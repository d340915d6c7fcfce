//! The sign-flip test: under the null hypothesis every difference is as likely to have the other sign.

use crate::Resampling;

/// Up to how many differences the test is exact.
pub const EXACT_SIGN_FLIPS: usize = 20;

/// Draws beyond.
const DRAWS: usize = 19_999;

/// The two-sided p-value: the share of sign patterns whose sum is at least as far from 0 as the sum observed. Exact, over
/// all 2^n patterns, up to [`EXACT_SIGN_FLIPS`] differences; above, from 19,999 seeded draws, the observed pattern counted
/// in. 1 without differences.
pub fn sign_flip_test(differences: &[f64]) -> f64 {
    // Zeros have no sign: without them the sums are the same, each as often.
    let differences: Vec<f64> = differences.iter().copied().filter(|d| *d != 0.0).collect();
    // Equal sums may differ by rounding.
    let rounding = 1e-12 * differences.iter().map(|d| d.abs()).sum::<f64>();
    let observed = differences.iter().sum::<f64>().abs() - rounding;
    if differences.len() <= EXACT_SIGN_FLIPS { exact(&differences, observed) } else { drawn(&differences, observed) }
}

/// The sums of either half are listed, and those of the second sorted, so that a search counts its partners.
fn exact(differences: &[f64], observed: f64) -> f64 {
    let (first, second) = differences.split_at(differences.len() / 2);
    let (first, mut second) = (sums(first), sums(second));
    second.sort_unstable_by(f64::total_cmp);
    let as_far = |sum: &f64| {
        let above = second.len() - second.partition_point(|other| sum + other < observed);
        let below = second.partition_point(|other| sum + other <= -observed);
        // Where nothing was observed both hold for all.
        (above + below).min(second.len())
    };
    first.iter().map(as_far).sum::<usize>() as f64 / (first.len() * second.len()) as f64
}

/// The sum of every sign pattern.
fn sums(differences: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0];
    for difference in differences {
        sums = sums.iter().flat_map(|sum| [sum + difference, sum - difference]).collect();
    }
    sums
}

fn drawn(differences: &[f64], observed: f64) -> f64 {
    let mut random = Resampling::new(0, differences.len() as u64);
    let mut as_far = 1;
    for _ in 0..DRAWS {
        let sum: f64 = differences
            .chunks(64)
            .map(|chunk| {
                let bits = random.bits();
                let signed = |(i, d): (usize, &f64)| f64::from_bits(d.to_bits() ^ (bits >> i & 1) << 63);
                chunk.iter().enumerate().map(signed).sum::<f64>()
            })
            .sum();
        as_far += usize::from(sum.abs() >= observed);
    }
    as_far as f64 / (DRAWS + 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden, number, numbers};
    use proptest::prelude::*;

    #[test]
    fn it_is_that_worked_out_by_hand() {
        // Of 1 + 2 + 4 only all plus and all minus reach 7.
        assert_eq!(sign_flip_test(&[1.0, 2.0, 4.0]), 0.25);
        // -1 + 2 + 4 = 5 is reached by those two and by its own and its negative.
        assert_eq!(sign_flip_test(&[-1.0, 2.0, 4.0]), 0.5);
        assert_eq!(sign_flip_test(&[0.0, 0.0]), 1.0);
        assert_eq!(sign_flip_test(&[1.0, -1.0]), 1.0);
        assert_eq!(sign_flip_test(&[]), 1.0);
        // Five pairs never reach 0.05.
        assert_eq!(sign_flip_test(&[1.0; 5]), 0.0625);
    }

    #[test]
    fn it_is_scipys_permutation_test() {
        for case in golden()["tests"].as_array().unwrap() {
            let found = sign_flip_test(&numbers(&case["differences"]));
            if let Some(expected) = case["sign_flip"].as_f64() {
                assert!(close(found, expected, 1e-12), "{found}, SciPy {expected}");
            } else {
                // Drawn: four standard errors from SciPy's normal approximation would be far, from its own draws near.
                let expected = number(&case["sign_flip_drawn"]);
                assert!((found - expected).abs() < 4.0 * (2.0 * expected / DRAWS as f64).sqrt() + 1e-3, "{found}");
            }
        }
    }

    proptest! {
        #[test]
        fn it_is_the_count_over_all_patterns(differences in proptest::collection::vec(-9i32..10, 1..10)) {
            let differences: Vec<f64> = differences.into_iter().map(|d| f64::from(d) / 10.0).collect();
            let all = sums(&differences);
            let observed = differences.iter().sum::<f64>().abs() - 1e-9;
            let count = all.iter().filter(|sum| sum.abs() >= observed).count();
            prop_assert_eq!(sign_flip_test(&differences), count as f64 / all.len() as f64);
        }
    }
}
