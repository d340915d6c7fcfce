//! Pictures in files of the idx format, compressed with gzip.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use super::{DataError, DataSet, ExampleShape, Part, Rows};

/// A file of a data set.
#[derive(Debug)]
pub(super) struct SetFile {
    /// Its name in the data set's folder; compressed.
    pub(super) name: &'static str,
    /// SHA-256 of its decompressed contents: compression differs between publishers.
    pub(super) sha256: &'static str,
    /// Bytes of its decompressed contents.
    pub(super) bytes: usize,
}

/// The files of a data set of pictures.
#[derive(Debug)]
pub(super) struct SetFiles {
    pub(super) train_images: SetFile,
    pub(super) train_labels: SetFile,
    pub(super) test_images: SetFile,
    pub(super) test_labels: SetFile,
}

impl SetFiles {
    /// Reads the files from a folder and checks every one against its published hash.
    pub(super) fn read(&self, folder: &Path, shape: ExampleShape) -> Result<DataSet, DataError> {
        // The idx header's length: magic number and one word per dimension.
        let part = |images, labels| {
            let rows = read_checked(folder, images)?[16..].to_vec();
            let labels = read_checked(folder, labels)?[8..].iter().map(|&label| u16::from(label)).collect();
            Ok(Part { rows: Rows::Bytes(rows), labels })
        };
        let train = part(&self.train_images, &self.train_labels)?;
        let test = part(&self.test_images, &self.test_labels)?;
        Ok(DataSet { shape, train, test, oracle: None })
    }

    /// Whether all of the files are in a folder.
    pub(super) fn are_present(&self, folder: &Path) -> bool {
        self.all().iter().all(|file| folder.join(file.name).is_file())
    }

    pub(super) fn all(&self) -> [&SetFile; 4] {
        [&self.train_images, &self.train_labels, &self.test_images, &self.test_labels]
    }
}

fn read_checked(folder: &Path, file: &SetFile) -> Result<Vec<u8>, DataError> {
    let path = folder.join(file.name);
    let compressed = File::open(&path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => DataError::Missing { path: path.clone(), setup: "scripts/setup" },
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

pub(super) static FASHION_MNIST_FILES: SetFiles = SetFiles {
    train_images: SetFile {
        name: "train-images-idx3-ubyte.gz",
        sha256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        bytes: 47_040_016,
    },
    train_labels: SetFile {
        name: "train-labels-idx1-ubyte.gz",
        sha256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        bytes: 60_008,
    },
    test_images: SetFile {
        name: "t10k-images-idx3-ubyte.gz",
        sha256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        bytes: 7_840_016,
    },
    test_labels: SetFile {
        name: "t10k-labels-idx1-ubyte.gz",
        sha256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        bytes: 10_008,
    },
};

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
