//! Frames from the store, statistics, the decomposition, tables and figures.
//!
//! [`report`] reads a store, computes everything and writes the store's `report/` folder; what it returns is plain data.
//! Nothing here needs libtorch.

mod answer;
mod beside;
#[cfg(test)]
mod beside_tests;
mod calibration;
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
mod setup;
mod statistics;
mod suite_runs;
mod sweep;
mod sweep_text;
mod tables;
mod terminal;
mod tuned_choice;

pub use calibration::{
    CalibrationReport, CoverageRow, FalsePositiveRow, SettingRow, Test, TuningRow, calibration_report,
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
pub use import::{AccuracyUnit, ImportOptions, ImportProblems, ImportedTable, import_columns, import_table};
pub use merge::{MergeError, Merged, merge};
pub use paired::{DifferenceRow, PairRow};
pub use parquet_columns::{ColumnNumbers, parquet_columns};
pub use problems::{DivergedRun, MissingRun, UnreadableRun};
pub use report::{ArmRow, ComparisonReport, Report, report};
pub use run_difference::{ComparedRun, RunDifference, run_difference};
pub use setup::{ImportSetUp, SetUp, SoftTargetSetUp, StudentSetUp, TeacherSetUp};
pub use statistics::{
    ArmGrid, ArmTuning, BCA_RESAMPLES, ChoiceDraws, ChoiceInterval, ChoicePart, ChoiceResampling, EXACT_SIGN_FLIPS,
    EXACT_SIGNED_RANKS, Equivalence, EquivalenceVerdict, ExampleDraws, Interval, OtherIntervals, PLANNED_POWER,
    PairedTests, SeedFloor, Share, Summary, bca_interval, bca_of_resamples, choice_interval, cohens_d_z,
    detectable_d_z, holm, interquartile_mean, paired_t_test, pairs_for_power, pearson, power_of_paired_t,
    probability_of_improvement, sign_flip_test, signed_rank_test, t_quantile,
};
pub use sweep::{Sweep, SweepPoint};
