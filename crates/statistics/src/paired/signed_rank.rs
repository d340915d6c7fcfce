//! Wilcoxon's signed-rank test.

use statrs::distribution::{ContinuousCDF, Normal};

use crate::ranks;

/// Up to how many non-zero differences the null distribution is computed exactly.
pub const EXACT_SIGNED_RANKS: usize = 50;

/// The two-sided p-value of the signed-rank test: zeros are dropped, ties share their mean rank. Up to
/// [`EXACT_SIGNED_RANKS`] differences the null distribution is exact given the ties, beyond it is normal with the ties'
/// correction and without one for continuity, as SciPy's. 1 without non-zero differences.
pub fn signed_rank_test(differences: &[f64]) -> f64 {
    let differences: Vec<f64> = differences.iter().copied().filter(|d| *d != 0.0).collect();
    let sizes: Vec<f64> = differences.iter().map(|d| d.abs()).collect();
    // Doubled, mean ranks are whole numbers.
    let doubled: Vec<usize> = ranks(&rounded(&sizes)).iter().map(|rank| (2.0 * rank) as usize).collect();
    let positive: usize = doubled.iter().zip(&differences).filter(|(_, d)| **d > 0.0).map(|(rank, _)| rank).sum();
    if differences.len() <= EXACT_SIGNED_RANKS { exact(&doubled, positive) } else { normal(&doubled, positive) }
}

/// Sizes that differ by rounding alone are made equal: differences of percentages that are ties would not be.
fn rounded(sizes: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|&a, &b| sizes[a].total_cmp(&sizes[b]));
    let largest = order.last().map_or(0.0, |&i| sizes[i]);
    let mut rounded = sizes.to_vec();
    for pair in order.windows(2) {
        if sizes[pair[1]] - sizes[pair[0]] <= 1e-12 * largest {
            rounded[pair[1]] = rounded[pair[0]];
        }
    }
    rounded
}

/// Each rank is in the sum with a chance of one half.
fn exact(doubled: &[usize], positive: usize) -> f64 {
    let total: usize = doubled.iter().sum();
    let mut chances = vec![0.0; total + 1];
    chances[0] = 1.0;
    for rank in doubled {
        for sum in (0..=total).rev() {
            let with = if sum >= *rank { chances[sum - rank] } else { 0.0 };
            chances[sum] = 0.5 * (chances[sum] + with);
        }
    }
    // The distribution is symmetric: the smaller tail, twice.
    let tail: f64 = chances[..=positive.min(total - positive)].iter().sum();
    (2.0 * tail).min(1.0)
}

fn normal(doubled: &[usize], positive: usize) -> f64 {
    let n = doubled.len() as f64;
    let mut sorted = doubled.to_vec();
    sorted.sort_unstable();
    let ties: f64 = sorted.chunk_by(|a, b| a == b).map(|tie| (tie.len() as f64).powi(3) - tie.len() as f64).sum();
    let deviation = ((n * (n + 1.0) * (2.0 * n + 1.0) - ties / 2.0) / 24.0).sqrt();
    let z = (positive as f64 / 2.0 - n * (n + 1.0) / 4.0) / deviation;
    2.0 * Normal::standard().sf(z.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden, number, numbers};

    #[test]
    fn it_is_scipys() {
        for case in golden()["tests"].as_array().unwrap() {
            let found = signed_rank_test(&numbers(&case["differences"]));
            assert!(close(found, number(&case["signed_rank"]), 1e-10), "{found}, SciPy {}", case["signed_rank"]);
        }
    }

    #[test]
    fn it_is_that_worked_out_by_hand() {
        // Ranks 1, 2, 3; only the largest is negative: sums 3 of 6, which half of all patterns are at most.
        assert_eq!(signed_rank_test(&[1.0, 2.0, -4.0]), 1.0);
        assert_eq!(signed_rank_test(&[1.0, 2.0, 4.0]), 0.25);
        assert_eq!(signed_rank_test(&[0.0, 1.0, 2.0, 4.0]), 0.25);
        assert_eq!(signed_rank_test(&[1.0; 5]), 0.0625);
        assert_eq!(signed_rank_test(&[0.0; 3]), 1.0);
    }

    #[test]
    fn ties_that_rounding_broke_are_ties() {
        let (a, b) = (0.3, 0.1 + 0.2);
        assert_eq!(signed_rank_test(&[a, -b, 5.0]), signed_rank_test(&[a, -a, 5.0]));
    }
}
