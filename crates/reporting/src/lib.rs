//! Frames from the store, statistics, the decomposition, tables and figures.
//!
//! [`report`] reads a store, computes everything and writes the store's `report/` folder; what it returns is plain data.
//! Nothing here needs libtorch.

mod answer;
mod beside;
#[cfg(test)]
mod beside_tests;
mod calibration;
mod choice_interval;
mod claims;
mod class_relations;
mod compare;
mod comparison_notes;
mod configuration;
mod correctness;
mod declared;
mod decomposition;
mod diagnostics;
mod error;
#[cfg(test)]
#[allow(dead_code, reason = "the benchmark needs more of it")]
mod examples;
mod export;
mod figures;
mod files;
mod firmness;
mod flattery;
mod frames;
mod import;
mod measure;
mod merge;
mod numbers;
mod other_intervals;
mod page;
mod paired;
mod parquet_columns;
mod problems;
mod relations;
mod report;
#[cfg(test)]
mod report_tests;
mod run;
mod run_difference;
mod seed_floor_text;
mod setup;
mod suite_runs;
mod sweep;
mod sweep_text;
mod tables;
mod terminal;
mod tuned_choice;

pub use calibration::{
    CalibrationReport, CoverageRow, FalsePositiveRow, SettingRow, Test, TuningRow, calibration_report,
};
pub use choice_interval::{
    ArmGrid, ArmTuning, ChoiceDraws, ChoiceInterval, ChoicePart, ChoiceResampling, choice_interval,
};
pub use claims::{ClaimVerdict, Verdict};
pub use class_relations::{ClassContrasts, StudentContrast, TeacherContrast};
pub use compare::{Both, ComparedArm, ComparedSuite, ComparedTerm, Pairing, PointComparison, SuiteComparison, compare};
pub use configuration::KeyDifference;
pub use decomposition::{Decomposition, SeedTerms, TermRow};
pub use diagnostics::{ArmDiagnostics, DiagnosticsReport, EpochRescaling};
pub use error::ReportError;
pub use export::{EXPORT_COLUMNS, ExportRows, ExportedTable, export};
pub use firmness::ChoiceFirmness;
pub use fractionate_records::Term;
pub use fractionate_statistics::{
    BCA_RESAMPLES, Equivalence, EquivalenceVerdict, Interval, PairedTests, SeedFloor, Share, Summary, bca_interval,
    interquartile_mean, paired_t_test, sign_flip_test, t_quantile,
};
pub use import::{AccuracyUnit, ImportOptions, ImportProblems, ImportedTable, import_columns, import_table};
pub use merge::{MergeError, Merged, merge};
pub use other_intervals::OtherIntervals;
pub use paired::{DifferenceRow, PairRow};
pub use parquet_columns::{ColumnNumbers, parquet_columns};
pub use problems::{DivergedRun, MissingRun, UnreadableRun};
pub use report::{ArmRow, ComparisonReport, Report, report};
pub use run_difference::{ComparedRun, RunDifference, run_difference};
pub use seed_floor_text::{PLANNED_POWER, power_sentence, seed_floor_sentence};
pub use setup::{ImportSetUp, SetUp, SoftTargetSetUp, StudentSetUp, TeacherSetUp};
pub use sweep::{Sweep, SweepPoint};
