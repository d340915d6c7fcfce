//! What keeps a store from being read or written.

use std::io;
use std::path::{Path, PathBuf};

use crate::{FORMAT_VERSION, FileError};

/// What keeps a store from being read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The operating system said no.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// `read`, `write`, `create`.
        action: &'static str,
        /// What it was about.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something else lies where the store's own files belong.
    #[error(transparent)]
    InTheWay(FileError),
    /// A file that is not what it should be.
    #[error("{path} is damaged: {reason}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A sound run of which less was recorded than is now asked.
    #[error("{0} lacks the diagnostics that the suite asks")]
    Undiagnosed(PathBuf),
    /// A file from a later version of fractionate.
    #[error(
        "{path} has format {found}, but this version of fractionate reads formats up to {FORMAT_VERSION}: use a newer fractionate"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The format that it claims.
        found: u32,
    },
    /// A folder without a manifest.
    #[error("{path} is not a suite's results: {reason} (a folder made by `fractionate run` or `import` is wanted)")]
    NotAStore {
        /// The folder.
        path: PathBuf,
        /// What is there instead.
        reason: &'static str,
    },
    /// A folder of runs that were made elsewhere: none can be made in it.
    #[error("{0} holds runs imported from a table, to which none can be added: give another folder with --out")]
    Imported(PathBuf),
    /// A folder that holds other things: writing there could overwrite them.
    #[error("{0} holds other things than a suite's results: give a new or an empty folder with --out")]
    Foreign(PathBuf),
    /// A calibration's folder whose pool was made from something else.
    #[error(
        "{0} holds the pool of another calibration, or of this one as it was before: give another folder with --out"
    )]
    OtherPool(PathBuf),
    /// Another process is writing.
    #[error("another fractionate is writing to {0}: wait for it or give another folder with --out")]
    Locked(PathBuf),
    /// Other processes are running another suite in the store, or another version of this one.
    #[error(
        "another fractionate is writing to {0} and runs another suite, or this one with other settings: wait for it or give another folder with --out"
    )]
    OtherSuite(PathBuf),
}

impl StoreError {
    /// Whether files are missing or not what they should be, or too few, so that making them again is the cure.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Damaged { .. } | Self::Undiagnosed(_) => true,
            Self::Io { source, .. } => source.kind() == io::ErrorKind::NotFound,
            _ => false,
        }
    }
}

impl From<FileError> for StoreError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Io { action, path, source } => Self::Io { action, path, source },
            other => Self::InTheWay(other),
        }
    }
}

pub(crate) fn io_error(action: &'static str, path: &Path, source: io::Error) -> StoreError {
    StoreError::Io { action, path: path.to_owned(), source }
}

pub(crate) fn damaged(path: &Path, reason: impl std::fmt::Display) -> StoreError {
    StoreError::Damaged { path: path.to_owned(), reason: reason.to_string() }
}
