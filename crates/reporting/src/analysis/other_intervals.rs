//! The intervals other than the t interval: over seeds by the BCa bootstrap, over seeds x test examples, and including
//! hyperparameter selection. All means of a comparison are weighted sums of arms, seed by seed, so one set of resamples
//! serves arms, differences and terms.

use std::collections::HashMap;

use fractionate_records::{Comparison, Metric, RunId, Store};
use fractionate_statistics::{BCA_RESAMPLES, Interval, TwoWayBootstrap, bca_interval, resamples_within};
use rayon::prelude::*;

use crate::analysis::results::ComparisonResults;
use crate::analysis::tuned_choice::{NOT_MADE_AT_MOST, TunedChoice, in_gains};
use crate::model::other_intervals::OtherIntervals;
use crate::source::correctness::Correctness;
use crate::source::run::Run;
use crate::source::suite_runs::SuiteRuns;

/// Names the draws of a report: always the same ones.
const SEED: u64 = 0;

/// A sum of arms with factors at some seeds.
#[derive(Debug, Clone)]
pub(crate) struct Estimate<'a> {
    /// Arms as written in results.
    pub(crate) factors: Vec<(&'a str, f64)>,
    /// Seeds where all of these arms finished.
    pub(crate) seeds: Vec<u64>,
}

/// What the other intervals of one comparison are made of.
pub(crate) struct IntervalSources<'a> {
    results: &'a ComparisonResults,
    examples: Option<OverExamples>,
    /// How many runs lack their predictions, of how many; absent where none does, where all do, and where no metric asks.
    predictions_missing: Option<(usize, usize)>,
    /// Absent where nothing was tuned or it cannot be told.
    choice: Option<&'a TunedChoice>,
}

/// An estimate's other intervals, and which share of the resampled selections could not be looked up.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Found {
    pub(crate) intervals: OtherIntervals,
    /// Absent where the selection is not resampled.
    pub(crate) not_made: Option<f64>,
}

impl<'a> IntervalSources<'a> {
    /// Reads the predictions of a comparison's runs and draws; `operations` bounds the work.
    pub(crate) fn new(
        store: &Store,
        suite: &SuiteRuns,
        comparison: Comparison,
        results: &'a ComparisonResults,
        choice: Option<&'a TunedChoice>,
        operations: f64,
    ) -> Self {
        let accuracy = suite.manifest.metric == Metric::TestAccuracy;
        let read = accuracy.then(|| OverExamples::of(store, suite, comparison, operations));
        let (examples, predictions_missing) = match read {
            Some(Ok(examples)) => (examples, None),
            Some(Err(missing)) => (None, Some(missing)),
            None => (None, None),
        };
        let choice = choice.filter(|_| comparison == Comparison::Tuned);
        Self { results, examples, predictions_missing, choice }
    }

    /// How many draws the interval over seeds x test examples rests on; `None` without one.
    pub(crate) fn example_draws(&self) -> Option<usize> {
        self.examples.as_ref().map(|examples| examples.draws.resamples())
    }

    /// How many runs lack their predictions, of how many, where that is why there is no interval over test examples.
    pub(crate) fn predictions_missing(&self) -> Option<(usize, usize)> {
        self.predictions_missing
    }

    /// Whether the selection of settings could be resampled.
    pub(crate) fn resamples_the_selection(&self) -> bool {
        self.choice.is_some()
    }

    /// The other intervals of every estimate, in their order.
    pub(crate) fn of_all(&self, estimates: &[Estimate<'_>]) -> Vec<Found> {
        estimates.par_iter().map(|estimate| self.of(estimate)).collect()
    }

    fn of(&self, estimate: &Estimate<'_>) -> Found {
        let measure = self.results.measure;
        let units = |arm: &str, seed: &u64| self.results.arms.iter().find(|a| a.arm == arm)?.units.get(seed).copied();
        let value = |seed: &u64| -> Option<f64> {
            let sum: Option<f64> = estimate.factors.iter().map(|(arm, factor)| Some(factor * units(arm, seed)?)).sum();
            Some(measure.gain(sum?))
        };
        let Some(values) = estimate.seeds.iter().map(value).collect::<Option<Vec<f64>>>() else {
            return Found::default();
        };
        let counted = self.choice.and_then(|choice| choice.interval(&estimate.factors, &estimate.seeds));
        let made = counted.as_ref().filter(|counted| counted.not_made <= NOT_MADE_AT_MOST);
        Found {
            intervals: OtherIntervals {
                bca: bca_interval(&values, BCA_RESAMPLES, SEED),
                over_examples: self.examples.as_ref().and_then(|examples| examples.interval(estimate)),
                including_selection: made.and_then(|counted| Some(in_gains(measure, counted.including_selection?))),
            },
            not_made: counted.map(|counted| counted.not_made),
        }
    }
}

/// Whether so many test examples are right as the run's accuracy says; where it has none, nothing is said against them.
fn has_as_many_right(run: &Run, right: &[bool]) -> bool {
    let count = right.iter().filter(|right| **right).count() as f64;
    let accuracy = run.outcome.test().and_then(|scores| scores.accuracy);
    accuracy.is_none_or(|accuracy| (accuracy * right.len() as f64 - count).abs() < 0.5)
}

/// Draws of seeds x test examples.
struct OverExamples {
    draws: TwoWayBootstrap,
    /// Position of a run by arm and seed.
    runs: HashMap<(String, u64), usize>,
    seeds: HashMap<u64, usize>,
}

impl OverExamples {
    /// `Ok(None)` where no run's predictions are there; an error, how many runs of how many lack them, where some are.
    fn of(
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
    fn interval(&self, estimate: &Estimate<'_>) -> Option<Interval> {
        let at_seed = |seed: &u64| {
            let run = |(arm, factor): &(&str, f64)| Some((*self.runs.get(&((*arm).to_owned(), *seed))?, *factor));
            Some((*self.seeds.get(seed)?, estimate.factors.iter().map(run).collect::<Option<Vec<_>>>()?))
        };
        let at: Vec<(usize, Vec<(usize, f64)>)> = estimate.seeds.iter().map(at_seed).collect::<Option<_>>()?;
        let shares = self.draws.interval(&at)?;
        Some(Interval { low: 100.0 * shares.low, high: 100.0 * shares.high })
    }
}
