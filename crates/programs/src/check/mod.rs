//! Tries a program on a few short cells, before time is spent on it.

mod findings;
mod outcomes;
mod trials;

pub use findings::{Finding, ProgramCheck, Verdict};
pub use trials::check_program;
