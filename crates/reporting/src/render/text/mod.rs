//! The report as text: for the terminal, and as Markdown.

pub(crate) mod claim_power;
pub(crate) mod figure_link;
pub(crate) mod key_table;
pub(crate) mod report;
pub(crate) mod run_difference;
pub(crate) mod seed_floor;
pub(crate) mod selection_stability;
pub(crate) mod setup;
pub(crate) mod style;
pub(crate) mod suite_comparison;
pub(crate) mod sweep;
pub(crate) mod words;
