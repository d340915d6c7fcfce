//! Logits of one part of a data set, row by row.

use std::collections::HashMap;
use std::path::Path;

use fractionate_data::{Array, DataSource, Numbers};

use super::alignment::{Alignment, whole_numbers};
use super::contents::Contents;
use super::mean::mean_in_logits;
use crate::teacher::file_error::TeacherFileError;
use crate::teacher::{OutputForm, OutputKind};

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
    rows: FileRows,
    /// Those of an ensemble's other members, of the same examples.
    other_members: Vec<FileRows>,
    /// What is possible and yet hard to believe, in sentences.
    pub(super) warnings: Vec<String>,
}

/// Which examples the rows of a file are.
#[derive(Debug, Clone, PartialEq)]
struct FileRows {
    /// Which example of the part each row is; `None` where they are all, in order.
    index: Option<Vec<usize>>,
    alignment: Alignment,
}

/// What a table must be of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) source: &'a DataSource,
    /// How many examples the data set's part has.
    pub(super) examples: usize,
    pub(super) kind: OutputKind,
}

impl Table {
    /// From a file's arrays; labels and index from files next to it where they exist.
    pub(super) fn read(
        contents: &Contents,
        names: Names,
        labels: Option<&Contents>,
        index: Option<&Contents>,
        Wanted { source, examples, kind }: Wanted<'_>,
    ) -> Result<Self, TeacherFileError> {
        let classes = source.classes().len();
        let array = contents.required(names.logits)?;
        let logits = logits(&contents.path, names.logits, array, classes, kind)?;
        let doubts =
            [too_coarse(&contents.path, names.logits, array), scale(&contents.path, names.logits, &logits, classes)];
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
        Ok(Self {
            classes,
            logits,
            rows: FileRows { index, alignment },
            other_members: Vec::new(),
            warnings: doubts.into_iter().flatten().collect(),
        })
    }

    /// The logarithms of the mean of the members' probabilities at T = 1, in the first one's rows.
    ///
    /// # Panics
    /// Without members, or if they are of different examples.
    pub(super) fn mean(members: Vec<Self>) -> Self {
        let (classes, rows) = (members[0].classes, members[0].rows.clone());
        let examples = members[0].examples();
        let aligned: Vec<Vec<f32>> =
            members.iter().map(|member| member.gather(&examples).expect("of the same examples")).collect();
        let aligned: Vec<&[f32]> = aligned.iter().map(Vec::as_slice).collect();
        let (mut other_members, mut warnings) = (Vec::new(), Vec::new());
        for member in members {
            other_members.push(member.rows);
            warnings.extend(member.warnings);
        }
        other_members.remove(0);
        Self { classes, logits: mean_in_logits(&aligned, classes), rows, other_members, warnings }
    }

    /// The examples of the part that there are logits of, in the order of the rows.
    pub(super) fn examples(&self) -> Vec<usize> {
        self.rows.index.clone().unwrap_or_else(|| (0..self.logits.len() / self.classes).collect())
    }

    /// Everything that the teacher's numbers depend on.
    pub(super) fn hash(&self, hasher: &mut blake3::Hasher) {
        hasher.update(&(self.logits.len() as u64).to_le_bytes());
        for value in &self.logits {
            hasher.update(&value.to_le_bytes());
        }
        for &row in self.rows.index.iter().flatten() {
            hasher.update(&(row as u64).to_le_bytes());
        }
    }

    pub(super) fn check_labels(&self, labels: &[u16], part: &str) -> Result<(), TeacherFileError> {
        let mut members = [&self.rows].into_iter().chain(&self.other_members);
        members.try_for_each(|rows| rows.alignment.check(rows.index.as_deref(), labels, part))
    }

    /// Refuses a file that lacks logits of a wanted example.
    pub(super) fn must_cover(&self, path: &Path, wanted: &[usize], examples: usize) -> Result<(), TeacherFileError> {
        let Some(index) = &self.rows.index else { return Ok(()) };
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
        let Some(index) = &self.rows.index else {
            return Some(wanted.iter().flat_map(|&row| of(row)).copied().collect());
        };
        let at: HashMap<usize, usize> = index.iter().enumerate().map(|(at, &row)| (row, at)).collect();
        let rows: Option<Vec<usize>> = wanted.iter().map(|row| at.get(row).copied()).collect();
        Some(rows?.into_iter().flat_map(of).copied().collect())
    }
}

