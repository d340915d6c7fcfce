//! Intervals of means and shares.

mod bca;
mod share;
mod summary;
mod two_way_bootstrap;
mod welch;

pub use bca::{BCA_RESAMPLES, bca_interval, bca_of_resamples};
pub use share::Share;
pub use summary::{Interval, Summary, t_quantile};
pub use two_way_bootstrap::{TwoWayBootstrap, resamples_within};
pub use welch::welch_interval;
