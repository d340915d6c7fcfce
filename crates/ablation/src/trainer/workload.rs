//! What a machine can be asked to try, and what it needs for it.

use fractionate_data::ExampleShape;
use fractionate_records::ModelConfig;

/// Cohorts in training side by side, as far as their speed depends on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Workload {
    /// The architecture.
    pub student: ModelConfig,
    /// Of its examples.
    pub shape: ExampleShape,
    /// Examples of a batch that is full.
    pub batch_size: usize,
    /// Students of a cohort.
    pub members: usize,
    /// Threads of a cohort.
    pub threads: usize,
    /// Cohorts side by side.
    pub at_once: usize,
}

/// Seconds that a cohort takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// A step of all its students.
    pub step: f64,
    /// One example that all of them are evaluated on.
    pub evaluation: f64,
}
