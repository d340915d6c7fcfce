//! The kinds of intervals other than the t interval.

use super::interval_statistic::IntervalStatistic;
use super::{bca, conditional, over_examples, these_teachers};

/// Every kind, in the order of the tables.
pub(crate) static INTERVALS: [&IntervalStatistic; 4] =
    [&bca::BCA, &over_examples::OVER_EXAMPLES, &conditional::CONDITIONAL, &these_teachers::THESE_TEACHERS];
