//! The keys of `[data]` that name arrays, as written.

use super::place::Placed;
use super::problems::Problems;
use super::reader::{Field, Reader};

/// Names of files, relative to the suite file, and of classes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ArraysSpec {
    pub(super) examples: Field<String>,
    pub(super) labels: Field<String>,
    pub(super) test_examples_file: Field<String>,
    pub(super) test_labels: Field<String>,
    pub(super) class_names: Field<Vec<Placed<String>>>,
}

/// The keys of `[data]` that only `set = "arrays"` has.
pub(super) const ARRAYS_KEYS: [&str; 5] = ["examples", "labels", "test_examples_file", "test_labels", "class_names"];

impl ArraysSpec {
    pub(super) fn read(data: &Reader<'_>, problems: &mut Problems) -> Self {
        Self {
            examples: data.required("examples", "\"examples.npy\"", problems),
            labels: data.optional("labels", problems),
            test_examples_file: data.optional("test_examples_file", problems),
            test_labels: data.optional("test_labels", problems),
            class_names: data.optional_list("class_names", problems),
        }
    }
}
