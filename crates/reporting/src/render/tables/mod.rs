//! The report's tables: Markdown and LaTeX for people, CSV and Parquet in full precision for programs.

mod arms;
mod choices;
pub(crate) mod claims;
mod contrasts;
mod decomposition;
mod diagnostics;
mod differences;
mod grid;
pub(crate) mod intervals;
mod latex;
#[cfg(test)]
mod latex_tests;
mod of_report;
mod paired_tests;
pub(crate) mod run_frames;
mod sweep;
mod table;
pub(crate) mod teachers;

pub(crate) use arms::arms_text;
pub(crate) use choices::{
    choice_of, choices_frame, choices_text, edges, setting, setting_head, setting_of, with_weight_decay,
};
pub(crate) use claims::claims_text;
pub(crate) use contrasts::contrasts_text;
pub(crate) use decomposition::{decomposition_frame, decomposition_text, summary_columns};
pub(crate) use diagnostics::{difficulty_frame, fidelity_text, omega_frame, omega_text};
pub(crate) use differences::{differences_frame, differences_text};
pub(crate) use grid::TextTable;
pub(crate) use intervals::explanation as intervals_explanation;
pub(crate) use of_report::{
    arms_intervals, decomposition_intervals, differences_intervals, of_claims, of_comparison, of_configuration,
    of_contrasts, of_diagnostics, of_relations, of_sweep,
};
pub(crate) use paired_tests::{EXPLANATION as TESTS, pairs_frame, tests_text};
pub(crate) use sweep::{
    arms as sweep_arms, has_terms, sweep_arms_frame, sweep_arms_text, sweep_terms_frame, sweep_terms_text,
};
pub(crate) use table::Table;
pub(crate) use teachers::{teachers_frame, teachers_text};
