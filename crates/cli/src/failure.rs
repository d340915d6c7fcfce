//! How the program ends when it does not end well.

use fractionate_records::StoreError;
use fractionate_reporting::ReportError;

/// What went wrong, and whose doing it is.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The user asked for something that cannot be: exit code 2.
    WrongUse(String),
    /// The work failed: exit code 1.
    Failed(String),
    /// The user stopped it: exit code 130, as shells do.
    Interrupted(String),
}

impl Failure {
    /// The exit code, and what is said on standard error.
    pub(crate) fn code_and_text(self) -> (u8, String) {
        match self {
            Self::WrongUse(text) => (2, text),
            Self::Failed(text) => (1, text),
            Self::Interrupted(text) => (130, text),
        }
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
