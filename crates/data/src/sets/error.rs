//! Why a data set cannot be read.

use std::io;
use std::path::PathBuf;

use super::ArraysProblem;
use crate::WorldError;

/// Why a data set cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A file is not where it should be.
    #[error("{path} is missing: get the data set with {setup}, or name the folder that holds it with --data")]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
        /// The command that fetches it.
        setup: &'static str,
    },
    /// A file that the system does not let us read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file of the wrong length: cut off, or something else.
    #[error("{path} holds {found} bytes when decompressed where {expected} are expected: fetch it again with {setup}")]
    WrongLength {
        /// The file.
        path: PathBuf,
        /// Bytes that the published file has.
        expected: usize,
        /// Bytes that were found.
        found: usize,
        /// The command that fetches it.
        setup: &'static str,
    },
    /// A file of the right length with other contents.
    #[error("{path} has SHA-256 {found} when decompressed where {expected} is expected: fetch it again with {setup}")]
    Altered {
        /// The file.
        path: PathBuf,
        /// The published file's hash.
        expected: String,
        /// The hash that was found.
        found: String,
        /// The command that fetches it.
        setup: &'static str,
    },
    /// Arrays that are no data set.
    #[error("{0}")]
    Arrays(ArraysProblem),
    /// Arrays that are another data set than when the suite was checked.
    #[error("{path} or its labels have changed since the suite was checked: run it again")]
    Changed {
        /// The file of the examples.
        path: PathBuf,
    },
    /// A world whose options are not those of one.
    #[error("there is no such world: {0}")]
    World(WorldError),
}
