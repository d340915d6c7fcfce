//! Arms, suite files, planning and execution.

pub mod arm;
pub mod suite;
