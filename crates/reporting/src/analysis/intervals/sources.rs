//! The intervals of all means of a comparison: one set of resamples serves arms, differences and terms.

use fractionate_records::{Comparison, Metric, Store};
use fractionate_statistics::{Summary, independent_sum};
use rayon::prelude::*;

use super::estimate::Estimate;
use super::interval_statistic::{IntervalStatistic, Mean};
use super::registry::INTERVALS;
use super::test_answers::TestAnswers;
use crate::analysis::choice_interval::ChoiceInterval;
use crate::analysis::results::ComparisonResults;
use crate::analysis::tuned_choice::{TunedChoice, not_made_at_most};
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

/// An estimate's mean with the interval that leads, its other intervals, and which share of the resampled selections could
/// not be looked up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    /// As gains, where it is another than that over seeds: including hyperparameter selection, or over several teachers.
    pub(crate) leading: Option<Summary>,
    /// Whether it includes hyperparameter selection.
    pub(crate) includes_selection: bool,
    /// The estimate under each of several teachers at each seed; none with one teacher.
    pub(crate) by_teacher: Vec<Vec<f64>>,
    /// The variance that sampling the test set adds, where the predictions are there.
    pub(crate) test_set_variance: Option<f64>,
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

    /// Whether the arms' runs of a seed belong together.
    pub(crate) fn is_paired(&self) -> bool {
        self.results.is_paired
    }

    /// Whether there are intervals over test examples.
    pub(crate) fn has_test_answers(&self) -> bool {
        self.answers.is_some()
    }

    /// How many runs lack their predictions, of how many, where that is why there is no interval over test examples.
    pub(crate) fn predictions_missing(&self) -> Option<(usize, usize)> {
        self.predictions_missing
    }

    /// Up to this share of the resamples may select settings whose runs were not made.
    pub(crate) fn not_made_at_most(&self) -> f64 {
        not_made_at_most(self.results.by_teacher.len())
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
        let most = self.not_made_at_most();
        let is_known = |(estimate, selection): (&Estimate<'_>, &Option<ChoiceInterval>)| {
            estimate.seeds.is_empty() || selection.as_ref().is_some_and(|found| found.not_made <= most)
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
        let Some(values) = values_in(self.results, estimate) else {
            return Found { intervals: self.none(), ..Found::default() };
        };
        let by_teacher = match selection {
            Some(found) => found.by_teacher.clone(),
            None => {
                let of = |results| values_in(results, estimate);
                self.results.by_teacher.iter().map(of).collect::<Option<_>>().unwrap_or_default()
            }
        };
        // Independent samples have more degrees of freedom than pairs.
        let is_independent = !self.results.is_paired && by_teacher.is_empty() && estimate.factors.len() > 1;
        let over_seeds = || match is_independent {
            true => self.of_independent_arms(estimate),
            false => Summary::of(&values).map(|summary| summary.over_teachers(&by_teacher)),
        };
        let mean = Mean {
            values: &values,
            leading: selection.map(|found| found.smoothed).or_else(over_seeds),
            test_set_variance: self.answers.as_ref().and_then(|answers| answers.test_set_variance(estimate)),
            selection,
        };
        let intervals = self.statistics.iter().map(|statistic| (&statistic.kind, (statistic.interval)(&mean)));
        Found {
            leading: mean.leading.filter(|_| selection.is_some() || !by_teacher.is_empty() || is_independent),
            includes_selection: selection.is_some(),
            by_teacher,
            test_set_variance: mean.test_set_variance,
            intervals: OtherIntervals::new(intervals),
            not_made: None,
        }
    }

    /// A sum of arms whose runs of a seed do not belong together.
    fn of_independent_arms(&self, estimate: &Estimate<'_>) -> Option<Summary> {
        let of_arm = |&(arm, factor): &(&str, f64)| {
            let alone = Estimate { factors: vec![(arm, 1.0)], seeds: estimate.seeds.clone() };
            Some((factor, Summary::of(&values_in(self.results, &alone)?)?))
        };
        independent_sum(&estimate.factors.iter().map(of_arm).collect::<Option<Vec<_>>>()?)
    }

    /// The arms of the decomposition, for a sum of them.
    fn together(&self, estimate: &Estimate<'_>) -> Vec<&str> {
        let seven = self.results.decomposition_arms();
        let all_in = estimate.factors.iter().all(|(arm, _)| seven.contains(arm));
        if all_in { seven } else { Vec::new() }
    }
}

/// An estimate seed by seed, as gains: points, or nats; `None` where an arm has no value at a seed.
fn values_in(results: &ComparisonResults, estimate: &Estimate<'_>) -> Option<Vec<f64>> {
    let units = |arm: &str, seed: &u64| results.arms.iter().find(|a| a.arm == arm)?.units.get(seed).copied();
    let value = |seed: &u64| -> Option<f64> {
        let sum: Option<f64> = estimate.factors.iter().map(|(arm, factor)| Some(factor * units(arm, seed)?)).sum();
        Some(results.measure.gain(sum?))
    };
    estimate.seeds.iter().map(value).collect()
}
