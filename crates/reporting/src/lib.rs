//! Frames from the store, statistics, the decomposition, tables and figures.
//!
//! [`report`] reads a store, computes everything and writes the store's `report/` folder; what it returns is plain data.
//! Nothing here needs libtorch.

mod answer;
mod calibration;
mod claims;
mod class_relations;
mod comparison_notes;
mod declared;
mod decomposition;
mod diagnostics;
mod error;
#[cfg(test)]
#[allow(dead_code, reason = "the benchmark needs more of it")]
mod examples;
mod figures;
mod files;
mod firmness;
mod frames;
mod measure;
mod numbers;
mod paired;
mod parquet_columns;
mod problems;
mod relations;
mod report;
#[cfg(test)]
mod report_tests;
mod run;
mod setup;
mod statistics;
mod suite_runs;
mod sweep;
mod sweep_text;
mod tables;
mod terminal;

pub use calibration::{
    CalibrationReport, CoverageRow, FalsePositiveRow, SettingRow, Test, TuningRow, calibration_report,
};
pub use claims::{ClaimVerdict, Verdict};
pub use class_relations::{ClassContrasts, StudentContrast, TeacherContrast};
pub use decomposition::{Decomposition, SeedTerms, TermRow};
pub use diagnostics::{ArmDiagnostics, DiagnosticsReport, EpochRescaling};
pub use error::ReportError;
pub use firmness::ChoiceFirmness;
pub use fractionate_records::Term;
pub use paired::{DifferenceRow, PairRow};
pub use parquet_columns::{ColumnNumbers, parquet_columns};
pub use problems::{DivergedRun, MissingRun, UnreadableRun};
pub use report::{ArmRow, ComparisonReport, Report, report};
pub use setup::{ImportSetUp, SetUp, SoftTargetSetUp, StudentSetUp, TeacherSetUp};
pub use statistics::{
    ArmGrid, ChoiceInterval, ChoiceResampling, Equivalence, EquivalenceVerdict, Interval, OtherIntervals, PairedTests,
    SeedFloor, Share, Summary, choice_interval, t_quantile,
};
pub use sweep::{Sweep, SweepPoint};
