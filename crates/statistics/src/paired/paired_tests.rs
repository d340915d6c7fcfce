//! Tests of paired differences.

use serde::Serialize;

use super::effect_size::cohens_d_z;
use super::equivalence::Equivalence;
use super::holm::holm;
use super::improvement::probability_of_improvement;
use super::sign_flip::sign_flip_test;
use super::signed_rank::signed_rank_test;
use super::t_test::paired_t_test;
use crate::{Share, pearson, varies};

/// Tests of paired differences. p-values are two-sided; those `of_family` are Holm-adjusted (1979) over all comparisons of
/// one table. Differences that are the same at every pair, and not 0, have none; differences that are all 0 have p = 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairedTests {
    /// Paired t test.
    pub t: Option<f64>,
    /// The same, adjusted for the family.
    pub t_of_family: Option<f64>,
    /// Sign-flip test: exact up to 20 pairs, by seeded draws above.
    pub sign_flip: Option<f64>,
    /// The same, adjusted for the family.
    pub sign_flip_of_family: Option<f64>,
    /// Wilcoxon signed-rank test.
    pub signed_rank: Option<f64>,
    /// The same, adjusted for the family.
    pub signed_rank_of_family: Option<f64>,
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
        let (t, sign_flip, signed_rank) = if differences.iter().all(|difference| *difference == 0.0) {
            (Some(1.0), Some(1.0), Some(1.0))
        } else if varies(differences) {
            (paired_t_test(differences), Some(sign_flip_test(differences)), Some(signed_rank_test(differences)))
        } else {
            (None, None, None)
        };
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

    /// Adjusts the p-values of a family, test by test. `declared`: how many comparisons it has, with those that have no
    /// tests.
    pub fn adjust(family: &mut [&mut Self], declared: usize) {
        type Part = fn(&mut PairedTests) -> (Option<f64>, &mut Option<f64>);
        let tests: [Part; 3] = [
            |tests| (tests.t, &mut tests.t_of_family),
            |tests| (tests.sign_flip, &mut tests.sign_flip_of_family),
            |tests| (tests.signed_rank, &mut tests.signed_rank_of_family),
        ];
        for test in tests {
            let own: Vec<f64> = family.iter_mut().filter_map(|tests| test(tests).0).collect();
            let mut adjusted = holm(&own, declared.max(family.len())).into_iter();
            for tests in family.iter_mut() {
                let (own, of_family) = test(tests);
                *of_family = own.and_then(|_| adjusted.next());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_comparison_of_the_family_counts_for_every_test() {
        let tests = |values: [f64; 4]| PairedTests::of(&values, &[0.0; 4], &values, None).unwrap();
        let (mut one, mut same, mut zero, mut mixed) =
            (tests([1.0, 2.0, 3.0, 4.0]), tests([1.0; 4]), tests([0.0; 4]), tests([1.0, -2.0, 3.0, -4.0]));
        // A fifth comparison is declared and has no runs.
        PairedTests::adjust(&mut [&mut one, &mut same, &mut zero, &mut mixed], 5);
        assert_eq!((same.t, same.sign_flip, same.signed_rank, same.d_z), (None, None, None, None));
        assert_eq!((same.t_of_family, same.sign_flip_of_family), (None, None));
        assert_eq!([zero.t_of_family, zero.sign_flip_of_family, zero.signed_rank_of_family], [Some(1.0); 3]);
        // By hand: t = 2.5 / (1.29099 / 2) = 3.873 with 3 degrees of freedom, p = 0.030466.
        assert!((one.t.unwrap() - 0.030_466).abs() < 1e-6, "{:?}", one.t);
        assert_eq!(one.t_of_family, one.t.map(|p| 5.0 * p));
        assert_eq!((one.sign_flip, one.sign_flip_of_family), (Some(0.125), Some(0.625)));
        assert_eq!(mixed.t_of_family, Some(1.0));
    }

    #[test]
    fn one_pair_is_not_tested() {
        assert_eq!(PairedTests::of(&[1.0], &[0.0], &[1.0], None), None);
    }
}
