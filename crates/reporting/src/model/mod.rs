//! Plain results: what a report holds, computed elsewhere and shown elsewhere.

pub(crate) mod calibration;
pub(crate) mod claim_power;
pub(crate) mod claim_verdict;
pub(crate) mod class_contrasts;
pub(crate) mod decomposition;
pub(crate) mod diagnostics;
pub(crate) mod differences;
pub(crate) mod metric_words;
pub(crate) mod other_intervals;
pub(crate) mod problem_runs;
pub(crate) mod report;
pub(crate) mod run_difference;
pub(crate) mod selection_stability;
pub(crate) mod setup;
pub(crate) mod suite_comparison;
pub(crate) mod teachers;
