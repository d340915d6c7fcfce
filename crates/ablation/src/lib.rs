//! Arms, suite files, planning and execution.

pub mod arm;
mod arm_targets;
mod choice;
mod cohort_cut;
mod cohort_speeds;
mod cohorts;
mod contenders;
mod cost;
mod diagnostics_basis;
mod execution;
mod forecast;
mod plan;
mod point_teacher;
mod pool;
pub mod suite;
mod target_tables;
mod teacher_knowledge;
mod watch;
mod workers;

pub use arm_targets::{ArmTargets, TargetsFormat, arm_targets};
pub use choice::{ChoiceError, choose};
#[doc(hidden)]
pub use cohort_cut::quickest;
pub use cohort_cut::{CohortCut, CohortSize};
pub use cohort_speeds::CohortSpeeds;
pub use cohorts::group as cohorts_of;
pub use contenders::with_contenders;
pub use cost::{Cost, Throughput};
pub use execution::{CHECKPOINT_SECONDS, RETRIES, RunError, RunOptions, RunSummary, make_teachers, run};
pub use forecast::{Forecast, RunForecast, TeacherForecast};
pub use plan::{Plan, RunPlan, SweepPlan, numerics};
pub use pool::{PoolOptions, make_pool};
pub use watch::{Stage, Watch};
