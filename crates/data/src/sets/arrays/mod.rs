//! A user's own data set: examples and labels as arrays in files.

mod content_hash;
mod loaded;
mod warnings;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{DataError, DataSet, ExampleShape, PictureOrder};
use content_hash::content_hash;
use loaded::load;
use warnings::warnings;

/// The files of a user's own data set: `.npy` files, or safetensors or `.npz` files with `examples` and `labels`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrayPaths {
    /// Examples x features (numbers or bytes), examples x height x width (pictures), or pictures of several channels.
    pub examples: PathBuf,
    /// One whole number per example: the same file where it holds several arrays.
    pub labels: PathBuf,
    /// Test examples and their labels; the last examples of the others where there are none.
    pub test: Option<(PathBuf, PathBuf)>,
    /// Where pictures of four axes have their channels, if the shape does not tell.
    pub channels: Option<Channels>,
}

/// Where a picture's channels are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channels {
    /// [examples, channels, height, width], as PyTorch has them.
    First,
    /// [examples, height, width, channels], as most others have them.
    Last,
}

/// A user's own data set, looked at: what it holds, not its examples.
#[derive(Debug, Clone, PartialEq)]
pub struct ArraysSource {
    paths: ArrayPaths,
    /// The file of the examples.
    title: String,
    hash: String,
    classes: Vec<String>,
    shape: ExampleShape,
    train_examples: usize,
    test_examples: usize,
    warnings: Vec<String>,
    /// Of colour pictures in bytes: as of the same pictures in any other layout.
    order: Option<Arc<PictureOrder>>,
    /// Of the training part and of the test part.
    labels: Arc<[Vec<u16>; 2]>,
}

/// The key of a suite file that a problem of the arrays belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArraysKey {
    /// The file of the examples.
    Examples,
    /// The file of the labels.
    Labels,
    /// The file of the test examples.
    TestExamples,
    /// The file of the test examples' labels.
    TestLabels,
    /// How many of the last examples are test examples.
    TestCount,
}

/// Why arrays are no data set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ArraysProblem {
    /// What is to blame.
    pub key: ArraysKey,
    /// What is wrong, in one sentence that names the file.
    pub message: String,
}

impl ArraysSource {
    /// Reads and checks the arrays. `classes` are the classes' names in the order of the labels; numbers where there are
    /// none. `last` is how many of the last examples are test examples where no files hold these.
    ///
    /// # Errors
    /// With everything that is wrong: files that are missing or no arrays; shapes or types that are none of examples or
    /// labels; numbers that are not finite; lengths that differ; labels that are no classes; no training
    /// example of a class that has no name.
    pub fn look_at(
        paths: ArrayPaths,
        classes: Option<Vec<String>>,
        last: Option<usize>,
    ) -> Result<Self, Vec<ArraysProblem>> {
        let data = load(&paths, classes.as_ref().map(Vec::len), last)?;
        let title = paths.examples.file_name().unwrap_or(paths.examples.as_os_str()).to_string_lossy().into_owned();
        let numbers = || (0..data.shape.classes).map(|class| class.to_string()).collect();
        Ok(Self {
            title,
            hash: content_hash(&data),
            classes: classes.unwrap_or_else(numbers),
            shape: data.shape,
            train_examples: data.train.labels.len(),
            test_examples: data.test.labels.len(),
            warnings: warnings(&paths, &data),
            order: data.order.clone(),
            labels: Arc::new([data.train.labels, data.test.labels]),
            paths,
        })
    }

    /// Reads the arrays once more.
    pub(super) fn read(&self) -> Result<DataSet, DataError> {
        let last = self.paths.test.is_none().then_some(self.test_examples);
        let data = load(&self.paths, Some(self.classes.len()), last)
            .map_err(|problems| DataError::Arrays(problems.into_iter().next().expect("a failure has a reason")))?;
        if content_hash(&data) == self.hash {
            Ok(data)
        } else {
            Err(DataError::Changed { path: self.paths.examples.clone() })
        }
    }

    /// Whether all files are there.
    pub(super) fn is_present(&self) -> bool {
        let ArrayPaths { examples, labels, test, channels: _ } = &self.paths;
        let test = test.iter().flat_map(|(examples, labels)| [examples, labels]);
        [examples, labels].into_iter().chain(test).all(|path| Path::is_file(path))
    }

    /// What is possible and yet hard to believe, in sentences that name the file.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The order that rows are drawn by, where it is not the files' own.
    pub(super) fn order(&self) -> Option<&PictureOrder> {
        self.order.as_deref()
    }

    /// The labels of the training part and of the test part.
    pub(super) fn labels(&self) -> &[Vec<u16>; 2] {
        &self.labels
    }

    /// The files.
    pub fn paths(&self) -> &ArrayPaths {
        &self.paths
    }

    /// The name of the examples' file.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// A hash over everything that the examples and labels are: the same numbers in another format have the same.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The classes' names, in the order of the labels.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The shape of examples and labels.
    pub fn shape(&self) -> ExampleShape {
        self.shape
    }

    /// How many examples there are to train and to validate on.
    pub fn train_examples(&self) -> usize {
        self.train_examples
    }

    /// How many test examples there are.
    pub fn test_examples(&self) -> usize {
        self.test_examples
    }
}

#[cfg(test)]
mod tests;
