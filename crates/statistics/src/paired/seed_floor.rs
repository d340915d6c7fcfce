//! The smallest p-value that sign-flip and signed-rank tests can reach: n differences have 2^n sign patterns, and the two
//! most extreme ones always count.

use serde::Serialize;

/// The significance level of every test.
pub const SIGNIFICANCE_LEVEL: f64 = 0.05;

/// The smallest p-value that this number of seeds allows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SeedFloor {
    /// How many comparisons the family has: m.
    pub comparisons: usize,
    /// Pairs of seeds: n.
    pub seeds: usize,
    /// The smallest p that sign-flip and signed-rank tests can reach after Holm: m * 2 / 2^n, at most 1.
    pub smallest_p: f64,
    /// The fewest seeds at which it is 0.05 or less.
    pub seeds_needed: usize,
}

impl SeedFloor {
    /// The floor of so many comparisons, at least 1, of so many pairs of seeds.
    pub fn of(comparisons: usize, seeds: usize) -> Self {
        let comparisons = comparisons.max(1);
        let smallest = |seeds: usize| (comparisons as f64 * 2.0 * 0.5f64.powi(seeds.min(2_000) as i32)).min(1.0);
        let seeds_needed = (1..).find(|&n| smallest(n) <= SIGNIFICANCE_LEVEL).expect("it halves with every seed");
        Self { comparisons, seeds, smallest_p: smallest(seeds), seeds_needed }
    }

    /// Whether these seeds can show anything at 0.05.
    pub fn is_reached(&self) -> bool {
        self.smallest_p <= SIGNIFICANCE_LEVEL
    }

    /// Whether so many pairs of seeds can, in the same family.
    pub fn is_reached_by(&self, seeds: usize) -> bool {
        Self::of(self.comparisons, seeds).is_reached()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{sign_flip_test, signed_rank_test};

    #[test]
    fn nine_comparisons_need_9_seeds_and_forty_five_11() {
        let needed = |m| SeedFloor::of(m, 5).seeds_needed;
        assert_eq!([1, 9, 45].map(needed), [6, 9, 11]);
        assert!(!SeedFloor::of(9, 8).is_reached() && SeedFloor::of(9, 9).is_reached());
    }

    #[test]
    fn it_is_what_the_tests_reach_with_the_clearest_of_differences() {
        for seeds in 1..12 {
            let clear: Vec<f64> = (1..=seeds).map(|i| 1.0 + i as f64).collect();
            let floor = SeedFloor::of(1, seeds).smallest_p;
            assert!((sign_flip_test(&clear) - floor).abs() < 1e-12);
            assert!((signed_rank_test(&clear) - floor).abs() < 1e-12);
        }
    }
}
