//! The test answers of a comparison's runs, from the stored predictions: what sampling the test set adds to a mean.

use std::collections::HashMap;

use fractionate_records::{Comparison, RunId, Store};
use fractionate_statistics::CrossedEffects;

use super::estimate::Estimate;
use crate::source::correctness::{Correctness, Right};
use crate::source::run::Run;
use crate::source::suite_runs::SuiteRuns;

/// Whether so many test examples are right as the run's accuracy says; where it has none, nothing is said against them.
fn has_as_many_right(run: &Run, right: &[bool]) -> bool {
    let count = right.iter().filter(|right| **right).count() as f64;
    let accuracy = run.outcome.test().and_then(|scores| scores.accuracy);
    accuracy.is_none_or(|accuracy| (accuracy * right.len() as f64 - count).abs() < 0.5)
}

/// Which test examples every run classified rightly.
pub(crate) struct TestAnswers(HashMap<(String, u64), Right>);

impl TestAnswers {
    /// `Ok(None)` where no run's predictions are there; an error, how many runs of how many lack them, where some are.
    pub(super) fn read(
        store: &Store,
        suite: &SuiteRuns,
        comparison: Comparison,
    ) -> Result<Option<Self>, (usize, usize)> {
        let role = comparison.role();
        let finished = suite.found().filter(|(run, record)| run.role == role && record.outcome.test().is_some());
        let runs: Vec<(&str, u64, &RunId)> = finished.map(|(run, _)| (run.arm.as_str(), run.seed.0, &run.id)).collect();
        let correctness = Correctness::new(store, &suite.configuration);
        let right = correctness.of_all(&runs, |correctness, (_, _, id)| correctness.test(id));
        // Predictions that are not those of the scores say nothing of them.
        let fits = |id: &RunId, right: &Right| suite.record(id).is_some_and(|run| has_as_many_right(run, right));
        let right: Vec<Option<Right>> =
            right.into_iter().zip(&runs).map(|(right, (_, _, id))| right.filter(|right| fits(id, right))).collect();
        let missing = right.iter().filter(|right| right.is_none()).count();
        if missing == runs.len() {
            return Ok(None);
        }
        if missing > 0 {
            return Err((missing, runs.len()));
        }
        let mut sizes = right.iter().flatten().map(Vec::len);
        let first = sizes.next();
        if sizes.any(|size| Some(size) != first) {
            return Ok(None);
        }
        let names = runs.iter().map(|(arm, seed, _)| ((*arm).to_owned(), *seed));
        Ok(Some(Self(names.zip(right.into_iter().flatten()).collect())))
    }

    /// The variance that sampling the test set adds to that of an estimate's mean over seeds, in squared points: from
    /// the crossed effects of seeds and examples. `None` with one seed.
    pub(super) fn test_set_variance(&self, estimate: &Estimate<'_>) -> Option<f64> {
        let at_seed = |seed: &u64| -> Option<Vec<f64>> {
            let mut sum: Vec<f64> = Vec::new();
            for (arm, factor) in &estimate.factors {
                let right = self.0.get(&((*arm).to_owned(), *seed))?;
                sum.resize(right.len(), 0.0);
                let add = |(sum, &right): (&mut f64, &bool)| *sum += if right { 100.0 * factor } else { 0.0 };
                sum.iter_mut().zip(right).for_each(add);
            }
            Some(sum)
        };
        let values: Vec<Vec<f64>> = estimate.seeds.iter().map(at_seed).collect::<Option<_>>()?;
        Some(CrossedEffects::of(&values)?.test_set_variance())
    }
}
