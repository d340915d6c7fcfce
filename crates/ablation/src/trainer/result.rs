//! What comes out of a cohort's training.

use std::io;
use std::path::PathBuf;

use fractionate_records::{Diagnosed, EpochRow, FileError, Outcome, Predictions};

use super::NamedWeights;
use crate::teacher::SplitLogits;

/// What came out of a cohort.
#[derive(Debug)]
pub struct CohortResult {
    /// One per member, in the cohort's order.
    pub members: Vec<MemberResult>,
    /// Hash of the initial weights; empty where it is not known.
    pub initial_weights: String,
    /// Hash of the batch order; empty where it is not known.
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
    /// The weights as a program gave them, in its own file.
    pub program_student: Option<Vec<u8>>,
    /// The diagnostics that were asked of it; none if it diverged.
    pub diagnostics: Option<Diagnosed>,
}

/// What came out of a teacher's training.
#[derive(Debug)]
pub struct TeacherResult {
    /// Its logits of every split's examples.
    pub logits: SplitLogits,
    /// Its weights.
    pub weights: NamedWeights,
    /// Wall-clock seconds.
    pub seconds: f64,
}

/// Why a training gave no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrainingError {
    /// The trainer cannot train this.
    #[error("{0}")]
    Unsupported(String),
    /// What the teacher says of an epoch's views is of no use to an arm.
    #[error("an epoch's views: {0}")]
    OnViews(String),
    /// A program failed: in a sentence, and the end of what it wrote.
    #[error("{reason}")]
    Program {
        /// What happened.
        reason: String,
        /// Whether the same may well succeed a moment later.
        transient: bool,
    },
    /// A program asks to be started again later.
    #[error("it asks to be started again later")]
    Later,
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

impl From<FileError> for TrainingError {
    fn from(error: FileError) -> Self {
        let reason = error.to_string();
        match error {
            FileError::Io { path, source, .. } => Self::NotSaved { path, kind: source.kind(), reason },
            FileError::InTheWay { path, .. } | FileError::TooLarge { path, .. } => {
                Self::NotSaved { path, kind: io::ErrorKind::AlreadyExists, reason }
            }
            _ => Self::NotSaved { path: PathBuf::new(), kind: io::ErrorKind::Other, reason },
        }
    }
}
