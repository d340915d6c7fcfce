//! Suite files, plans, tuning, and execution over a trainer.
//!
//! Nothing here needs libtorch: a [`Trainer`] makes teachers and trains cohorts of students.
//!
//! An example program: `cargo run --release --example planned_runs`.

mod arm_targets;
mod choice;
mod cohorts;
mod durations;
mod execution;
mod fidelity;
mod forecast;
pub mod networks;
mod plan;
mod pool;
mod runner_ups;
pub mod suite;
mod target_tables;
mod teacher;
mod trainer;
mod watch;
mod workers;

pub use arm_targets::{ArmTargets, TargetsFormat, TargetsOfArms, arm_targets};
pub use choice::{ChoiceError, choose};
#[doc(hidden)]
pub use cohorts::cohort_size;
pub use cohorts::group as cohorts_of;
pub use cohorts::{CohortSize, CohortSizes};
pub use execution::{
    CHECKPOINT_SECONDS, FailedRuns, RETRIES, RunError, RunOptions, RunSummary, make_teachers, other_settings, run,
};
pub use fidelity::{TeacherView, TestView, accuracy_by_decile, deciles, fidelity, right, right_by_difficulty};
pub use forecast::{Forecast, RunForecast, TeacherForecast};
pub use networks::ExampleCost;
pub use plan::{Plan, RunPlan, SweepPlan};
pub use pool::{PoolOptions, make_pool};
pub use runner_ups::with_runner_ups;
pub use teacher::{
    AllowedModule, KnownTeacher, LogitsFile, LogitsPaths, LogitsWanted, MadeTeacher, ModuleError, ModuleFile,
    ModuleRights, OutputForm, OutputKind, ParquetReader, SplitLogits, TeacherFileError, TeacherLogits, WeightsFile,
    load_classifier, load_teacher, modules_to_run, score, teachers_from_elsewhere,
};
pub use trainer::{
    CheckpointFile, Cohort, CohortResult, DiagnosticsRequest, DropoutMasks, EpochTables, InitialState, MakeTables,
    Member, MemberResult, MemberSettings, NamedWeights, Objective, Pace, PlanningOnly, ProgramTeacher, Progress,
    SavedTraining, TeacherAnswers, TeacherNetwork, TeacherOnViews, TeacherResult, TestAnswers, Trainer, TrainingError,
    TrainingSet, Workload,
};
pub use watch::{Stage, Watch};

/// The version of the order of operations: raised whenever a change gives other bits, so that old runs keep their ids.
pub const CODE_FORMAT: u32 = 1;
