//! The intervals of all means of a comparison: one set of resamples serves arms, differences and terms.

use fractionate_records::{Comparison, Metric, Store};
use rayon::prelude::*;

use super::estimate::Estimate;
use super::example_resamples::ExampleResamples;
use super::interval_statistic::{IntervalStatistic, Mean};
use super::registry::INTERVALS;
use crate::analysis::results::ComparisonResults;
use crate::analysis::tuned_choice::TunedChoice;
use crate::model::other_intervals::OtherIntervals;
use crate::source::suite_runs::SuiteRuns;

/// What the other intervals of one comparison are made of.
pub(crate) struct IntervalSources<'a> {
    statistics: Vec<&'static IntervalStatistic>,
    results: &'a ComparisonResults,
    examples: Option<ExampleResamples>,
    /// How many runs lack their predictions, of how many; absent where none does, where all do, and where no metric asks.
    predictions_missing: Option<(usize, usize)>,
    /// Absent where nothing was tuned or it cannot be told.
    choice: Option<&'a TunedChoice>,
}

/// An estimate's other intervals, and which share of the resampled selections could not be looked up.
#[derive(Debug, Clone, Default)]
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
        let read = accuracy.then(|| ExampleResamples::of(store, suite, comparison, operations));
        let (examples, predictions_missing) = match read {
            Some(Ok(examples)) => (examples, None),
            Some(Err(missing)) => (None, Some(missing)),
            None => (None, None),
        };
        let choice = choice.filter(|_| comparison == Comparison::Tuned);
        Self { statistics: INTERVALS.to_vec(), results, examples, predictions_missing, choice }
    }

    /// With another kind of interval.
    #[cfg(test)]
    pub(crate) fn with(mut self, statistic: &'static IntervalStatistic) -> Self {
        self.statistics.push(statistic);
        self
    }

    /// A mean that has none of them.
    pub(crate) fn none(&self) -> OtherIntervals {
        OtherIntervals::new(self.statistics.iter().map(|statistic| (&statistic.kind, None)))
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
            return Found { intervals: self.none(), not_made: None };
        };
        let selection = self.choice.and_then(|choice| choice.interval(&estimate.factors, &estimate.seeds));
        let mean = Mean {
            estimate,
            values: &values,
            measure,
            examples: self.examples.as_ref(),
            selection: selection.as_ref(),
        };
        let intervals = self.statistics.iter().map(|statistic| (&statistic.kind, (statistic.interval)(&mean)));
        Found { intervals: OtherIntervals::new(intervals), not_made: selection.as_ref().map(|found| found.not_made) }
    }
}
