//! Why a module gives no logits.

use std::path::PathBuf;
use std::time::Duration;

use super::TeacherFileError;

/// Why a module gives no logits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ModuleError {
    /// It is no teacher of this data.
    #[error(transparent)]
    File(#[from] TeacherFileError),
    /// It did not come back.
    #[error(
        "{} gave no outputs for a batch of examples in {} seconds: --module-seconds gives it longer",
        path.display(), limit.as_secs_f64()
    )]
    TooSlow {
        /// The file.
        path: PathBuf,
        /// How long it had.
        limit: Duration,
    },
}
