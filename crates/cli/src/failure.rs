//! How the program ends when it does not end well.

use fractionate_records::{FileError, StoreError};
use fractionate_reporting::ReportError;

/// What went wrong, and whose doing it is.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The user asked for something that cannot be: exit code 2.
    WrongUse(String),
    /// The same in several lines, where everything that is wrong with a file is said at once.
    Problems(String),
    /// The work failed: exit code 1.
    Failed(String),
    /// The user stopped it: exit code 130, as shells do.
    Interrupted(String),
}

impl Failure {
    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::WrongUse(_) | Self::Problems(_) => 2,
            Self::Failed(_) => 1,
            Self::Interrupted(_) => 130,
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::Failed(format!("error: {error}"))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotAStore { .. } | StoreError::Foreign(_) | StoreError::Imported(_) => {
                Self::WrongUse(format!("error: {error}"))
            }
            _ => Self::Failed(format!("error: {error}")),
        }
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        Self::Failed(format!("error: {error}"))
    }
}
