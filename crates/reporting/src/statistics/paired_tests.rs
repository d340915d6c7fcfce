//! Tests of paired differences.

use serde::Serialize;

use crate::{Interval, Share};

/// Tests of an arm's paired differences from another. p-values are two-sided; those "of the family" are Holm's (1979), over
/// all comparisons of one table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairedTests {
    /// Paired t test; absent where differences do not vary.
    pub t: Option<f64>,
    /// The same, adjusted for the family.
    pub t_of_family: Option<f64>,
    /// Sign-flip test: exact up to 20 pairs, by seeded draws above.
    pub sign_flip: f64,
    /// The same, adjusted for the family.
    pub sign_flip_of_family: f64,
    /// Wilcoxon signed-rank test.
    pub signed_rank: f64,
    /// The same, adjusted for the family.
    pub signed_rank_of_family: f64,
    /// In how many pairs the arm is better, ties counted one half, with its interval.
    pub improvement: Share,
    /// Cohen's d_z: mean over standard deviation of the differences; absent where these do not vary.
    pub d_z: Option<f64>,
    /// Pearson's correlation of the paired values: above 0, pairing helps; absent where one of the two does not vary.
    pub correlation: Option<f64>,
    /// Whether the difference is next to nothing; absent without a declared margin.
    pub equivalence: Option<Equivalence>,
}

/// Two one-sided tests against a declared margin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Equivalence {
    /// The margin, in the unit of the difference.
    pub margin: f64,
    /// The 90% t interval.
    pub interval: Interval,
    /// Where it lies.
    pub verdict: EquivalenceVerdict,
}

/// Where the 90% interval lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EquivalenceVerdict {
    /// Inside the margin.
    Equivalent,
    /// Wholly outside.
    Different,
    /// Neither.
    Undecided,
}

/// What the number of seeds allows rank and sign tests to show.
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
    /// Whether these seeds can show anything at 0.05.
    pub fn is_reached(&self) -> bool {
        self.smallest_p <= 0.05
    }
}
