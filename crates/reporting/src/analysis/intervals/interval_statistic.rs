//! A kind of interval, and what it can be made from.

use fractionate_statistics::Interval;

use super::estimate::Estimate;
use super::example_resamples::ExampleResamples;
use crate::analysis::choice_interval::ChoiceInterval;
use crate::analysis::measure::Measure;
use crate::model::other_intervals::IntervalKind;

/// A kind of interval, and how a mean gets it.
#[derive(Debug)]
pub(crate) struct IntervalStatistic {
    pub(crate) kind: IntervalKind,
    /// `None` where the mean has none.
    pub(crate) interval: fn(&Mean<'_>) -> Option<Interval>,
}

/// What an interval of a mean can be made from.
pub(crate) struct Mean<'a> {
    pub(crate) estimate: &'a Estimate<'a>,
    /// Seed by seed, as gains: points, or nats.
    pub(crate) values: &'a [f64],
    pub(crate) measure: Measure,
    /// Resamples of seeds and test examples, where the predictions are there.
    pub(crate) examples: Option<&'a ExampleResamples>,
    /// The resampled hyperparameter selection, where it is known.
    pub(crate) selection: Option<&'a ChoiceInterval>,
}
