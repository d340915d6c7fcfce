//! Pictures in files of the idx format, compressed with gzip.

use std::path::Path;

use super::set_file::SetFile;
use super::{DataError, DataSet, ExampleShape, Part, Rows};

const SETUP: &str = "scripts/setup";

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
        let part = |images: &SetFile, labels: &SetFile| {
            let rows = images.read(folder, SETUP)?[16..].to_vec();
            let labels = labels.read(folder, SETUP)?[8..].iter().map(|&label| u16::from(label)).collect();
            Ok(Part { rows: Rows::Bytes(rows), labels })
        };
        let train = part(&self.train_images, &self.train_labels)?;
        let test = part(&self.test_images, &self.test_labels)?;
        Ok(DataSet { shape, train, test, by_class: false, oracle: None })
    }

    pub(super) fn all(&self) -> [&SetFile; 4] {
        [&self.train_images, &self.train_labels, &self.test_images, &self.test_labels]
    }
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
