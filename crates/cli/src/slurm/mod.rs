//! A suite as jobs of a Slurm cluster: how many, how long, their scripts, and their submission.

mod queue;
mod script;
mod sizing;

pub(crate) use queue::{Queued, submit};
pub(crate) use script::{Job, Scripts, span};
pub(crate) use sizing::{Sizes, Work};
