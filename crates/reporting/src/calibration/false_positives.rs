//! Two arms with the same targets and other seeds: nothing differs, so that whatever is found is found falsely.

use serde::Serialize;

use crate::{Share, Summary, paired_t_test, sign_flip_test};

/// How many pairs a repetition has.
const PAIRS: [usize; 2] = [5, 10];

/// What tells two arms apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// The paired t test with p < 0.05.
    PairedT,
    /// The 95% t interval of the paired difference leaves 0 out.
    Interval,
    /// The exact sign-flip test with p < 0.05.
    SignFlip,
}

impl Test {
    /// Every test.
    pub const ALL: [Self; 3] = [Self::PairedT, Self::Interval, Self::SignFlip];

    /// Its name in tables and figures.
    pub fn name(self) -> &'static str {
        match self {
            Self::PairedT => "paired t test, p < 0.05",
            Self::Interval => "95% t interval leaves 0 out",
            Self::SignFlip => "exact sign-flip test, p < 0.05",
        }
    }

    fn tells_apart(self, differences: &[f64]) -> bool {
        match self {
            Self::PairedT => t_test(differences) < 0.05,
            Self::Interval => {
                Summary::of(differences).and_then(|s| s.interval).is_some_and(|interval| !interval.contains(0.0))
            }
            Self::SignFlip => sign_flip_test(differences) < 0.05,
        }
    }
}

/// A test on arms that do not differ.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FalsePositiveRow {
    /// The test.
    pub test: Test,
    /// Pairs of seeds in a repetition.
    pub pairs: usize,
    /// The repetitions that told the two arms apart.
    pub told_apart: Share,
}

/// The arm at seed 2 i against the same arm at seed 2 i + 1; repetitions share no seed.
pub(super) fn rows(accuracies: &[f64]) -> Vec<FalsePositiveRow> {
    let differences: Vec<f64> = accuracies.chunks_exact(2).map(|pair| pair[0] - pair[1]).collect();
    let row = |pairs, test: Test| {
        let told_apart = Share::of(differences.chunks_exact(pairs).map(|d| test.tells_apart(d)))?;
        Some(FalsePositiveRow { test, pairs, told_apart })
    };
    PAIRS.iter().flat_map(|&pairs| Test::ALL.map(|test| row(pairs, test))).flatten().collect()
}

/// The p-value of the paired t test; where differences do not vary, 1 if they are 0, and else 0.
fn t_test(differences: &[f64]) -> f64 {
    paired_t_test(differences).unwrap_or_else(|| f64::from(u8::from(differences.iter().all(|d| *d == 0.0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_t_test_is_scipys() {
        // scipy.stats.ttest_1samp([0.5, -0.25, 1.0, 0.75, 0.25], 0).pvalue
        assert!((t_test(&[0.5, -0.25, 1.0, 0.75, 0.25]) - 0.104_540_0).abs() < 1e-6);
        assert_eq!(t_test(&[0.0; 3]), 1.0);
        assert_eq!(t_test(&[1.0; 3]), 0.0);
    }

    #[test]
    fn repetitions_share_no_seed_and_what_is_left_over_is_left_out() {
        let rows = rows(&(0..45).map(f64::from).collect::<Vec<_>>());
        let of = |pairs| rows.iter().filter(|row| row.pairs == pairs).map(|row| row.told_apart.of).collect::<Vec<_>>();
        assert_eq!((of(5), of(10)), (vec![4; 3], vec![2; 3]));
    }
}
