//! What a run was and what came out of it: ids, schema, and the store on disk.
//!
//! This crate needs neither libtorch nor polars, so that whatever reads a store builds anywhere.
//!
//! An example program: `cargo run --release --example list_runs -- results/quickstart`.

mod arm_name;
mod claim;
pub mod clean;
mod hold;
mod imported;
mod manifest;
mod normalisation;
mod own_files;
mod pool;
mod quantities;
mod report_style;
mod run;
mod short_hash;
mod splits;
mod store;
mod suggestion;
mod teacher;
mod teacher_right;
mod term;
mod user_file;

pub use arm_name::arm_base_name;
pub use claim::{Claim, ClaimError, Kind, Part, Quantity, Selector, SelectorError, Statement, Sum};
pub use hold::{
    FailureNote, HoldState, Holder, Holds, Observer, RunStanding, Standing, Status, Taken, TeacherStanding, Worker,
    host_name,
};
pub use imported::{
    Imported, ImportedConfiguration, ImportedEpoch, ImportedFile, ImportedOutcome, ImportedRun, ImportedSetting,
    ImportedTuning, KnownScores, right_answers,
};
pub use manifest::{
    ArmChoice, Comparison, DeclaredClaim, Edge, GridPoint, Manifest, ManifestConfiguration, Metric, PlannedRun, Role,
    SuperClass,
};
pub use normalisation::Normalisation;
pub use own_files::{
    Entry, FileError, Kind as FileKind, OwnFolder, create_folder, end_of, is_temporary, keep_end, open_file, read_file,
    write_file,
};
pub use pool::{GridMember, Pool, PoolDescription, PoolFolder, PoolRows, PoolRowsError};
pub use quantities::{Lambda, QuantityError, Seed, Temperature};
pub use report_style::{FigureFormat, Palette, ReportStyle};
pub use run::{
    AskedDiagnostics, DataConfig, DecayedParameters, DeviceKind, Diagnosed, DiagnosticsError, DiagnosticsPlan,
    EpochRow, EpochRule, EvaluationConfig, EvaluationPlan, ExampleDiagnostics, Fidelity, LossConfig, LossParts,
    ModelConfig, ModelOption, NumericsConfig, OptimiserConfig, Outcome, Padding, Predictions, PredictionsError,
    Provenance, Rescaling, RightPredictions, RunConfig, RunDiagnostics, RunId, RunRecord, Scaling, ScheduleConfig,
    Scores, TeacherViews, TrainingConfig, ViewsConfig,
};
pub use splits::{SplitLabels, SplitLabelsError};
pub use store::{
    CELLS, ClaimDeclaration, Damage, Looked, RunFiles, SHARED, Store, StoreError, StoreLock, StorePart, StoreProblem,
    StoreScan, StoreShare, Verification, cell_name, seconds_to_write_a_run, teacher_cell_name,
};
pub use suggestion::nearest;
pub use teacher::{
    LoadedTeacherConfig, ModuleInputs, TeacherConfig, TeacherDataConfig, TeacherKey, TeacherOrigin, TeacherRecord,
    TrainedTeacherConfig,
};
pub use teacher_right::{RightOf, TeacherRight};
pub use term::{DECOMPOSITION_ARMS, Term};
pub use user_file::read_user_file;

/// The version of everything that this crate writes. A file with a newer one is refused.
pub const FORMAT_VERSION: u32 = 1;
