//! How a file's rows are known to be those of the data set.

use std::path::{Path, PathBuf};

use fractionate_data::{Array, DataSource, Numbers};

use super::contents::Contents;
use crate::teacher::file_error::TeacherFileError;

/// How a file's rows are known to be those of the data set.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Alignment {
    /// By its labels, which are still to be held against the data set's.
    Labels {
        /// The file that they come from.
        path: PathBuf,
        /// One per row.
        labels: Vec<i64>,
    },
    /// By the stored hash of the data set, which is the right one.
    DataHash,
}

impl Alignment {
    /// Labels from a file next to the logits or from their own file; or else the stored hash.
    pub(super) fn read(
        contents: &Contents,
        name: &str,
        beside: Option<&Contents>,
        rows: usize,
        source: &DataSource,
    ) -> Result<Self, TeacherFileError> {
        let expected = source.hash();
        if let Some(found) = &contents.data_hash
            && *found != expected
        {
            let reason = format!(
                "was made from other data: its `data_hash` is {found}, that of {} is {expected}",
                source.title()
            );
            return Err(TeacherFileError::new(&contents.path, reason));
        }
        let labels = match beside {
            Some(beside) => Some((&beside.path, "labels", beside.required("labels")?)),
            None => contents.array(name)?.map(|array| (&contents.path, name, array)),
        };
        match (labels, &contents.data_hash) {
            (Some((path, name, array)), _) => {
                Ok(Self::Labels { path: path.clone(), labels: whole_numbers(path, name, array, rows)? })
            }
            (None, Some(_)) => Ok(Self::DataHash),
            (None, None) => Err(TeacherFileError::new(
                &contents.path,
                "has neither labels nor a `data_hash`, so its rows cannot be matched to those of the data set: name a file of its labels, one for each row",
            )),
        }
    }

    /// Holds labels against the data set's.
    pub(super) fn check(&self, index: Option<&[usize]>, expected: &[u16], part: &str) -> Result<(), TeacherFileError> {
        let Self::Labels { path, labels } = self else { return Ok(()) };
        let example = |row: usize| index.map_or(row, |index| index[row]);
        let mut differing =
            labels.iter().enumerate().filter(|&(row, &label)| label != i64::from(expected[example(row)]));
        let Some((row, label)) = differing.next() else { return Ok(()) };
        let count = 1 + differing.count();
        let reason = format!(
            "is not aligned with the data set's {part} examples: row {row} has label {label}, the data set's has {} (rows counted from 0); {count} of {} labels differ",
            expected[example(row)],
            labels.len()
        );
        Err(TeacherFileError::new(path, reason))
    }
}

/// One whole number per row.
pub(super) fn whole_numbers(path: &Path, name: &str, array: &Array, rows: usize) -> Result<Vec<i64>, TeacherFileError> {
    let numbers = match &array.numbers {
        Numbers::Integers(values) => values.clone(),
        Numbers::Bytes(values) => values.iter().map(|&value| i64::from(value)).collect(),
        other => {
            return Err(TeacherFileError::new(
                path,
                format!("holds {} in `{name}`: whole numbers are wanted", other.kind()),
            ));
        }
    };
    // Many write a column: [rows, 1].
    if array.shape.first() != Some(&rows) || array.shape[1..].iter().any(|&length| length != 1) {
        let reason =
            format!("has shape {:?} in `{name}` where [{rows}] is wanted: one for each row of logits", array.shape);
        return Err(TeacherFileError::new(path, reason));
    }
    Ok(numbers)
}
