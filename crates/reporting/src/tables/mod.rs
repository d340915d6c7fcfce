//! The report's tables: text for people, CSV in full precision for programs.

mod arms;
mod choices;
mod decomposition;
mod differences;
mod grid;

pub(crate) use arms::{arms_csv, arms_text};
pub(crate) use choices::{choices_csv, choices_text, edges, setting};
pub(crate) use decomposition::{by_seed_csv, decomposition_csv, decomposition_text};
pub(crate) use differences::{differences_csv, differences_text};
pub(crate) use grid::TextTable;
