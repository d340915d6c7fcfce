//! Data sets whose files are missing, cut off or altered.

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};
use fractionate_data::{DataError, DataSet, KnownSet};

const FIRST_FILE: &str = "train-images-idx3-ubyte.gz";
const FIRST_FILE_BYTES: usize = 47_040_016;

fn zeros_compressed(bytes: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&vec![0; bytes]).unwrap();
    encoder.finish().unwrap()
}

/// Reads Fashion-MNIST from a folder whose first file holds `contents`.
fn read_with(contents: &[u8]) -> DataError {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("fashion-mnist");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join(FIRST_FILE), contents).unwrap();
    let error = DataSet::read(&KnownSet::FASHION_MNIST.into(), root.path()).unwrap_err();
    assert!(error.to_string().contains(&folder.join(FIRST_FILE).display().to_string()), "{error}");
    error
}

#[test]
fn a_missing_file_is_named_with_the_way_to_get_it() {
    let error = DataSet::read(&KnownSet::FASHION_MNIST.into(), Path::new("no such folder")).unwrap_err();
    assert!(matches!(error, DataError::Missing { .. }));
    let text = error.to_string();
    assert!(text.contains("no such folder/fashion-mnist/train-images") && text.contains("scripts/setup"), "{text}");
    assert!(!DataSet::is_present(&KnownSet::FASHION_MNIST.into(), Path::new("no such folder")));
}

#[test]
fn a_file_of_another_length_is_named_with_the_length_expected_and_found() {
    let error = read_with(&zeros_compressed(1000));
    assert!(matches!(error, DataError::WrongLength { expected: FIRST_FILE_BYTES, found: 1000, .. }), "{error}");
    assert!(error.to_string().contains("1000") && error.to_string().contains("47040016"), "{error}");
}

#[test]
fn a_download_cut_off_is_named_with_the_length_expected_and_found() {
    let whole = zeros_compressed(1_000_000);
    let error = read_with(&whole[..whole.len() / 2]);
    let DataError::WrongLength { expected: FIRST_FILE_BYTES, found, .. } = error else { panic!("{error}") };
    assert!(found < 1_000_000);
}

#[test]
fn a_file_of_the_right_length_with_other_contents_is_named_with_the_hash_expected_and_found() {
    let error = read_with(&zeros_compressed(FIRST_FILE_BYTES));
    let DataError::Altered { expected, found, .. } = &error else { panic!("{error}") };
    assert!(expected.starts_with("c59f468a2f672dc8") && found.len() == 64 && found != expected);
    assert!(error.to_string().contains(expected) && error.to_string().contains(found), "{error}");
}

#[test]
fn a_file_that_is_no_gzip_file_is_named() {
    let error = read_with(b"<html>not found</html>");
    assert!(matches!(error, DataError::Unreadable { .. }), "{error}");
}
