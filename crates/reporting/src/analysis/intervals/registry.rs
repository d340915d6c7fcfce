//! The kinds of intervals other than the t interval.

use super::interval_statistic::IntervalStatistic;
use super::{bca, including_selection, over_examples};

/// Every kind, in the order of the tables.
pub(crate) static INTERVALS: [&IntervalStatistic; 3] =
    [&bca::BCA, &over_examples::OVER_EXAMPLES, &including_selection::INCLUDING_SELECTION];
