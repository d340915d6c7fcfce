//! Paired differences: every arm and the reference, and every two arms, seed by seed.

use fractionate_statistics::{PairedTests, SeedFloor, Summary, independent_sum};
use rayon::prelude::*;

use crate::analysis::measure::Measure;
use crate::analysis::results::{ArmResults, ComparisonResults};
use crate::model::differences::{DifferenceRow, PairRow};
use crate::model::other_intervals::OtherIntervals;

/// Every arm but the reference against it, tested as one family, to which arms without runs belong too; `None` if the suite has no such arm. `margin`: in the unit
/// of a gain.
pub(crate) fn differences(
    results: &ComparisonResults,
    reference: &str,
    margin: Option<f64>,
) -> Option<Vec<DifferenceRow>> {
    let reference = results.arms.iter().find(|a| a.arm == reference)?;
    let others: Vec<&ArmResults> = results.arms.iter().filter(|a| a.arm != reference.arm).collect();
    let row = |arm: &&ArmResults| {
        let paired = Paired::of(arm, reference, results.measure);
        DifferenceRow {
            arm: arm.arm.clone(),
            gain: paired.gain(results.is_paired),
            conditional: None,
            other: OtherIntervals::default(),
            tests: paired.tests(margin).filter(|_| results.is_paired),
            seeds: paired.seeds,
        }
    };
    let mut rows: Vec<DifferenceRow> = others.par_iter().map(row).collect();
    let declared = rows.len();
    PairedTests::adjust(&mut rows.iter_mut().filter_map(|row| row.tests.as_mut()).collect::<Vec<_>>(), declared);
    Some(rows)
}

/// Every two arms that share a seed, tested as one family.
pub(crate) fn pairs(results: &ComparisonResults, margin: Option<f64>) -> Vec<PairRow> {
    let arms = &results.arms;
    let places: Vec<(usize, usize)> =
        (0..arms.len()).flat_map(|first| (first + 1..arms.len()).map(move |second| (first, second))).collect();
    let row = |&(first, second): &(usize, usize)| {
        let paired = Paired::of(&arms[first], &arms[second], results.measure);
        Some(PairRow {
            arm: arms[first].arm.clone(),
            other_arm: arms[second].arm.clone(),
            gain: paired.gain(results.is_paired)?,
            tests: paired.tests(margin).filter(|_| results.is_paired),
        })
    };
    let mut rows: Vec<PairRow> = places.par_iter().filter_map(row).collect();
    PairedTests::adjust(&mut rows.iter_mut().filter_map(|row| row.tests.as_mut()).collect::<Vec<_>>(), places.len());
    rows
}

/// The arm with the best mean, where it is significantly different (paired t tests of all pairs, Holm-adjusted) from every other arm that
/// has a finished run.
pub(crate) fn best(results: &ComparisonResults, pairs: &[PairRow]) -> Option<String> {
    let mean = |arm: &ArmResults| Summary::of(&arm.units.values().copied().collect::<Vec<_>>()).map(|s| s.mean);
    let means: Vec<(&str, f64)> = results.arms.iter().filter_map(|arm| Some((arm.arm.as_str(), mean(arm)?))).collect();
    let (best, _) = means.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let beats = |other: &str| {
        let pair = pairs
            .iter()
            .find(|pair| [&pair.arm, &pair.other_arm].iter().all(|arm| [best, other].contains(&arm.as_str())));
        pair.is_some_and(|pair| {
            let better = if pair.arm == best { pair.gain.mean } else { -pair.gain.mean };
            let p = pair.tests.as_ref().and_then(|tests| tests.t_of_family);
            better > 0.0 && p.is_some_and(|p| p <= 0.05)
        })
    };
    let others: Vec<&str> = means.iter().map(|(arm, _)| *arm).filter(|arm| *arm != best).collect();
    (!others.is_empty() && others.into_iter().all(beats)).then(|| best.to_owned())
}

/// What so few seeds can show of the differences, in a family of all that are declared; `None` without a pair of seeds.
pub(crate) fn floor(differences: &[DifferenceRow]) -> Option<SeedFloor> {
    let most = differences.iter().map(|row| row.seeds.len()).max().filter(|&most| most > 0)?;
    Some(SeedFloor::of(differences.len(), most))
}

/// Two arms at the seeds where both finished.
struct Paired {
    seeds: Vec<u64>,
    /// As gains: points, or nats saved.
    values: Vec<f64>,
    others: Vec<f64>,
    /// The differences of the units, which are whole where accuracies are counted in examples.
    differences: Vec<f64>,
}

impl Paired {
    fn of(arm: &ArmResults, other: &ArmResults, measure: Measure) -> Self {
        let mut paired = Self { seeds: vec![], values: vec![], others: vec![], differences: vec![] };
        for (seed, units) in &arm.units {
            let Some(other) = other.units.get(seed) else { continue };
            paired.seeds.push(*seed);
            paired.values.push(measure.gain(*units));
            paired.others.push(measure.gain(*other));
            let difference = units - other;
            // Scores that are not counted in examples are equal up to rounding.
            let rounding = 1e-12 * units.abs().max(other.abs());
            paired.differences.push(measure.gain(if difference.abs() > rounding { difference } else { 0.0 }));
        }
        paired
    }

    /// The mean difference; of samples that do not belong together that of their means.
    fn gain(&self, is_paired: bool) -> Option<Summary> {
        if is_paired {
            return Summary::of(&self.differences);
        }
        independent_sum(&[(1.0, Summary::of(&self.values)?), (-1.0, Summary::of(&self.others)?)])
    }

