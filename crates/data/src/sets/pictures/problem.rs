//! Why files are no set of pictures.

use std::path::Path;

/// The key of a suite file that a problem of pictures belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PicturesKey {
    /// Where the pictures are.
    Place,
    /// The files of the test part.
    TestFiles,
    /// How large pictures become.
    Size,
    /// The column of the labels.
    LabelColumn,
    /// What is done about damaged pictures.
    Damaged,
    /// The classes' names.
    ClassNames,
}

/// Why files are no set of pictures.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PicturesProblem {
    /// What is to blame.
    pub key: PicturesKey,
    /// What is wrong, in one sentence that names the file.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

impl PicturesProblem {
    pub(super) fn new(key: PicturesKey, message: impl Into<String>) -> Self {
        Self { key, message: message.into(), help: None }
    }

    /// Of a file or folder; the reason completes "FILE ...".
    pub(super) fn of(path: &Path, reason: impl AsRef<str>) -> Self {
        Self::new(PicturesKey::Place, format!("{} {}", path.display(), reason.as_ref()))
    }

    pub(super) fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}
