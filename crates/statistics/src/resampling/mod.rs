//! Random integers, and resampling with replacement.

mod bounded;
mod resamples;

pub use bounded::bounded;
pub use resamples::Resampling;
