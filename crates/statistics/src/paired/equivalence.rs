//! Equivalence of two means: two one-sided tests at 5% (TOST) against a margin.

use serde::Serialize;

use crate::{Interval, Summary};

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
    /// Entirely outside.
    Different,
    /// Neither.
    Undecided,
}

impl EquivalenceVerdict {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equivalent => "equivalent",
            Self::Different => "different",
            Self::Undecided => "undecided",
        }
    }
}

impl Equivalence {
    /// Tests paired differences against a margin above 0; `None` with fewer than two of them.
    pub fn of(differences: &[f64], margin: f64) -> Option<Self> {
        let interval = Summary::of(differences)?.interval_at(0.9)?;
        let verdict = if -margin < interval.low && interval.high < margin {
            EquivalenceVerdict::Equivalent
        } else if interval.low > margin || interval.high < -margin {
            EquivalenceVerdict::Different
        } else {
            EquivalenceVerdict::Undecided
        };
        Some(Self { margin, interval, verdict })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden, number, numbers};

    #[test]
    fn interval_and_verdict_are_statsmodels() {
        for case in golden()["equivalence"].as_array().unwrap() {
            let found = Equivalence::of(&numbers(&case["differences"]), number(&case["margin"])).unwrap();
            assert!(close(found.interval.low, number(&case["low"]), 1e-10), "{found:?} {case}");
            assert!(close(found.interval.high, number(&case["high"]), 1e-10), "{found:?} {case}");
            // The larger of the two one-sided p-values.
            assert_eq!(found.verdict == EquivalenceVerdict::Equivalent, number(&case["p"]) < 0.05, "{case}");
        }
    }

    #[test]
    fn the_verdict_is_where_the_interval_lies() {
        let verdict = |values: &[f64]| Equivalence::of(values, 0.2).unwrap().verdict;
        assert_eq!(verdict(&[0.01, -0.01, 0.02, 0.0]), EquivalenceVerdict::Equivalent);
        assert_eq!(verdict(&[0.9, 1.0, 1.1]), EquivalenceVerdict::Different);
        assert_eq!(verdict(&[-0.9, -1.0, -1.1]), EquivalenceVerdict::Different);
        assert_eq!(verdict(&[0.1, 0.2, 0.3]), EquivalenceVerdict::Undecided);
        assert_eq!(Equivalence::of(&[0.1], 0.2), None);
    }
}