    fn tests(&self, margin: Option<f64>) -> Option<PairedTests> {
        PairedTests::of(&self.values, &self.others, &self.differences, margin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fractionate_records::Metric;

    const GOLDEN: &str = include_str!("../../../statistics/tests/golden/statistics.json");

    fn results(arms: &[(&str, &[(u64, f64)])]) -> ComparisonResults {
        let arms =
            arms.iter().map(|(arm, units)| ArmResults { arm: (*arm).into(), units: units.iter().copied().collect() });
        let measure = Measure::of(Metric::TestAccuracy, std::iter::empty());
        ComparisonResults { measure, seeds: vec![], arms: arms.collect(), is_paired: true, by_teacher: vec![] }
    }

    #[test]
    fn the_paired_interval_equals_scipys() {
        let golden: serde_json::Value = serde_json::from_str(GOLDEN).unwrap();
        let values = |name: &str| -> Vec<(u64, f64)> {
            (0..).zip(golden["paired"][name].as_array().unwrap().iter().map(|v| v.as_f64().unwrap())).collect()
        };
        let rows =
            differences(&results(&[("hard", &values("reference")), ("arm", &values("arm"))]), "hard", None).unwrap();
        let gain = rows[0].gain.unwrap();
        let interval = gain.interval.unwrap();
        for (name, found) in
            [("mean", gain.mean), ("sd", gain.sd.unwrap()), ("low", interval.low), ("high", interval.high)]
        {
            let expected = golden["paired"][name].as_f64().unwrap();
            assert!((found - expected).abs() < 1e-11, "{name}: {found}, SciPy {expected}");
        }
    }

    #[test]
    fn only_seeds_where_both_finished_are_paired() {
        let rows =
            differences(&results(&[("hard", &[(0, 1.0), (2, 1.0)]), ("a", &[(1, 5.0), (2, 3.0)])]), "hard", None);
        assert_eq!(rows.unwrap()[0].seeds, [2]);
    }

    #[test]
    fn without_the_reference_there_are_no_differences() {
        assert_eq!(differences(&results(&[("a", &[(0, 1.0)])]), "hard", None), None);
    }

    #[test]
    fn all_pairs_are_one_family_and_the_best_arm_must_beat_every_other() {
        let values = |mean: f64, noise: f64| -> Vec<(u64, f64)> {
            (0..10).map(|s| (s, mean + noise * if s % 2 == 0 { 1.0 } else { -1.0 } * (1.0 + s as f64 / 10.0))).collect()
        };
        let (low, high, close) = (values(80.0, 0.1), values(82.0, 0.2), values(82.05, 0.3));
        let two = results(&[("hard", &low), ("teacher", &high)]);
        let rows = pairs(&two, Some(0.2));
        assert_eq!((rows.len(), rows[0].gain.mean < -1.9), (1, true));
        assert_eq!(rows[0].tests.as_ref().unwrap().equivalence.unwrap().verdict.name(), "different");
        assert_eq!(best(&two, &rows).as_deref(), Some("teacher"));
        let three = results(&[("hard", &low), ("teacher", &high), ("top-k", &close)]);
        let rows = pairs(&three, None);
        let names: Vec<String> = rows.iter().map(|row| format!("{} {}", row.arm, row.other_arm)).collect();
        assert_eq!(names, ["hard teacher", "hard top-k", "teacher top-k"]);
        assert_eq!(best(&three, &rows), None);
        let tests: Vec<&PairedTests> = rows.iter().map(|row| row.tests.as_ref().unwrap()).collect();
        let own: Vec<f64> = tests.iter().map(|tests| tests.t.unwrap()).collect();
        let adjusted: Vec<f64> = tests.iter().map(|tests| tests.t_of_family.unwrap()).collect();
        assert_eq!(adjusted, fractionate_statistics::holm(&own, 3));
    }

    #[test]
    fn an_arm_without_a_run_counts_in_holms_family() {
        let arms: [(&str, &[(u64, f64)]); 3] =
            [("hard", &[(0, 1.0), (1, 2.0), (2, 1.0)]), ("a", &[(0, 5.0), (1, 3.0), (2, 4.0)]), ("b", &[])];
        let rows = differences(&results(&arms), "hard", None).unwrap();
        let tests = rows[0].tests.as_ref().unwrap();
        // Differences 4, 1, 3: t = 2.6667 / (1.5275 / sqrt 3) = 3.0237 with 2 degrees of freedom.
        assert!((tests.t.unwrap() - 0.094_19).abs() < 1e-4, "{:?}", tests.t);
        assert_eq!(tests.t_of_family, tests.t.map(|p| 2.0 * p));
        assert_eq!(pairs(&results(&arms), None)[0].tests.as_ref().unwrap().t_of_family, tests.t.map(|p| 3.0 * p));
    }

    #[test]
    fn the_floor_is_that_of_the_differences_that_are_declared() {
        let rows = differences(
            &results(&[("hard", &[(0, 1.0), (1, 2.0)]), ("a", &[(0, 5.0), (1, 3.0)]), ("b", &[])]),
            "hard",
            None,
        );
        let found = floor(&rows.unwrap()).unwrap();
        assert_eq!((found.comparisons, found.seeds, found.smallest_p), (2, 2, 1.0));
        assert_eq!(floor(&[]), None);
    }
}
