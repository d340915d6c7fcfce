//! From runs to results: means, differences, the decomposition, intervals, verdicts.

pub(crate) mod answer;
pub(crate) mod best_epoch_optimism;
pub(crate) mod calibration;
pub(crate) mod choice_interval;
pub(crate) mod claim_power;
pub(crate) mod claims;
pub(crate) mod class_groups;
pub(crate) mod class_relations;
mod clustering;
pub(crate) mod comparison_notes;
pub(crate) mod configuration_report;
pub(crate) mod decomposition;
pub(crate) mod diagnostics;
pub(crate) mod intervals;
pub(crate) mod measure;
pub(crate) mod paired;
pub(crate) mod problem_runs;
pub(crate) mod relations;
pub(crate) mod results;
pub(crate) mod run_difference;
pub(crate) mod selection_stability;
pub(crate) mod setup;
pub(crate) mod suite_comparison;
pub(crate) mod teachers;
pub(crate) mod tuned_choice;
pub(crate) mod warnings;
