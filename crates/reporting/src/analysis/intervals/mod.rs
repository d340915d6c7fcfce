//! The intervals other than the t interval, one file each. All means of a comparison are weighted sums of arms, seed by
//! seed.

mod bca;
mod conditional;
mod estimate;
mod interval_statistic;
mod over_examples;
mod registry;
mod sources;
mod test_answers;
mod these_teachers;

pub(crate) use estimate::Estimate;
#[cfg(test)]
pub(crate) use interval_statistic::IntervalStatistic;
#[cfg(test)]
pub(crate) use registry::INTERVALS;
pub(crate) use sources::{Found, IntervalSources};
