//! Tests of paired differences.

use serde::Serialize;

use super::effect_size::cohens_d_z;
use super::equivalence::Equivalence;
use super::holm::holm;
use super::improvement::probability_of_improvement;
use super::sign_flip::sign_flip_test;
use super::signed_rank::signed_rank_test;
use super::t_test::paired_t_test;
use crate::{Share, pearson};

/// Tests of paired differences. p-values are two-sided; those `of_family` are Holm-adjusted (1979) over all comparisons of
/// one table.
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
    /// In how many pairs the difference is above 0, ties counted one half, with its interval.
    pub improvement: Share,
    /// Cohen's d_z: mean over standard deviation of the differences; absent where these do not vary.
    pub d_z: Option<f64>,
    /// Pearson's correlation of the paired values: above 0, pairing helps; absent where one of the two does not vary.
    pub correlation: Option<f64>,
    /// Equivalence of the two; absent without a margin.
    pub equivalence: Option<Equivalence>,
}

impl PairedTests {
    /// Tests paired differences; a family of its own until [`PairedTests::adjust`]. `values` and `others`: the two samples
    /// in the order of the differences. `None` with fewer than two pairs.
    pub fn of(values: &[f64], others: &[f64], differences: &[f64], margin: Option<f64>) -> Option<Self> {
        if differences.len() < 2 {
            return None;
        }
        let (t, sign_flip, signed_rank) =
            (paired_t_test(differences), sign_flip_test(differences), signed_rank_test(differences));
        Some(Self {
            t,
            t_of_family: t,
            sign_flip,
            sign_flip_of_family: sign_flip,
            signed_rank,
            signed_rank_of_family: signed_rank,
            improvement: probability_of_improvement(differences)?,
            d_z: cohens_d_z(differences),
            correlation: pearson(values, others),
            equivalence: margin.and_then(|margin| Equivalence::of(differences, margin)),
        })
    }

    /// Adjusts the p-values of a family, test by test.
    pub fn adjust(family: &mut [&mut Self]) {
        let t: Vec<f64> = family.iter().filter_map(|tests| tests.t).collect();
        let mut t = holm(&t).into_iter();
        let sign_flip = holm(&family.iter().map(|tests| tests.sign_flip).collect::<Vec<_>>());
        let signed_rank = holm(&family.iter().map(|tests| tests.signed_rank).collect::<Vec<_>>());
        for ((tests, sign_flip), signed_rank) in family.iter_mut().zip(sign_flip).zip(signed_rank) {
            tests.t_of_family = tests.t.and_then(|_| t.next());
            tests.sign_flip_of_family = sign_flip;
            tests.signed_rank_of_family = signed_rank;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_adjusted_test_by_test_and_what_does_not_vary_has_no_t_test() {
        let tests = |values: [f64; 4]| PairedTests::of(&values, &[0.0; 4], &values, None).unwrap();
        let (mut one, mut two, mut three) =
            (tests([1.0, 2.0, 3.0, 4.0]), tests([1.0; 4]), tests([1.0, -2.0, 3.0, -4.0]));
        PairedTests::adjust(&mut [&mut one, &mut two, &mut three]);
        assert_eq!((two.t, two.t_of_family, two.d_z), (None, None, None));
        assert_eq!(one.t_of_family, one.t.map(|p| 2.0 * p));
        assert_eq!(three.t_of_family, three.t);
        assert_eq!([&one, &two, &three].map(|t| t.sign_flip_of_family), [0.375, 0.375, three.sign_flip]);
    }

    #[test]
    fn one_pair_is_not_tested() {
        assert_eq!(PairedTests::of(&[1.0], &[0.0], &[1.0], None), None);
    }
}
