//! What a program is to give back.

use serde::Serialize;

/// How many examples of each split logits are expected of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Expected {
    /// Validation examples, at least 1.
    pub validation: usize,
    /// Test examples; 0 where the run is not tested, as in tuning.
    pub test: usize,
}

/// How many examples of each split a teacher's logits are expected of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TeacherExpected {
    /// Training examples, at least 1.
    pub training: usize,
    /// Validation examples, at least 1.
    pub validation: usize,
    /// Test examples, at least 1.
    pub test: usize,
}
