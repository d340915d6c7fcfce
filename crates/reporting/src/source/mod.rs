//! A suite as it was read, made here or imported: what it declares, its runs, and what could not be read.

pub mod axes;
pub mod configuration;
pub mod correctness;
pub mod declared;
pub mod run;
pub mod suite_runs;
pub mod unreadable_runs;
