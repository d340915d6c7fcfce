//! The intervals of all means of a comparison: one set of resamples serves arms, differences and terms.

use fractionate_records::{Comparison, Metric, Store};
use fractionate_statistics::Summary;
use rayon::prelude::*;

use super::estimate::Estimate;
use super::interval_statistic::{IntervalStatistic, Mean};
use super::registry::INTERVALS;
use super::test_answers::TestAnswers;
use crate::analysis::choice_interval::ChoiceInterval;
use crate::analysis::results::ComparisonResults;
use crate::analysis::tuned_choice::{NOT_MADE_AT_MOST, TunedChoice};
use crate::model::other_intervals::OtherIntervals;
use crate::source::suite_runs::SuiteRuns;

/// What the other intervals of one comparison are made of.
pub(crate) struct IntervalSources<'a> {
    statistics: Vec<&'static IntervalStatistic>,
    results: &'a ComparisonResults,
    answers: Option<TestAnswers>,
    /// How many runs lack their predictions, of how many; absent where none does, where all do, and where no metric asks.
    predictions_missing: Option<(usize, usize)>,
    /// Absent where nothing was tuned or it cannot be told.
    choice: Option<&'a TunedChoice>,
}

/// An estimate's mean including hyperparameter selection, its other intervals, and which share of the resampled selections
/// could not be looked up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    /// As gains; absent where nothing is known of the selection.
    pub(crate) smoothed: Option<Summary>,
    pub(crate) intervals: OtherIntervals,
    /// Absent where the selection is not resampled.
    pub(crate) not_made: Option<f64>,
}

impl<'a> IntervalSources<'a> {
    /// Reads the predictions of a comparison's runs.
    pub(crate) fn new(
        store: &Store,
        suite: &SuiteRuns,
        comparison: Comparison,
        results: &'a ComparisonResults,
        choice: Option<&'a TunedChoice>,
    ) -> Self {
        let accuracy = suite.manifest.metric == Metric::TestAccuracy;
        let read = accuracy.then(|| TestAnswers::read(store, suite, comparison));
        let (answers, predictions_missing) = match read {
            Some(Ok(answers)) => (answers, None),
            Some(Err(missing)) => (None, Some(missing)),
            None => (None, None),
        };
        let choice = choice.filter(|_| comparison == Comparison::Tuned);
        Self { statistics: INTERVALS.to_vec(), results, answers, predictions_missing, choice }
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

    /// Whether there are intervals over test examples.
    pub(crate) fn has_test_answers(&self) -> bool {
        self.answers.is_some()
    }

    /// How many runs lack their predictions, of how many, where that is why there is no interval over test examples.
    pub(crate) fn predictions_missing(&self) -> Option<(usize, usize)> {
        self.predictions_missing
    }

    /// Whether the selection of settings could be resampled.
    pub(crate) fn resamples_the_selection(&self) -> bool {
        self.choice.is_some()
    }

    /// The means and other intervals of every estimate, in their order. Means include hyperparameter selection where that
    /// is known of all of them: one kind of interval leads everywhere.
    pub(crate) fn of_all(&self, estimates: &[Estimate<'_>]) -> Vec<Found> {
        let selections: Vec<Option<ChoiceInterval>> =
            estimates.par_iter().map(|estimate| self.resampled(estimate)).collect();
        let is_known = |(estimate, selection): (&Estimate<'_>, &Option<ChoiceInterval>)| {
            estimate.seeds.is_empty() || selection.as_ref().is_some_and(|found| found.not_made <= NOT_MADE_AT_MOST)
        };
        let included = estimates.iter().zip(&selections).all(is_known);
        let of = |(estimate, selection): (&Estimate<'_>, &Option<ChoiceInterval>)| {
            let not_made = selection.as_ref().map(|found| found.not_made);
            Found { not_made, ..self.of(estimate, selection.as_ref().filter(|_| included)) }
        };
        estimates.par_iter().zip(&selections).map(of).collect()
    }

    fn resampled(&self, estimate: &Estimate<'_>) -> Option<ChoiceInterval> {
        self.choice?.interval(&estimate.factors, &self.together(estimate), &estimate.seeds)
    }

    fn of(&self, estimate: &Estimate<'_>, selection: Option<&ChoiceInterval>) -> Found {
        let measure = self.results.measure;
        let units = |arm: &str, seed: &u64| self.results.arms.iter().find(|a| a.arm == arm)?.units.get(seed).copied();
        let value = |seed: &u64| -> Option<f64> {
            let sum: Option<f64> = estimate.factors.iter().map(|(arm, factor)| Some(factor * units(arm, seed)?)).sum();
            Some(measure.gain(sum?))
        };
        let Some(values) = estimate.seeds.iter().map(value).collect::<Option<Vec<f64>>>() else {
            return Found { smoothed: None, intervals: self.none(), not_made: None };
        };
        let mean = Mean {
            estimate,
            values: &values,
            leading: selection.map(|found| found.smoothed).or_else(|| Summary::of(&values)),
            answers: self.answers.as_ref(),
            selection,
        };
        let intervals = self.statistics.iter().map(|statistic| (&statistic.kind, (statistic.interval)(&mean)));
        let intervals = OtherIntervals::new(intervals);
        Found { smoothed: selection.map(|found| found.smoothed), intervals, not_made: None }
    }

    /// The arms of the decomposition, for a sum of them.
    fn together(&self, estimate: &Estimate<'_>) -> Vec<&str> {
        let seven = self.results.decomposition_arms();
        let all_in = estimate.factors.iter().all(|(arm, _)| seven.contains(arm));
        if all_in { seven } else { Vec::new() }
    }
}
