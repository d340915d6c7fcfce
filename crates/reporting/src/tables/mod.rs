//! The report's tables: text for people, CSV in full precision for programs.

mod arms;
mod choices;
mod claims;
mod contrasts;
mod decomposition;
mod diagnostics;
mod differences;
mod grid;
mod sweep;

pub(crate) use arms::{arms_csv, arms_text};
pub(crate) use choices::{choices_csv, choices_text, edges, setting};
pub(crate) use claims::{claims_csv, claims_text};
pub(crate) use contrasts::{contrasts_csv, contrasts_text};
pub(crate) use decomposition::{by_seed_csv, decomposition_csv, decomposition_text, summary_columns};
pub(crate) use diagnostics::{difficulty_csv, fidelity_csv, fidelity_text, omega_csv, omega_text};
pub(crate) use differences::{differences_csv, differences_text};
pub(crate) use grid::TextTable;
pub(crate) use sweep::{
    arms as sweep_arms, has_terms, sweep_arms_csv, sweep_arms_text, sweep_terms_csv, sweep_terms_text,
};
