//! Intervals of means and shares.

mod bca;
mod crossed_effects;
mod independent_sum;
mod share;
mod smoothed;
mod summary;

pub use bca::{BCA_RESAMPLES, bca_interval, bca_of_resamples};
pub use crossed_effects::CrossedEffects;
pub use independent_sum::independent_sum;
pub use share::Share;
pub use smoothed::{DrawnUnits, smoothed_mean, smoothed_mean_with_parts};
pub(crate) use summary::normal_quantile;
pub use summary::{Interval, Summary, TeacherVariance, t_quantile};
