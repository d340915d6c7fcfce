//! Statistics of paired seeds: intervals, tests, and what few seeds can show at all. Plain numbers in, plain numbers out.

mod choice_interval;
mod intervals;
mod other_intervals;
mod paired_tests;
mod ranks;
mod resampling;
mod share;

pub use choice_interval::{ArmGrid, ChoiceInterval, ChoiceResampling, choice_interval};
pub use intervals::{Interval, Summary, t_quantile};
pub use other_intervals::OtherIntervals;
pub use paired_tests::{Equivalence, EquivalenceVerdict, PairedTests, SeedFloor};
pub(crate) use ranks::spearman;
pub(crate) use resampling::Resampling;
pub use share::Share;
