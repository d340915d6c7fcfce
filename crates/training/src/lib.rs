//! Data sets, models, losses, cohorts and their training loop, teachers and their cached logits.

mod known_set;
mod random_stream;

pub use known_set::KnownSet;
pub use random_stream::{Purpose, RandomStream};
