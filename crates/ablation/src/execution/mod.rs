//! Runs a suite: what the store lacks is trained, in cohorts, side by side.
//!
//! A suite is one configuration or the configurations of a sweep; each configuration has a session of its own, and their missing runs are trained
//! together.

mod checkpoints;
mod cohort_job;
mod configuration_session;
mod declarations;
mod diagnostics;
mod others;
mod outcome;
mod retries;
mod shared_examples;
mod sweep_run;
mod teachers;

pub(crate) use checkpoints::{SavedTrainings, epochs_behind, teacher_name};
pub(crate) use cohort_job::guarded;
pub(crate) use configuration_session::Session;
pub(crate) use others::Waiting;
pub use outcome::{CHECKPOINT_SECONDS, FailedRuns, RETRIES, RunError, RunOptions, RunSummary};
pub(crate) use retries::Attempts;
pub(crate) use shared_examples::{SharedExamples, data_before_writing};
pub use sweep_run::{other_settings, run};
pub use teachers::make_teachers;
