//! Where a training is saved, and how often.

use std::path::PathBuf;

/// Where a training is saved, and how often.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckpointFile {
    /// The file.
    pub path: PathBuf,
    /// Distinguishes all trainings whose numbers could differ.
    pub key: String,
    /// Seconds between two saves (0: before every step; infinity: only where it is stopped).
    pub every: f64,
}
