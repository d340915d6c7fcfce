//! A data set of one's own: a descriptor, and one line that adds it to the registry.

use std::fs;

use fractionate_data::{DataError, DataSet, DataSource, ExampleShape, KnownSet, SetDescriptor, SetExamples, SetFile};

/// Three training examples and one test example of one byte each.
static TOY: SetDescriptor = SetDescriptor {
    name: "toy",
    title: "Toy",
    train_examples: 3,
    test_examples: 1,
    examples: SetExamples::Numbers { features: 1, picture: None },
    classes: &["low", "high"],
    super_classes: &[],
    by_class: false,
    setup: "copy toy.bin",
    files: &[SetFile {
        name: "toy.bin",
        sha256: "054edec1d0211f624fed0cbca9d4f9400b0e491c43742af2c5b0abebf0c990d8",
        bytes: 4,
    }],
    parse,
};

#[expect(clippy::needless_pass_by_value, reason = "a set's function takes the files' bytes")]
fn parse(files: Vec<Vec<u8>>, shape: ExampleShape) -> DataSet {
    let part = |bytes: &[u8]| {
        (bytes.iter().map(|&byte| f32::from(byte)).collect(), bytes.iter().map(|byte| u16::from(byte % 2)).collect())
    };
    DataSet::from_numbers([part(&files[0][..3]), part(&files[0][3..])], shape, true)
}

#[test]
fn a_set_of_ones_own_is_found_and_read() {
    let set = KnownSet::find_among(&[KnownSet::FASHION_MNIST.descriptor(), &TOY], "toy").unwrap();
    assert_eq!(KnownSet::find("toy"), None);
    let source = DataSource::from(set);
    assert_eq!((source.title(), source.train_examples(), source.shape().classes), ("Toy", 3, 2));

    let root = tempfile::tempdir().unwrap();
    assert!(matches!(DataSet::read(&source, root.path()), Err(DataError::Missing { setup: "copy toy.bin", .. })));
    fs::create_dir(root.path().join("toy")).unwrap();
    fs::write(root.path().join("toy/toy.bin"), [0, 1, 2, 3]).unwrap();
    assert!(DataSet::is_present(&source, root.path()));
    let data = DataSet::read(&source, root.path()).unwrap();
    assert_eq!((data.train_labels(), data.test_labels()), (&[0, 1, 0][..], &[1][..]));
}

#[test]
fn the_hashes_of_the_built_in_sets_are_those_in_records() {
    assert_eq!(KnownSet::FASHION_MNIST.hash(), "fdb9d546b0b3023a");
    let newsgroups = KnownSet::find("20-newsgroups").unwrap();
    assert_eq!(newsgroups.with_vocabulary(500).hash(), "48d0eaef48fe8947");
    assert_ne!(newsgroups.hash(), "48d0eaef48fe8947");
}
