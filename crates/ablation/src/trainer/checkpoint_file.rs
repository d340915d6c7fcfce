//! Where a training is saved, and how often.

use std::path::PathBuf;

/// Where a training is saved, and how often.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckpointFile {
    /// The file.
    pub path: PathBuf,
    /// The file that it goes on from, if any: it may hold other students, too.
    pub from: Option<PathBuf>,
    /// By member a name that distinguishes it from all students whose numbers could differ.
    pub students: Vec<String>,
    /// Seconds between two saves (0: before every step; infinity: only where it is stopped).
    pub every: f64,
}

/// What a checkpoint says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedTraining {
    /// Its students, by the names of [`CheckpointFile::students`].
    pub students: Vec<String>,
    /// The epoch (from 1) and the step in it (from 0) that come next.
    pub position: (usize, usize),
}
