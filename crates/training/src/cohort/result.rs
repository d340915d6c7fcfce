//! What comes out of a cohort's training.

use std::io;
use std::path::PathBuf;

use fractionate_records::{Diagnosed, EpochRow, Outcome, Predictions};

use crate::weights::NamedWeights;

/// What came out of a cohort.
#[derive(Debug)]
pub struct CohortResult {
    /// One per member, in the cohort's order.
    pub members: Vec<MemberResult>,
    /// Hash of the initial weights.
    pub initial_weights: String,
    /// Hash of the batch order.
    pub batch_order: String,
    /// How products were formed, layer by layer.
    pub strategy: String,
    /// Wall-clock seconds of the whole cohort.
    pub seconds: f64,
}

/// What came out of one student.
#[derive(Debug)]
pub struct MemberResult {
    /// How it ended.
    pub outcome: Outcome,
    /// One row per epoch.
    pub curve: Vec<EpochRow>,
    /// Predictions at the epoch that counts; none if it diverged.
    pub predictions: Option<Predictions>,
    /// Weights at the epoch that counts.
    pub weights: NamedWeights,
    /// The diagnostics that were asked of it; none if it diverged.
    pub diagnostics: Option<Diagnosed>,
}

/// Why a cohort gave no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrainingError {
    /// It was asked to stop.
    #[error("stopped before the end")]
    Stopped,
    /// Its state in the middle could not be written.
    #[error("cannot write {}: {reason}", path.display())]
    NotSaved {
        /// The checkpoint's file.
        path: PathBuf,
        /// What kind of failure it was.
        kind: io::ErrorKind,
        /// What the system said.
        reason: String,
    },
}
