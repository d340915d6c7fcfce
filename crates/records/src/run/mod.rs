//! A run: what identifies it, and what came out of it.

mod config;
mod consistency;
mod diagnostics;
mod model;
mod predictions;
mod provenance;
mod record;
mod right_predictions;
mod run_id;

pub use config::{
    DataConfig, DecayedParameters, DeviceKind, EpochRule, EvaluationConfig, EvaluationPlan, LossConfig, NumericsConfig,
    OptimiserConfig, Padding, RunConfig, Scaling, ScheduleConfig, TeacherViews, TrainingConfig, ViewsConfig,
};
pub use diagnostics::{
    AskedDiagnostics, Diagnosed, DiagnosticsError, DiagnosticsPlan, ExampleDiagnostics, Fidelity, Rescaling,
    RunDiagnostics,
};
pub use model::{ModelConfig, ModelOption};
pub use predictions::{Predictions, PredictionsError};
pub use provenance::Provenance;
pub use record::{EpochRow, LossParts, Outcome, RunRecord, Scores};
pub use right_predictions::RightPredictions;
pub use run_id::RunId;
