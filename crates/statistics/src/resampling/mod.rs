//! Random integers, resampling with replacement, and resampled counts.

mod bounded;
mod resamples;
mod weighted_counts;

pub use bounded::bounded;
pub use resamples::Resampling;
pub use weighted_counts::{Weights, weighted_counts, weights};
