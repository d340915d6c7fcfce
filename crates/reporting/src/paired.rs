//! Differences between an arm and the reference arm, seed by seed.

use serde::Serialize;

use crate::measure::Measure;
use crate::suite_runs::{ArmResults, ComparisonResults};
use crate::{OtherIntervals, PairedTests, Summary};

/// An arm against the reference, over the seeds where both finished.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DifferenceRow {
    /// The arm.
    pub arm: String,
    /// Points of accuracy, or nats of NLL saved: above 0 the arm is better than the reference. Absent without a pair.
    pub gain: Option<Summary>,
    /// Other intervals of the same mean.
    pub other: OtherIntervals,
    /// Tests of the gain; absent with fewer than two pairs.
    pub tests: Option<PairedTests>,
    /// The seeds of the pairs.
    pub seeds: Vec<u64>,
}

/// Two arms against each other, over the seeds where both finished.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairRow {
    /// The arm.
    pub arm: String,
    /// The other arm, later in the suite's order.
    pub other_arm: String,
    /// Arm less other arm, in points of accuracy or nats of NLL saved.
    pub gain: Summary,
    /// Tests of that difference, adjusted for all pairs of arms; absent with fewer than two pairs of seeds.
    pub tests: Option<PairedTests>,
}

/// Every arm but the reference against it; `None` if the suite has no such arm.
pub(crate) fn differences(results: &ComparisonResults, reference: &str) -> Option<Vec<DifferenceRow>> {
    let reference = results.arms.iter().find(|a| a.arm == reference)?;
    let others = results.arms.iter().filter(|a| a.arm != reference.arm);
    Some(others.map(|arm| difference(arm, reference, results.measure)).collect())
}

fn difference(arm: &ArmResults, reference: &ArmResults, measure: Measure) -> DifferenceRow {
    let pairs: Vec<(u64, f64)> = arm
        .units
        .iter()
        .filter_map(|(seed, units)| Some((*seed, measure.gain(units - reference.units.get(seed)?))))
        .collect();
    let gains: Vec<f64> = pairs.iter().map(|p| p.1).collect();
    DifferenceRow {
        arm: arm.arm.clone(),
        gain: Summary::of(&gains),
        other: OtherIntervals::default(),
        tests: None,
        seeds: pairs.iter().map(|p| p.0).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fractionate_records::Metric;

    const GOLDEN: &str = include_str!("../tests/golden/statistics.json");

    fn results(arms: &[(&str, &[(u64, f64)])]) -> ComparisonResults {
        let arms =
            arms.iter().map(|(arm, units)| ArmResults { arm: (*arm).into(), units: units.iter().copied().collect() });
        let measure = Measure::of(Metric::TestAccuracy, std::iter::empty());
        ComparisonResults { measure, seeds: vec![], arms: arms.collect() }
    }

    #[test]
    fn the_paired_interval_equals_scipys() {
        let golden: serde_json::Value = serde_json::from_str(GOLDEN).unwrap();
        let values = |name: &str| -> Vec<(u64, f64)> {
            (0..).zip(golden["paired"][name].as_array().unwrap().iter().map(|v| v.as_f64().unwrap())).collect()
        };
        let rows = differences(&results(&[("hard", &values("reference")), ("arm", &values("arm"))]), "hard").unwrap();
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
        let rows = differences(&results(&[("hard", &[(0, 1.0), (2, 1.0)]), ("a", &[(1, 5.0), (2, 3.0)])]), "hard");
        assert_eq!(rows.unwrap()[0].seeds, [2]);
    }

    #[test]
    fn without_the_reference_there_are_no_differences() {
        assert_eq!(differences(&results(&[("a", &[(0, 1.0)])]), "hard"), None);
    }
}
