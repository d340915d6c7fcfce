//! The examples of a data set, read and checked.

use std::path::Path;
use std::sync::Arc;

use super::picture_order::PictureOrder;
use super::{Bytes, DataError, DataSource, ExampleShape};
use crate::World;
use crate::world::Oracle;

/// The examples of a data set as they lie in their files, with their labels.
#[derive(Debug)]
pub struct DataSet {
    /// The shape of examples and labels.
    pub(crate) shape: ExampleShape,
    /// The examples that training and validation examples are drawn from.
    pub(crate) train: Part,
    /// The test examples.
    pub(crate) test: Part,
    /// Whether the test examples may lie class by class, so that the first of them do not stand for all.
    pub(crate) by_class: bool,
    /// Of pictures: the order that their rows are drawn by, whatever order their files have.
    pub(crate) order: Option<Arc<PictureOrder>>,
    /// Where the examples are a world's.
    pub(crate) oracle: Option<Oracle>,
}

/// Examples with their labels.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) rows: Rows,
    /// One label per example.
    pub(crate) labels: Vec<u16>,
}

/// Examples, row by row, as they are before anything is fitted to the training examples. Both parts of a data set are
/// of one kind.
#[derive(Debug)]
pub(crate) enum Rows {
    /// Examples x features: pixels, to be standardised.
    Bytes(Bytes),
    /// Examples x features, to be standardised.
    Numbers(Vec<f32>),
    /// Examples x features, to be standardised, of which 32 bits do not hold all.
    Doubles(Vec<f64>),
    /// Examples x features, made to be used as they are.
    AsTheyAre(Vec<f32>),
    /// Texts in lower case, words apart by spaces: to be weighed term by term.
    Texts(Vec<String>),
}

impl DataSet {
    /// Reads the examples of a source and checks every file against its hash. Known sets lie in `root/<set's name>/`.
    ///
    /// # Errors
    /// If a file is missing, unreadable, truncated or altered, arrays are not what they were, or a world's options are not checked ones.
    pub fn read(source: &DataSource, root: &Path) -> Result<Self, DataError> {
        match source {
            DataSource::Known(set) => set.read(root),
            DataSource::Arrays(arrays) => arrays.read(),
            DataSource::Pictures(pictures) => Ok(pictures.data_set()),
            DataSource::World(options) => Ok(World::new(options.clone()).map_err(DataError::World)?.data_set()),
        }
    }

    /// A data set of made-up examples: rows of features with their labels, to train and to validate on first, to test
    /// on second. `standardised` says whether they are standardised when they are split; otherwise they are used as
    /// they are.
    ///
    /// # Panics
    /// If the rows are not as long as labels times features, or a label is no class.
    pub fn from_numbers(parts: [(Vec<f32>, Vec<u16>); 2], shape: ExampleShape, standardised: bool) -> Self {
        let [train, test] = parts.map(|(rows, labels)| {
            assert_eq!(rows.len(), labels.len() * shape.features);
            assert!(labels.iter().all(|&label| usize::from(label) < shape.classes));
            Part { rows: if standardised { Rows::Numbers(rows) } else { Rows::AsTheyAre(rows) }, labels }
        });
        Self { shape, train, test, by_class: false, order: None, oracle: None }
    }

    /// The labels of the examples that training and validation examples are drawn from.
    pub fn train_labels(&self) -> &[u16] {
        &self.train.labels
    }

    /// The labels of the test examples.
    pub fn test_labels(&self) -> &[u16] {
        &self.test.labels
    }

    /// Whether all of the source's files are there; their contents are not looked at.
    pub fn is_present(source: &DataSource, root: &Path) -> bool {
        match source {
            DataSource::Known(set) => set.is_present(root),
            DataSource::Arrays(arrays) => arrays.is_present(),
            DataSource::Pictures(_) | DataSource::World(_) => true,
        }
    }
}

impl Rows {
    /// The examples of these rows as a network of another program usually sees them: pixels divided by 255, numbers as
    /// they lie in the files; row by row.
    pub(crate) fn unit(&self, rows: &[usize], features: usize) -> Vec<f32> {
        let ranges = rows.iter().map(|&row| row * features..(row + 1) * features);
        match self {
            Self::Bytes(bytes) => ranges.flat_map(|range| &bytes[range]).map(|&byte| f32::from(byte) / 255.0).collect(),
            Self::Numbers(values) | Self::AsTheyAre(values) => {
                ranges.flat_map(|range| &values[range]).copied().collect()
            }
            Self::Doubles(values) => ranges.flat_map(|range| &values[range]).map(|&value| value as f32).collect(),
            Self::Texts(_) => unreachable!("a suite is checked: only numbers are given to another program's network"),
        }
    }
}
