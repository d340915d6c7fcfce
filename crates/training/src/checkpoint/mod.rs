//! Cohorts saved in the middle of their training, so that one that was stopped goes on as if it had not been.
//!
//! Random numbers need no saving: every draw comes from a stream that seed, purpose and position name.

mod file;
mod keeper;
#[cfg(test)]
mod mutations;
mod state;
#[cfg(test)]
mod tests;

pub use file::Checkpoints;
pub(crate) use file::saved_training;
pub(crate) use keeper::Keeper;
pub(crate) use state::{MemberTensor, ObservedState, Position, State};
