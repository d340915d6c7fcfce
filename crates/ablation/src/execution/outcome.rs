//! What a run is asked, and how it ends.

use std::collections::HashSet;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::Arc;

use fractionate_arms::{ArmError, ProbabilitiesError};
use fractionate_data::DataError;
use fractionate_records::{RunId, StoreError};

use crate::choice::ChoiceError;
use crate::teacher::{ModuleError, ModuleRights, TeacherFileError};
use crate::trainer::TrainingError;

/// How a suite is run: nothing here changes its numbers.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The folder of the suite's results.
    pub out: PathBuf,
    /// The folder that holds the data sets' folders.
    pub data: PathBuf,
    /// Cohorts trained side by side, one thread each.
    pub jobs: usize,
    /// A cohort is saved after so many seconds of training, again and again (0: before every step; infinity: only where
    /// it is stopped).
    pub checkpoint_every: f64,
    /// How often a cohort or teacher is tried again after a failure that may not happen again.
    pub retries: u32,
    /// The modules that may be run.
    pub modules: ModuleRights,
    /// Whether programs that ask to be started again later are waited for.
    pub waits_for_programs: bool,
    /// Runs that have not changed since every byte of them was checked: their checksums are not computed again.
    pub checked: HashSet<RunId>,
}

/// How often something is tried again by default.
pub const RETRIES: u32 = 2;

/// How often a cohort is saved by default, in seconds: rarely enough that saving costs no noticeable time.
pub const CHECKPOINT_SECONDS: f64 = 60.0;

/// What a call of [`crate::run`] did.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSummary {
    /// Runs of the suite that the store had before.
    pub already_done: usize,
    /// Runs made now.
    pub made: usize,
    /// Runs that other processes made meanwhile.
    pub made_by_others: usize,
    /// Runs of the comparisons that diverged, now or before: the suite has failed runs.
    pub diverged: usize,
    /// Arms without a setting: every one of their grid diverged.
    pub without_choice: Vec<ChoiceError>,
    /// Configurations of a sweep that cannot be run, and why, in sentences.
    pub left_out: Vec<String>,
    /// What could not be made of the others.
    pub failed: Vec<FailedRuns>,
}

/// Runs that could not be made while others could.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedRuns {
    /// The runs.
    pub runs: Vec<RunId>,
    /// Why not, in a sentence.
    pub reason: String,
}

/// Why a suite could not be run to its end. What was finished before is kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The data set is missing or not what it should be.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The teacher's logits are not finite.
    #[error("the teacher is of no use: {0}")]
    Teacher(#[from] ProbabilitiesError),
    /// The teacher's file is not what the suite needs.
    #[error(transparent)]
    TeacherFile(#[from] TeacherFileError),
    /// The teacher's module gives no logits.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// The teacher's training gave no numbers; it is not kept.
    #[error("the teacher diverged: give [teacher] a smaller learning_rate")]
    TeacherDiverged,
    /// An arm cannot be made from these examples.
    #[error("{0}")]
    Arm(#[from] ArmError),
    /// There are runs to train and no trainer.
    #[error("{0}: it can plan, report and import; runs are trained by a build with the feature `training`")]
    NoTrainer(String),
    /// The system gives no threads for the jobs.
    #[error("cannot start {jobs} jobs: {reason}; --jobs asks fewer")]
    NoThreads {
        /// So many were asked.
        jobs: usize,
        /// What the system said.
        reason: String,
    },
    /// Asked to stop.
    #[error("stopped: what was finished is kept, and the same command goes on from there")]
    Stopped,
    /// What several configurations need and cannot have.
    #[error(transparent)]
    Shared(Arc<RunError>),
    /// A program of the user's failed.
    #[error("{reason}")]
    Program {
        /// What happened, in a sentence, and the end of what the program wrote.
        reason: String,
        /// Whether the same may well succeed a moment later.
        transient: bool,
    },
    /// A program of the user's asks to be started again later.
    #[error("its program asks to be started again later")]
    Later,
    /// Every run that is left is with somebody else.
    #[error("every run that is left is out, or waits for a result")]
    NothingNow,
    /// The teacher's answers for an epoch's views are of no use to an arm.
    #[error("an epoch's views: {0}")]
    OnViews(String),
    /// A failure inside libtorch.
    #[error("libtorch failed while training {cohort}: {reason}")]
    Libtorch {
        /// The cohort.
        cohort: String,
        /// What libtorch said.
        reason: String,
    },
}

impl RunError {
    /// What it comes to, however many share it.
    pub fn cause(&self) -> &Self {
        match self {
            Self::Shared(cause) => cause.cause(),
            own => own,
        }
    }

    /// Whether nothing more can be made after it, or shall be. What concerns one teacher, cohort or run stops no other.
    pub(crate) fn concerns_everything(&self) -> bool {
        use ErrorKind::{AlreadyExists, InvalidInput, IsADirectory, NotADirectory, TimedOut};
        match self.cause() {
            Self::Stopped | Self::NothingNow | Self::NoTrainer(_) | Self::NoThreads { .. } | Self::Data(_) => true,
            // Something is wrong with a file's own place, and not with the disk.
            Self::Store(StoreError::Io { source, .. }) => {
                !matches!(source.kind(), AlreadyExists | IsADirectory | NotADirectory | InvalidInput | TimedOut)
            }
            Self::Store(StoreError::InTheWay(_)) => false,
            Self::Store(_) => true,
            _ => false,
        }
    }
}

impl From<TrainingError> for RunError {
    fn from(error: TrainingError) -> Self {
        match error {
            TrainingError::Stopped => Self::Stopped,
            TrainingError::Later => Self::Later,
            TrainingError::Program { reason, transient } => Self::Program { reason, transient },
            TrainingError::Unsupported(reason) => Self::NoTrainer(reason),
            TrainingError::OnViews(reason) => Self::OnViews(reason),
            TrainingError::NotSaved { path, kind, reason } => {
                Self::Store(StoreError::Io { action: "write", path, source: io::Error::new(kind, reason) })
            }
        }
    }
}
