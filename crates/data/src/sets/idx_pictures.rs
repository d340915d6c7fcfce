//! Pictures in files of the idx format.

use super::{DataSet, ExampleShape, Part, Rows};

/// The data set of four files: pictures and labels to train on, pictures and labels to test on.
///
/// # Panics
/// If there are not four files, or one is shorter than its header.
pub(super) fn data_set(files: Vec<Vec<u8>>, shape: ExampleShape) -> DataSet {
    let [train_images, train_labels, test_images, test_labels]: [Vec<u8>; 4] =
        files.try_into().expect("a set of pictures has four files");
    // The idx header's length: magic number and one word per dimension.
    let part = |images: &[u8], labels: &[u8]| Part {
        rows: Rows::Bytes(images[16..].to_vec().into()),
        labels: labels[8..].iter().map(|&label| u16::from(label)).collect(),
    };
    DataSet {
        shape,
        train: part(&train_images, &train_labels),
        test: part(&test_images, &test_labels),
        by_class: false,
        order: None,
        oracle: None,
    }
}
