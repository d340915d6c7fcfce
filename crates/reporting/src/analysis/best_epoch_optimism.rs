//! Optimism of picking the best epoch on the test split: best - last epoch, arm by arm.

use std::collections::BTreeMap;

use fractionate_records::Comparison;
use fractionate_statistics::Summary;

use crate::analysis::measure::Measure;
use crate::source::run::Epoch;
use crate::source::suite_runs::SuiteRuns;

/// By arm, over its finished seeds: in points, or nats. Arms whose runs were evaluated at one epoch alone are not in it.
pub(crate) fn best_minus_last(
    suite: &SuiteRuns,
    comparison: Comparison,
    measure: Measure,
) -> BTreeMap<String, Summary> {
    // What is read here is of one run.
    let measure = measure.over_teachers(1);
    let mut gaps: BTreeMap<&str, BTreeMap<u64, Vec<f64>>> = BTreeMap::new();
    let finished = suite.found().filter(|(run, found)| run.role == comparison.role() && found.outcome.test().is_some());
    for (run, found) in finished {
        if let Some(gap) = gap(&found.curve, measure) {
            gaps.entry(&run.arm).or_default().entry(run.seed.0).or_default().push(gap);
        }
    }
    // Over several teachers the mean of each seed.
    let mean = |gaps: &Vec<f64>| gaps.iter().sum::<f64>() / gaps.len() as f64;
    let summary = |gaps: BTreeMap<u64, Vec<f64>>| Summary::of(&gaps.values().map(mean).collect::<Vec<_>>());
    gaps.into_iter().filter_map(|(arm, gaps)| Some((arm.to_owned(), summary(gaps)?))).collect()
}

fn gap(curve: &[Epoch], measure: Measure) -> Option<f64> {
    let tested: Vec<(usize, f64)> =
        curve.iter().filter_map(|row| Some((row.epoch, measure.units(row.test?)?))).collect();
    let (_, last) = tested.iter().copied().max_by_key(|(epoch, _)| *epoch)?;
    let best = tested.iter().map(|(_, units)| *units).max_by(f64::total_cmp)?;
    (tested.len() > 1).then(|| measure.gain(best - last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fractionate_records::{Metric, Scores};

    fn row(epoch: usize, accuracy: Option<f64>) -> Epoch {
        let scores = |accuracy: f64| Scores { accuracy, nll: 1.0 - accuracy }.into();
        Epoch { epoch, train: None, validation: None, test: accuracy.map(scores) }
    }

    #[test]
    fn it_is_the_best_epoch_less_the_last_and_never_below_0() {
        let of = |metric, curve: &[Epoch]| gap(curve, Measure::of(metric, std::iter::empty()));
        let curve = [row(1, Some(0.7)), row(2, Some(0.9)), row(3, Some(0.8))];
        assert!((of(Metric::TestAccuracy, &curve).unwrap() - 10.0).abs() < 1e-9);
        assert!((of(Metric::TestNll, &curve).unwrap() - 0.1).abs() < 1e-9);
        assert_eq!(of(Metric::TestAccuracy, &curve[..2]), Some(0.0));
        assert_eq!(of(Metric::TestAccuracy, &[row(1, None), row(2, Some(0.5))]), None);
        assert_eq!(of(Metric::TestAccuracy, &[]), None);
    }
}
