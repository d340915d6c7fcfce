//! A kind of interval, and what it can be made from.

use fractionate_statistics::{Interval, Summary};

use crate::analysis::choice_interval::ChoiceInterval;
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
    /// Seed by seed, as gains: points, or nats.
    pub(crate) values: &'a [f64],
    /// The mean with the interval that leads: including hyperparameter selection where it is known.
    pub(crate) leading: Option<Summary>,
    /// The variance that sampling the test set adds, in squares of the values' unit, where the predictions are there.
    pub(crate) test_set_variance: Option<f64>,
    /// The mean smoothed over hyperparameter selections, where it is known.
    pub(crate) selection: Option<&'a ChoiceInterval>,
}
