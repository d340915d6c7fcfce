//! Why a teacher's file is refused.

use std::path::{Path, PathBuf};

use fractionate_records::read_user_file;

/// Why a teacher's file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} {reason}", path.display())]
pub struct TeacherFileError {
    /// The file.
    pub path: PathBuf,
    /// The rest of the sentence that begins with it.
    pub reason: String,
}

impl TeacherFileError {
    /// A refusal of this file for this reason.
    pub fn new(path: &Path, reason: impl Into<String>) -> Self {
        Self { path: path.to_owned(), reason: reason.into() }
    }
}

/// The file's bytes.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, TeacherFileError> {
    read_user_file(path).map_err(|reason| TeacherFileError::new(path, reason))
}
