//! Resamples of seeds x test examples, from the stored predictions.

use std::collections::HashMap;

use fractionate_records::{Comparison, RunId, Store};
use fractionate_statistics::{Interval, TwoWayBootstrap, resamples_within};

use super::estimate::{Estimate, SEED};
use crate::source::correctness::Correctness;
use crate::source::run::Run;
use crate::source::suite_runs::SuiteRuns;

/// Whether so many test examples are right as the run's accuracy says; where it has none, nothing is said against them.
fn has_as_many_right(run: &Run, right: &[bool]) -> bool {
    let count = right.iter().filter(|right| **right).count() as f64;
    let accuracy = run.outcome.test().and_then(|scores| scores.accuracy);
    accuracy.is_none_or(|accuracy| (accuracy * right.len() as f64 - count).abs() < 0.5)
}

/// Draws of seeds x test examples.
pub(crate) struct ExampleResamples {
    pub(super) draws: TwoWayBootstrap,
    /// Position of a run by arm and seed.
    runs: HashMap<(String, u64), usize>,
    seeds: HashMap<u64, usize>,
}

impl ExampleResamples {
    /// `Ok(None)` where no run's predictions are there; an error, how many runs of how many lack them, where some are.
    pub(super) fn of(
        store: &Store,
        suite: &SuiteRuns,
        comparison: Comparison,
        operations: f64,
    ) -> Result<Option<Self>, (usize, usize)> {
        let role = comparison.role();
        let finished = suite.found().filter(|(run, record)| run.role == role && record.outcome.test().is_some());
        let runs: Vec<(&str, u64, &RunId)> = finished.map(|(run, _)| (run.arm.as_str(), run.seed.0, &run.id)).collect();
        let correctness = Correctness::new(store, &suite.configuration);
        let right = correctness.of_all(&runs, |correctness, (_, _, id)| correctness.test(id));
        // Predictions that are not those of the scores say nothing of them.
        let right: Vec<Option<Vec<bool>>> = right
            .into_iter()
            .zip(&runs)
            .map(|(right, (_, _, id))| {
                right.filter(|right| suite.record(id).is_some_and(|run| has_as_many_right(run, right)))
            })
            .collect();
        let missing = right.iter().filter(|right| right.is_none()).count();
        if missing == runs.len() {
            return Ok(None);
        }
        if missing > 0 {
            return Err((missing, runs.len()));
        }
        let right: Vec<&[bool]> = right.iter().flatten().map(Vec::as_slice).collect();
        let mut known: Vec<u64> = runs.iter().map(|run| run.1).collect();
        known.sort_unstable();
        known.dedup();
        let draws = resamples_within(operations, runs.len(), right[0].len());
        Ok(TwoWayBootstrap::new(&right, known.len(), draws, SEED).map(|draws| Self {
            draws,
            runs: runs.iter().map(|(arm, seed, _)| ((*arm).to_owned(), *seed)).zip(0..).collect(),
            seeds: known.into_iter().zip(0..).collect(),
        }))
    }

    /// In points.
    pub(super) fn interval(&self, estimate: &Estimate<'_>) -> Option<Interval> {
        let at_seed = |seed: &u64| {
            let run = |(arm, factor): &(&str, f64)| Some((*self.runs.get(&((*arm).to_owned(), *seed))?, *factor));
            Some((*self.seeds.get(seed)?, estimate.factors.iter().map(run).collect::<Option<Vec<_>>>()?))
        };
        let at: Vec<(usize, Vec<(usize, f64)>)> = estimate.seeds.iter().map(at_seed).collect::<Option<_>>()?;
        let shares = self.draws.interval(&at)?;
        Some(Interval { low: 100.0 * shares.low, high: 100.0 * shares.high })
    }
}
