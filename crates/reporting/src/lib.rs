//! From a store of runs to its report: numbers, tables, figures and a page.
//!
//! The floors stand on one another, from the ground up: `source` (a suite as it was read), `model` (plain results),
//! `analysis` (from runs to results), `render` (tables, figures, text, the page), and the entry points here.
//!
//! [`report`] reads a store, computes everything and writes the store's `report/` folder; what it returns is plain data.
//!
//! [`StoreResults`] reads a store and gives its numbers as frames instead.
//!
//! An example program: `cargo run --release --example report_store -- results/quickstart`.

mod analysis;
mod calibration_report;
#[cfg(test)]
mod calibration_tests;
mod error;
#[cfg(test)]
#[allow(dead_code, reason = "the benchmark needs more of it")]
mod examples;
pub mod frames;
mod model;
pub mod numbers;
mod render;
mod report;
mod results;
pub mod source;

pub use analysis::choice_interval::{
    ArmGrid, ArmTuning, ChoiceDraws, ChoiceInterval, ChoicePart, ChoiceResampling, choice_interval,
};
pub use analysis::claim_power::claim_power;
pub use analysis::problem_runs::untested;
pub use analysis::run_difference::run_difference;
pub use analysis::suite_comparison::compare;
pub use calibration_report::calibration_report;
pub use error::ReportError;
pub use model::calibration::{CalibrationReport, CoverageRow, FalsePositiveRow, SettingRow, Test, TuningRow};
pub use model::claim_power::{ClaimPower, PLANNED_POWER};
pub use model::claim_verdict::{ClaimEvidence, ClaimVerdict, Verdict};
pub use model::class_contrasts::{ClassContrasts, StudentContrast, TeacherContrast};
pub use model::decomposition::{Decomposition, SeedTerms, TermRow};
pub use model::diagnostics::{ArmDiagnostics, DiagnosticsReport, EpochRescaling};
pub use model::differences::{DifferenceRow, PairRow};
pub use model::metric_words::MetricWords;
pub use model::other_intervals::{IntervalKind, OtherIntervals};
pub use model::problem_runs::{DivergedRun, MissingRun, missing_sentences};
pub use model::report::{ArmRow, ComparisonReport, Report, Sweep, SweepConfiguration};
pub use model::run_difference::{ComparedRun, RunDifference};
pub use model::selection_stability::SelectionStability;
pub use model::setup::{ImportSetUp, SetUp, SoftTargetSetUp, StudentSetUp, TeacherSetUp};
pub use model::suite_comparison::{
    Both, ComparedArm, ComparedSuite, ComparedTerm, ConfigurationComparison, Pairing, SuiteComparison,
};
pub use render::text::claim_power::claim_power_text;
pub use render::text::seed_floor::{power_sentence, seed_floor_sentence};
pub use report::{report, report_in, report_to};
pub use results::{ResultSection, StoreResults};
pub use source::configuration::KeyDifference;
pub use source::unreadable_runs::UnreadableRun;
