//! A file of a data set, recognised by its contents.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use super::DataError;

/// A published file.
#[derive(Debug)]
pub struct SetFile {
    /// Its name in the data set's folder; compressed where it ends in `.gz`.
    pub name: &'static str,
    /// SHA-256 of its decompressed contents: compression differs between publishers.
    pub sha256: &'static str,
    /// Bytes of its decompressed contents.
    pub bytes: usize,
}

impl SetFile {
    /// The file's decompressed contents, checked against the published length and hash. `setup` is the command that
    /// fetches it.
    pub(super) fn read(&self, folder: &Path, setup: &'static str) -> Result<Vec<u8>, DataError> {
        let path = folder.join(self.name);
        let file = File::open(&path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => DataError::Missing { path: path.clone(), setup },
            _ => DataError::Unreadable { path: path.clone(), source },
        })?;
        let mut bytes = Vec::with_capacity(self.bytes);
        let read = if self.name.ends_with(".gz") {
            GzDecoder::new(file).read_to_end(&mut bytes)
        } else {
            io::BufReader::new(file).read_to_end(&mut bytes)
        };
        match read {
            Err(e) if e.kind() != io::ErrorKind::UnexpectedEof => {
                return Err(DataError::Unreadable { path, source: e });
            }
            _ if bytes.len() != self.bytes => {
                return Err(DataError::WrongLength { path, expected: self.bytes, found: bytes.len(), setup });
            }
            _ => {}
        }
        let found: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if found != self.sha256 {
            return Err(DataError::Altered { path, expected: self.sha256.to_owned(), found, setup });
        }
        Ok(bytes)
    }
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
        FILE.read(folder.path(), "scripts/setup")
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
