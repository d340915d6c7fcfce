//! Frames from the store, statistics, the decomposition, tables and figures.
//!
//! [`report`] reads a store, computes everything and writes the store's `report/` folder; what it returns is plain data.
//! Nothing here needs libtorch.

mod answer;
mod calibration;
mod choice_interval;
mod claims;
mod class_relations;
mod comparison_notes;
mod decomposition;
mod diagnostics;
mod error;
#[cfg(test)]
mod examples;
mod figures;
mod files;
mod firmness;
mod frames;
mod intervals;
mod measure;
mod numbers;
mod paired;
mod parquet_columns;
mod problems;
mod ranks;
mod relations;
mod report;
#[cfg(test)]
mod report_tests;
mod resampling;
mod setup;
mod suite_runs;
mod sweep;
mod sweep_text;
mod tables;
mod terminal;

pub use calibration::{
    CalibrationReport, CoverageRow, FalsePositiveRow, SettingRow, Share, Test, TuningRow, calibration_report,
};
pub use choice_interval::{ArmGrid, ChoiceInterval, ChoiceResampling, choice_interval};
pub use claims::{ClaimVerdict, Verdict};
pub use class_relations::{ClassContrasts, StudentContrast, TeacherContrast};
pub use decomposition::{Decomposition, SeedTerms, TermRow};
pub use diagnostics::{ArmDiagnostics, DiagnosticsReport, EpochRescaling};
pub use error::ReportError;
pub use firmness::ChoiceFirmness;
pub use fractionate_records::Term;
pub use intervals::{Interval, Summary, t_quantile};
pub use paired::DifferenceRow;
pub use parquet_columns::{ColumnNumbers, parquet_columns};
pub use problems::{DivergedRun, MissingRun, UnreadableRun};
pub use report::{ArmRow, ComparisonReport, Report, report};
pub use setup::{SetUp, SoftTargetSetUp, StudentSetUp, TeacherSetUp};
pub use sweep::{Sweep, SweepPoint};