/// Logits as f32, with their shape, type and form checked.
fn logits(
    path: &Path,
    name: &str,
    array: &Array,
    classes: usize,
    kind: OutputKind,
) -> Result<Vec<f32>, TeacherFileError> {
    let refused = |reason: String| Err(TeacherFileError::new(path, reason));
    let mut values: Vec<f64> = match (&array.numbers, kind.form) {
        (Numbers::Float32(values), _) => values.iter().map(|&value| f64::from(value)).collect(),
        (Numbers::Float64(values), _) => values.clone(),
        // Whole percents.
        (Numbers::Bytes(values), OutputForm::Probabilities) => values.iter().map(|&value| f64::from(value)).collect(),
        (Numbers::Integers(values), OutputForm::Probabilities) => values.iter().map(|&value| value as f64).collect(),
        (other, _) => {
            return refused(format!(
                "holds {} in `{name}`: logits are floating point; of probabilities in whole percent write \
                 `kind = \"probabilities\"`",
                other.kind()
            ));
        }
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
    kind.to_logits(&mut values, classes, &format!("`{name}`")).map_err(|reason| TeacherFileError::new(path, reason))?;
    if values.iter().any(|value| value.abs() > LARGE) {
        subtract_largest(&mut values, classes);
    }
    Ok(values.into_iter().map(|value| value as f32).collect())
}

/// Beyond it float32 has steps of more than a hundredth of a logit.
const LARGE: f64 = 65_536.0;

/// A softmax does not see what all classes have in common, and float32 sees nothing beside it.
fn subtract_largest(values: &mut [f64], classes: usize) {
    for row in values.chunks_exact_mut(classes) {
        let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        row.iter_mut().for_each(|value| *value -= largest);
    }
}

/// That logits lost their differences before they were saved.
fn too_coarse(path: &Path, name: &str, array: &Array) -> Option<String> {
    let Numbers::Float32(values) = &array.numbers else { return None };
    let largest = values.iter().map(|value| value.abs()).fold(0.0, f32::max);
    (f64::from(largest) > LARGE).then(|| {
        format!(
            "{} holds logits as large as {largest:.0e} in `{name}`, where float32 has steps of {}: what classes differ in \
             is lost. Subtract each row's largest before you save them, or save float64.",
            path.display(),
            largest.next_up() - largest
        )
    })
}

/// That the logits say nothing or leave nothing open, as those do that somebody scaled.
fn scale(path: &Path, name: &str, logits: &[f32], classes: usize) -> Option<String> {
    let mut leads: Vec<f32> = logits.chunks_exact(classes).map(lead).collect();
    leads.sort_by(f32::total_cmp);
    let median = leads[leads.len() / 2];
    let widest = logits.chunks_exact(classes).map(range).fold(0.0, f32::max);
    let path = path.display();
    if widest < FLAT {
        return Some(format!(
            "{path} holds logits in `{name}` that differ by at most {widest:.1e} from a row's largest to its smallest: \
             the soft labels are nearly uniform, and a student learns almost nothing from them. Were the logits normalised or \
             divided by a temperature? Then say it with `temperature`."
        ));
    }
    (median > STEEP).then(|| {
        format!(
            "{path} holds logits in `{name}` that differ by {median:.0} from a row's largest to its second (median): \
             the soft labels are the hard ones, and a student learns nothing more from them. Were the logits scaled?"
        )
    })
}

/// By how much the largest of a row is above the smallest.
fn range(row: &[f32]) -> f32 {
    let (low, high) = row.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
    high - low
}

/// By how much the largest of a row is above the second.
fn lead(row: &[f32]) -> f32 {
    let mut top = [f32::NEG_INFINITY; 2];
    for &value in row {
        if value > top[0] {
            top = [value, top[0]];
        } else if value > top[1] {
            top[1] = value;
        }
    }
    top[0] - top[1]
}

/// A range below it leaves no two classes whose probabilities differ by more than a hundredth of themselves.
const FLAT: f32 = 0.01;

/// Above it the second class has no probability that a float32 holds beside 1, at any usual temperature up to 6.
const STEEP: f32 = 100.0;

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
