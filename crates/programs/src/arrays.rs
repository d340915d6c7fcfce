//! The arrays of a cell. Those that cells share are one file with a name in each of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use fractionate_arms::{ExampleWeights, SoftTargets};
use fractionate_data::{Array, DrawnSplits, Numbers, Split, Splits, npy_file};
use fractionate_records::{FileError, OwnFolder, SHARED};

/// How often a shared file that another process removes just now is written again.
const ATTEMPTS: usize = 5;

/// An array's file as it is named in every cell: the name of what it is.
pub(crate) type Named = (&'static str, Arc<ArrayFile>);

/// The bytes of an array's file and their hash.
#[derive(Debug)]
pub(crate) struct ArrayFile {
    hash: String,
    bytes: Vec<u8>,
}

impl ArrayFile {
    pub(crate) fn new(array: &Array) -> Self {
        let bytes = npy_file(array);
        let hash = blake3::hash(&bytes).to_hex()[..16].to_owned();
        Self { hash, bytes }
    }
}

/// A value that was made from another, kept as long as that lives.
type Made<S, T> = Mutex<Vec<(std::sync::Weak<S>, T)>>;

/// Files of arrays, made once for all cells of a process.
#[derive(Debug, Default)]
pub(crate) struct Arrays {
    /// What all cells of a split have.
    splits: Made<DrawnSplits, (usize, Vec<Named>)>,
    targets: Made<SoftTargets, Arc<ArrayFile>>,
    weights: Made<ExampleWeights, Arc<ArrayFile>>,
}

impl Arrays {
    /// Labels, rows and examples of the splits.
    pub(crate) fn of_splits(&self, splits: &Splits) -> Vec<Named> {
        let mut made = self.splits.lock().unwrap_or_else(PoisonError::into_inner);
        made.retain(|(of, _)| of.strong_count() > 0);
        let is_same = |of: &std::sync::Weak<DrawnSplits>, examples: usize| {
            std::ptr::eq(of.as_ptr(), Arc::as_ptr(splits.drawn())) && examples == splits.student_examples
        };
        if let Some((_, (_, files))) = made.iter().find(|(of, (examples, _))| is_same(of, *examples)) {
            return files.clone();
        }
        let files = of_splits(splits);
        made.push((Arc::downgrade(splits.drawn()), (splits.student_examples, files.clone())));
        files
    }

    pub(crate) fn of_targets(&self, targets: &Arc<SoftTargets>) -> Named {
        let array = || Array {
            shape: vec![targets.as_slice().len() / targets.classes(), targets.classes()],
            numbers: Numbers::Float32(targets.as_slice().to_vec()),
        };
        ("targets", made(&self.targets, targets, array))
    }

    pub(crate) fn of_weights(&self, weights: &Arc<ExampleWeights>) -> Named {
        let array =
            || Array { shape: vec![weights.as_slice().len()], numbers: Numbers::Float32(weights.as_slice().to_vec()) };
        ("weights", made(&self.weights, weights, array))
    }
}

fn made<S>(known: &Made<S, Arc<ArrayFile>>, source: &Arc<S>, array: impl FnOnce() -> Array) -> Arc<ArrayFile> {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    known.retain(|(of, _)| of.strong_count() > 0);
    if let Some((_, file)) = known.iter().find(|(of, _)| std::ptr::eq(of.as_ptr(), Arc::as_ptr(source))) {
        return Arc::clone(file);
    }
    let file = Arc::new(ArrayFile::new(&array()));
    known.push((Arc::downgrade(source), Arc::clone(&file)));
    file
}

fn of_splits(splits: &Splits) -> Vec<Named> {
    let students = splits.student_examples;
    let count = |split: Split| if split == Split::Train { students } else { splits.labels(split).len() };
    let whole = |values: Vec<i64>| Array { shape: vec![values.len()], numbers: Numbers::Integers(values) };
    let labels =
        |split: Split| whole(splits.labels(split)[..count(split)].iter().map(|&label| i64::from(label)).collect());
    let rows = |split: Split| {
        whole(splits.drawn().rows().of_split(split)[..count(split)].iter().map(|&row| row as i64).collect())
    };
    let shape = splits.shape();
    let examples = |split: Split| {
        let mut values = splits.drawn().inputs(split);
        values.truncate(count(split) * shape.features);
        Array { shape: [&[count(split)], &example_shape(splits)[..]].concat(), numbers: Numbers::Float32(values) }
    };
    let [train, validation, test] = [Split::Train, Split::Validation, Split::Test];
    let arrays = [
        ("labels", labels(train)),
        ("validation_labels", labels(validation)),
        ("training_rows", rows(train)),
        ("validation_rows", rows(validation)),
        ("test_rows", rows(test)),
        ("training_examples", examples(train)),
        ("validation_examples", examples(validation)),
        ("test_examples", examples(test)),
    ];
    arrays.into_iter().map(|(name, array)| (name, Arc::new(ArrayFile::new(&array)))).collect()
}

/// Channels, height and width of pictures; else the features.
pub(crate) fn example_shape(splits: &Splits) -> Vec<usize> {
    let shape = splits.shape();
    match shape.picture {
        Some((height, width)) => vec![shape.features / (height * width), height, width],
        None => vec![shape.features],
    }
}

/// Puts the arrays into a cell, and says what each file is. Those that are there already stay.
pub(crate) fn put(
    store: &OwnFolder,
    cell: &Path,
    arrays: &[Named],
) -> Result<BTreeMap<&'static str, String>, FileError> {
    let mut names = BTreeMap::new();
    for (name, file) in arrays {
        let own = format!("{name}.npy");
        link(store, file, &cell.join(&own))?;
        names.insert(*name, own);
    }
    Ok(names)
}

fn link(store: &OwnFolder, file: &ArrayFile, own: &Path) -> Result<(), FileError> {
    let shared = format!("{SHARED}/{}.npy", file.hash);
    let mut attempt = 1;
    loop {
        if !store.has_file(&shared) {
            store.write(&shared, &file.bytes)?;
            // A program that writes into its arrays would change those of others.
            let _ = store.make_read_only(&shared);
        }
        match store.link(&shared, own) {
            Ok(_) => return Ok(()),
            Err(error) if error.is_missing() && attempt < ATTEMPTS => attempt += 1,
            // The file system knows no second names.
            Err(_) => return store.write_unsynced(own, &file.bytes).map(drop),
        }
    }
}
