//! Logits of one part of a data set, row by row.

use std::collections::HashMap;
use std::path::Path;

use fractionate_data::{Array, DataSource, Numbers};

use super::alignment::{Alignment, whole_numbers};
use super::contents::Contents;
use crate::teacher::file_error::TeacherFileError;

/// Names of the arrays that make up a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names {
    pub(super) logits: &'static str,
    pub(super) labels: &'static str,
    pub(super) index: Option<&'static str>,
}

/// Logits of one part of a data set.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    classes: usize,
    /// Rows x classes, all finite.
    logits: Vec<f32>,
    /// Which example of the part each row is; `None` where they are all, in order.
    index: Option<Vec<usize>>,
    alignment: Alignment,
}

impl Table {
    /// From a file's arrays; labels and index from files next to it where they exist. `examples` is how many the
    /// data set's part has.
    pub(super) fn read(
        contents: &Contents,
        names: Names,
        labels: Option<&Contents>,
        index: Option<&Contents>,
        source: &DataSource,
        examples: usize,
    ) -> Result<Self, TeacherFileError> {
        let classes = source.classes().len();
        let logits = logits(&contents.path, names.logits, contents.required(names.logits)?, classes)?;
        let rows = logits.len() / classes;
        let index = match (index, names.index) {
            (Some(beside), _) => Some((&beside.path, beside.required("index")?)),
            (None, Some(name)) => contents.array(name)?.map(|array| (&contents.path, array)),
            (None, None) => None,
        };
        let index = index.map(|(path, array)| positions(path, array, rows, examples)).transpose()?;
        if index.is_none() && rows != examples {
            let help = match names.index {
                Some(_) => "give them all in the order of its files, or name them by an index",
                None => "give them all in the order of its files",
            };
            let reason = format!(
                "has {rows} rows in `{}` where {} has {examples} examples: {help}",
                names.logits,
                source.title()
            );
            return Err(TeacherFileError::new(&contents.path, reason));
        }
        let alignment = Alignment::read(contents, names.labels, labels, rows, source)?;
        Ok(Self { classes, logits, index, alignment })
    }

    /// Everything that the teacher's numbers depend on.
    pub(super) fn hash(&self, hasher: &mut blake3::Hasher) {
        hasher.update(&(self.logits.len() as u64).to_le_bytes());
        for value in &self.logits {
            hasher.update(&value.to_le_bytes());
        }
        for &row in self.index.iter().flatten() {
            hasher.update(&(row as u64).to_le_bytes());
        }
    }

    pub(super) fn check_labels(&self, labels: &[u16], part: &str) -> Result<(), TeacherFileError> {
        self.alignment.check(self.index.as_deref(), labels, part)
    }

    /// Refuses a file that lacks logits of a wanted example.
    pub(super) fn must_cover(&self, path: &Path, wanted: &[usize], examples: usize) -> Result<(), TeacherFileError> {
        let Some(index) = &self.index else { return Ok(()) };
        let mut there = vec![false; examples];
        index.iter().for_each(|&row| there[row] = true);
        let mut missing = wanted.iter().filter(|&&row| !there[row]);
        let Some(first) = missing.next() else { return Ok(()) };
        let count = 1 + missing.count();
        let reason = format!(
            "lacks the logits of {count} of the {} training examples that the suite draws, the data set's row {first} among them (rows are counted from 0)",
            wanted.len()
        );
        Err(TeacherFileError::new(path, reason))
    }

    /// The logits of these rows of the data set's part, if all are there.
    pub(super) fn gather(&self, wanted: &[usize]) -> Option<Vec<f32>> {
        let of = |at: usize| &self.logits[at * self.classes..(at + 1) * self.classes];
        let Some(index) = &self.index else { return Some(wanted.iter().flat_map(|&row| of(row)).copied().collect()) };
        let at: HashMap<usize, usize> = index.iter().enumerate().map(|(at, &row)| (row, at)).collect();
        let rows: Option<Vec<usize>> = wanted.iter().map(|row| at.get(row).copied()).collect();
        Some(rows?.into_iter().flat_map(of).copied().collect())
    }
}

/// Logits as f32, with their shape, type and finiteness checked.
fn logits(path: &Path, name: &str, array: &Array, classes: usize) -> Result<Vec<f32>, TeacherFileError> {
    let refused = |reason: String| Err(TeacherFileError::new(path, reason));
    let values: Vec<f32> = match &array.numbers {
        Numbers::Float32(values) => values.clone(),
        Numbers::Float64(values) => values.iter().map(|&value| value as f32).collect(),
        other => return refused(format!("holds {} in `{name}`: logits are float32 or float64", other.kind())),
    };
    match array.shape[..] {
        [_, columns] if columns == classes => {}
        _ => {
            return refused(format!(
                "has shape {:?} in `{name}` where [examples, {classes}] is wanted: a row for each example, a column for each class",
                array.shape
            ));
        }
    }
    if values.is_empty() {
        return refused(format!("has no row in `{name}`"));
    }
    if let Some(at) = values.iter().position(|value| !value.is_finite()) {
        let (row, class) = (at / classes, at % classes);
        return refused(format!(
            "holds {} in `{name}`, at row {row} and class {class} (counted from 0): logits are finite",
            values[at]
        ));
    }
    if are_probabilities(&values, classes) {
        return refused(format!(
            "holds probabilities in `{name}`, every row of it adding up to 1: logits are wanted, or the probabilities' logarithms"
        ));
    }
    Ok(values)
}

/// Whether every row could be a probability distribution: no network gives such logits.
fn are_probabilities(values: &[f32], classes: usize) -> bool {
    values.iter().all(|&value| value >= 0.0)
        && values.chunks_exact(classes).all(|row| (row.iter().map(|&v| f64::from(v)).sum::<f64>() - 1.0).abs() < 1e-3)
}

/// An index of rows: each an example of the part, none twice.
fn positions(path: &Path, array: &Array, rows: usize, examples: usize) -> Result<Vec<usize>, TeacherFileError> {
    let index = whole_numbers(path, "index", array, rows)?;
    let mut seen = vec![false; examples];
    let mut positions = Vec::with_capacity(index.len());
    for (row, value) in index.into_iter().enumerate() {
        let Some(position) = usize::try_from(value).ok().filter(|&position| position < examples) else {
            let reason =
                format!("names example {value} in row {row} of `index`, but there are {examples}, counted from 0");
            return Err(TeacherFileError::new(path, reason));
        };
        if std::mem::replace(&mut seen[position], true) {
            return Err(TeacherFileError::new(path, format!("names example {position} twice in `index`")));
        }
        positions.push(position);
    }
    Ok(positions)
}
