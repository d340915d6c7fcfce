//! A data set as it lies in its files: pictures as bytes, and labels.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use crate::KnownSet;
use crate::known_set::SetFile;

/// The examples of a known set, read and checked.
#[derive(Debug)]
pub struct DataSet {
    pub(crate) set: KnownSet,
    /// Train examples x pixels, row by row.
    pub(crate) train_images: Vec<u8>,
    pub(crate) train_labels: Vec<u8>,
    pub(crate) test_images: Vec<u8>,
    pub(crate) test_labels: Vec<u8>,
}

/// Why a data set cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file is not where it should be.
    #[error("{path} is missing: get the data set with scripts/setup, or name the folder that holds it with --data")]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
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
    #[error(
        "{path} holds {found} bytes when decompressed where {expected} are expected: fetch it again with scripts/setup"
    )]
    WrongLength {
        /// The file.
        path: PathBuf,
        /// Bytes that the published file has.
        expected: usize,
        /// Bytes that were found.
        found: usize,
    },
    /// A file of the right length with other contents.
    #[error(
        "{path} has SHA-256 {found} when decompressed where {expected} is expected: fetch it again with scripts/setup"
    )]
    Altered {
        /// The file.
        path: PathBuf,
        /// The published file's hash.
        expected: String,
        /// The hash that was found.
        found: String,
    },
}

impl DataSet {
    /// Reads the set's files from `root/<set's name>/` and checks every one against its published hash.
    ///
    /// # Errors
    /// If a file is missing, unreadable, truncated or altered.
    pub fn read(set: KnownSet, root: &Path) -> Result<Self, DataError> {
        let folder = root.join(set.name());
        let files = set.files();
        // The idx header's length: magic number and one word per dimension.
        let images = |file| read_checked(&folder, file).map(|bytes| bytes[16..].to_vec());
        let labels = |file| read_checked(&folder, file).map(|bytes| bytes[8..].to_vec());
        Ok(Self {
            set,
            train_images: images(&files.train_images)?,
            train_labels: labels(&files.train_labels)?,
            test_images: images(&files.test_images)?,
            test_labels: labels(&files.test_labels)?,
        })
    }

    /// Whether all of the set's files are in `root/<set's name>/`; their contents are not looked at.
    pub fn is_present(set: KnownSet, root: &Path) -> bool {
        set.files().all().iter().all(|file| root.join(set.name()).join(file.name).is_file())
    }
}

fn read_checked(folder: &Path, file: &SetFile) -> Result<Vec<u8>, DataError> {
    let path = folder.join(file.name);
    let compressed = File::open(&path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => DataError::Missing { path: path.clone() },
        _ => DataError::Unreadable { path: path.clone(), source },
    })?;
    let mut bytes = Vec::with_capacity(file.bytes);
    let read = GzDecoder::new(compressed).read_to_end(&mut bytes);
    match read {
        Err(e) if e.kind() != io::ErrorKind::UnexpectedEof => return Err(DataError::Unreadable { path, source: e }),
        _ if bytes.len() != file.bytes => {
            return Err(DataError::WrongLength { path, expected: file.bytes, found: bytes.len() });
        }
        _ => {}
    }
    let found: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    if found != file.sha256 {
        return Err(DataError::Altered { path, expected: file.sha256.to_owned(), found });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    /// Three zero bytes.
    const FILE: SetFile = SetFile {
        name: "labels.gz",
        sha256: "709e80c88487a2411e1ee4dfb9f22a861492d20c4765150c0c794abd70f8147c",
        bytes: 3,
    };

    fn read(contents: &[u8]) -> Result<Vec<u8>, DataError> {
        let folder = tempfile::tempdir().unwrap();
        let mut encoder = GzEncoder::new(File::create(folder.path().join(FILE.name)).unwrap(), Compression::best());
        encoder.write_all(contents).unwrap();
        encoder.finish().unwrap();
        read_checked(folder.path(), &FILE)
    }

    #[test]
    fn a_file_with_the_published_contents_is_read_however_it_is_compressed() {
        assert_eq!(read(&[0, 0, 0]).unwrap(), [0, 0, 0]);
    }

    #[test]
    fn one_other_byte_is_an_altered_file_and_one_more_or_less_a_wrong_length() {
        assert!(matches!(read(&[0, 1, 0]), Err(DataError::Altered { .. })));
        assert!(matches!(read(&[0, 0]), Err(DataError::WrongLength { expected: 3, found: 2, .. })));
        assert!(matches!(read(&[0, 0, 0, 0]), Err(DataError::WrongLength { expected: 3, found: 4, .. })));
    }
}
