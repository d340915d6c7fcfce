//! The kinds of intervals other than the t interval.

use super::interval_statistic::IntervalStatistic;
use super::{bca, conditional, over_examples};

/// Every kind, in the order of the tables.
pub(crate) static INTERVALS: [&IntervalStatistic; 3] =
    [&bca::BCA, &over_examples::OVER_EXAMPLES, &conditional::CONDITIONAL];
