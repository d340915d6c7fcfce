//! What trains: the interface between a suite's execution and whoever makes teachers and students.
//!
//! A [`Trainer`] receives plain arrays on the host and gives plain numbers back; where it computes is its own affair.

mod checkpoint_file;
mod cohort;
mod diagnostics_request;
mod initial_state;
mod member;
mod named_weights;
mod objective;
mod planning_only;
mod program_teacher;
mod progress;
mod result;
mod teacher_on_views;
mod training_set;
mod workload;

use std::fmt::Debug;
use std::path::Path;

use fractionate_data::{ExampleShape, Splits};
use fractionate_records::{
    LoadedTeacherConfig, ModelConfig, NumericsConfig, OwnFolder, StoreError, TrainedTeacherConfig,
};

pub use checkpoint_file::{CheckpointFile, SavedTraining};
pub use cohort::Cohort;
pub use diagnostics_request::{DiagnosticsRequest, TeacherAnswers, TeacherNetwork, TestAnswers};
pub use initial_state::{DropoutMasks, InitialState};
pub use member::{Member, MemberSettings};
pub use named_weights::NamedWeights;
pub use objective::Objective;
pub use planning_only::PlanningOnly;
pub use program_teacher::ProgramTeacher;
pub use progress::Progress;
pub use result::{CohortResult, MemberResult, TeacherResult, TrainingError};
pub use teacher_on_views::{EpochTables, MakeTables, TeacherOnViews};
pub use training_set::TrainingSet;
pub use workload::{Pace, Workload};

use crate::networks::{ExampleCost, Networks};
use crate::teacher::{AllowedModule, ModuleError, SplitLogits};

/// Makes teachers and trains cohorts of students, on one device.
///
/// A failure inside a trainer's library may arrive as a panic: whoever calls catches it.
pub trait Trainer: Debug + Sync {
    /// The arithmetic of its runs: part of every run's identity.
    fn numerics(&self) -> NumericsConfig;

    /// The device as it is written: `cpu`, `cuda:0`.
    fn device(&self) -> String;

    /// The widest instruction set that its kernels use on this processor, for the provenance of runs.
    fn cpu_capability(&self) -> &'static str;

    /// What a worker thread calls before its first training.
    fn worker_start(&self) -> fn();

    /// The networks that it trains, or that suites may name where it trains none.
    fn networks(&self) -> Networks {
        Networks::BUILT_IN
    }

    /// The usual short name of an architecture for examples of this shape: 784-32-10 for an MLP.
    fn architecture_name(&self, model: &ModelConfig, shape: ExampleShape) -> String;

    /// What one example costs a network; `None` if this trainer cannot train it.
    fn example_cost(&self, model: &ModelConfig, shape: ExampleShape) -> Option<ExampleCost>;

    /// The most members of a cohort of such students, at least 1: more make no step faster.
    fn most_cohort_members(&self, model: &ModelConfig) -> usize;

    /// Whether it can train at all.
    fn trains(&self) -> bool;

    /// What this machine needs for a workload, tried for a fraction of a second; `None` if it cannot be tried.
    fn measure(&self, work: &Workload) -> Option<Pace>;

    /// The name of the last layer's weights in a teacher's file of weights: a matrix [classes, inputs].
    fn last_layer(&self, model: &ModelConfig) -> String;

    /// Trains a cohort: from the checkpoint if it holds that cohort, and saved there as often as it says and when
    /// stopped. Each student gets, bit for bit, the numbers that it would have alone, with any set of other members and
    /// after any interruption.
    ///
    /// # Errors
    /// [`TrainingError::Stopped`] if `progress` was asked to stop; [`TrainingError::NotSaved`] if a checkpoint cannot be
    /// written.
    fn train(
        &self,
        cohort: &Cohort,
        set: &TrainingSet<'_>,
        checkpoint: Option<&CheckpointFile>,
        progress: &Progress,
    ) -> Result<CohortResult, TrainingError>;

    /// What a cohort of one starts from and draws, for so many training examples; `None` if this trainer cannot tell.
    fn initial_state(&self, _cohort: &Cohort, _shape: ExampleShape, _examples: usize) -> Option<InitialState> {
        None
    }

    /// Trains a teacher on the splits' training examples; checkpoints as for [`Trainer::train`].
    ///
    /// # Errors
    /// As [`Trainer::train`].
    fn train_teacher(
        &self,
        config: &TrainedTeacherConfig,
        splits: &Splits,
        checkpoint: Option<&CheckpointFile>,
        progress: &Progress,
    ) -> Result<TeacherResult, TrainingError>;

    /// The logits of every split's examples that a program gives.
    ///
    /// # Errors
    /// [`TrainingError::Program`] with what went wrong; [`TrainingError::Unsupported`] if this trainer starts no programs.
    fn program_teacher(
        &self,
        _teacher: &ProgramTeacher<'_>,
        _splits: &Splits,
        _store: &OwnFolder,
        _progress: &Progress,
    ) -> Result<SplitLogits, TrainingError> {
        Err(TrainingError::Unsupported("this trainer starts no programs".to_owned()))
    }

    /// The logits of a teacher with these weights, the bits that its training gave.
    ///
    /// # Errors
    /// What is wrong with the weights, to stand after the name of their file.
    fn teacher_logits(
        &self,
        config: &TrainedTeacherConfig,
        weights: &NamedWeights,
        splits: &Splits,
    ) -> Result<SplitLogits, String>;

    /// The logits of a teacher whose weights come from elsewhere.
    ///
    /// # Errors
    /// What is wrong with the weights, to stand after the name of their file.
    fn loaded_teacher(
        &self,
        _config: &LoadedTeacherConfig,
        _weights: &NamedWeights,
        _splits: &Splits,
    ) -> Result<SplitLogits, String> {
        Err("cannot be used: this trainer has no networks".to_owned())
    }

    /// The epoch (from 1) in which a saved training is; `None` if it goes on from none.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if the file does not hold this training; [`StoreError::Io`] if it cannot be read.
    fn saved_epoch(&self, checkpoint: &CheckpointFile) -> Result<Option<usize>, StoreError>;

    /// What a checkpoint says of itself, without a look at its numbers; `None` if it is none that this version reads.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if it is not what was written; [`StoreError::Io`] if it cannot be read.
    fn saved_training(&self, path: &Path) -> Result<Option<SavedTraining>, StoreError>;

    /// A module's logits of every split's examples, or of the first `at_most` of each.
    ///
    /// # Errors
    /// If the file is no module, its outputs are no finite logits, or others when it is asked again, or it takes longer
    /// than it may.
    fn module_logits(
        &self,
        module: AllowedModule<'_>,
        splits: &Splits,
        at_most: Option<usize>,
    ) -> Result<SplitLogits, ModuleError>;
}
