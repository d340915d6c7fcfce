//! What keeps a file from being read, written or removed.

use std::io;
use std::path::{Path, PathBuf};

use super::Kind;

/// What keeps a file from being read, written or removed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
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
    /// Something else is there than this program makes under that name.
    #[error("{path} is {found} where {wanted} belongs: it was left as it is (move it away, or give another folder)")]
    InTheWay {
        /// Where.
        path: PathBuf,
        /// What is there.
        found: Kind,
        /// What belongs there.
        wanted: Kind,
    },
    /// A file that is larger than any that this program writes under such a name.
    #[error("{path} claims to have {bytes} bytes, which no such file has")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its length.
        bytes: u64,
    },
    /// A name that leads out of the folder.
    #[error("`{name}` is no name of a file inside {root}")]
    Outside {
        /// The name.
        name: PathBuf,
        /// The folder.
        root: PathBuf,
    },
}

impl FileError {
    pub(super) fn io(action: &'static str, path: &Path, source: impl Into<io::Error>) -> Self {
        Self::Io { action, path: path.to_owned(), source: source.into() }
    }

    /// Whether nothing is there.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }

    /// What the system said, or the sentence as an error of the system's kind.
    pub fn into_io(self) -> io::Error {
        match self {
            Self::Io { source, .. } => source,
            // It stays so until somebody moves it away.
            Self::InTheWay { .. } => io::Error::new(io::ErrorKind::AlreadyExists, self.to_string()),
            other => io::Error::other(other.to_string()),
        }
    }
}
