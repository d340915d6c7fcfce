//! Teachers from a file of logits: another program's network, taken at its word once its rows are known to be those of
//! the data set.

mod alignment;
mod contents;
mod ensemble;
mod mean;
mod table;

use std::path::{Path, PathBuf};
use std::time::Instant;

use fractionate_data::{DataSet, DataSource, Numbers, SplitRows, Splits};
use fractionate_records::TeacherConfig;

use super::OutputKind;
use super::file_error::TeacherFileError;
use super::kept::{MadeTeacher, SplitLogits};
use contents::Contents;
use table::{Names, Table, Wanted};

/// Reads the columns of a Parquet file, by name, in the file's order, or says why it cannot.
pub type ParquetReader = fn(&Path) -> Result<Vec<(String, Numbers)>, String>;

/// The files that a teacher's logits come from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogitsPaths {
    /// Logits of training examples: `.npy`, `.safetensors` or `.parquet`.
    pub file: PathBuf,
    /// Their labels, where they are not in the file.
    pub labels: Option<PathBuf>,
    /// Which of the data set's training examples they are, where that is not in the file and they are not all.
    pub index: Option<PathBuf>,
    /// Logits of the test examples, where they are not in the file.
    pub test_file: Option<PathBuf>,
    /// Labels of the test examples, where they are not in the file.
    pub test_labels: Option<PathBuf>,
}

/// What the logits must be of.
#[derive(Debug, Clone, Copy)]
pub struct LogitsWanted<'a> {
    /// The data set.
    pub source: &'a DataSource,
    /// The rows of its splits.
    pub rows: &'a SplitRows,
    /// What reads Parquet files; without it they are refused.
    pub parquet: Option<ParquetReader>,
    /// What the numbers are.
    pub kind: OutputKind,
}

/// A teacher's logits as read from a file, or those of an ensemble of several: rows and columns fit the data set, every
/// number is finite.
#[derive(Debug, Clone, PartialEq)]
pub struct LogitsFile {
    /// One, or one for each member of an ensemble.
    paths: Vec<LogitsPaths>,
    kind: OutputKind,
    train: Table,
    test: Option<Table>,
    /// The hashes of an ensemble's members, sorted; none of a single file.
    members: Vec<String>,
}

/// Whether labels and indices in files of their own come before those in the file of logits.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Beside {
    First,
    /// Only where the file of logits has none: an ensemble's members share them.
    Last,
}

const TRAIN: Names = Names { logits: "logits", labels: "labels", index: Some("index") };
/// In the file of the training examples' logits.
const TEST_BESIDE: Names = Names { logits: "test", labels: "test_labels", index: None };
/// In a file of its own.
const TEST_ALONE: Names = Names { logits: "logits", labels: "labels", index: None };

impl LogitsFile {
    /// Reads the files and checks all that can be checked without the data set's own files.
    ///
    /// # Errors
    /// With the file and the reason: unreadable, wrongly shaped or typed, not finite, of another data set by its stored
    /// hash, without labels or hash to tell, or without logits for an example that is needed.
    pub fn read(paths: &LogitsPaths, wanted: LogitsWanted<'_>) -> Result<Self, TeacherFileError> {
        Self::read_with(paths, wanted, Beside::First)
    }

    fn read_with(paths: &LogitsPaths, wanted: LogitsWanted<'_>, beside: Beside) -> Result<Self, TeacherFileError> {
        let LogitsWanted { source, rows, parquet, kind } = wanted;
        let classes = source.classes();
        let read = |path: &Path, role| Contents::read(path, role, &classes, parquet);
        let main = read(&paths.file, TRAIN.logits)?;
        let sidecar = |path: &Option<PathBuf>, role, of: &Contents, own: &str| match path {
            Some(path) if beside == Beside::First || !of.has(own) => read(path, role).map(Some),
            _ => Ok(None),
        };
        let labels = sidecar(&paths.labels, "labels", &main, TRAIN.labels)?;
        let index = sidecar(&paths.index, "index", &main, "index")?;
        let of = |examples| Wanted { source, examples, kind };
        let train = Table::read(&main, TRAIN, labels.as_ref(), index.as_ref(), of(source.train_examples()))?;
        train.must_cover(&paths.file, &rows.train, source.train_examples())?;
        let test_labels = |of: &Contents, own| sidecar(&paths.test_labels, "labels", of, own);
        let test = match &paths.test_file {
            Some(path) => {
                let contents = read(path, TEST_ALONE.logits)?;
                let test_labels = test_labels(&contents, TEST_ALONE.labels)?;
                Some(Table::read(&contents, TEST_ALONE, test_labels.as_ref(), None, of(source.test_examples()))?)
            }
            None if main.has(TEST_BESIDE.logits) => {
                let test_labels = test_labels(&main, TEST_BESIDE.labels)?;
                Some(Table::read(&main, TEST_BESIDE, test_labels.as_ref(), None, of(source.test_examples()))?)
            }
            None => None,
        };
        Ok(Self { paths: vec![paths.clone()], kind, train, test, members: Vec::new() })
    }

    /// The files: one entry, or one for each member of an ensemble.
    pub fn paths(&self) -> &[LogitsPaths] {
        &self.paths
    }

    /// How many files an ensemble is made from; `None` of a single file.
    pub fn members(&self) -> Option<usize> {
        (!self.members.is_empty()).then_some(self.members.len())
    }

    /// What the files' numbers are.
    pub fn kind(&self) -> OutputKind {
        self.kind
    }

    /// What is possible and yet hard to believe, in sentences.
    pub fn warnings(&self) -> Vec<String> {
        let tables = [Some(&self.train), self.test.as_ref()];
        tables.into_iter().flatten().flat_map(|table| table.warnings.clone()).collect()
    }

    /// A hash over the logits and the examples that they belong to, whatever the format of the file; of an ensemble over
    /// its members' hashes, whatever their order. 16 hexadecimal digits.
    pub fn hash(&self) -> String {
        if !self.members.is_empty() {
            return ensemble::hash(&self.members);
        }
        let mut hasher = blake3::Hasher::new_derive_key("fractionate logits file");
        self.train.hash(&mut hasher);
        if let Some(test) = &self.test {
            test.hash(&mut hasher);
        }
        hasher.finalize().to_hex()[..16].to_owned()
    }

    /// Holds the file's labels, where it has any, against those of the data set.
    ///
    /// # Errors
    /// If they differ: the rows are in another order, or of another data set.
    pub fn check_labels(&self, data: &DataSet) -> Result<(), TeacherFileError> {
        self.train.check_labels(data.train_labels(), "training")?;
        self.test.as_ref().map_or(Ok(()), |test| test.check_labels(data.test_labels(), "test"))
    }

    /// The teacher for these splits, whose rows of the data set are `rows`.
    ///
    /// # Errors
    /// As [`LogitsFile::check_labels`].
    ///
    /// # Panics
    /// If `rows` are others than those that the file was read for.
    pub fn teacher(
        &self,
        config: &TeacherConfig,
        data: &DataSet,
        rows: &SplitRows,
        splits: &Splits,
    ) -> Result<MadeTeacher, TeacherFileError> {
        let began = Instant::now();
        self.check_labels(data)?;
        let logits = SplitLogits {
            train: self.train.gather(&rows.train).expect("covered when it was read"),
            validation: self.train.gather(&rows.validation),
            test: self.test.as_ref().and_then(|test| test.gather(&rows.test)),
            probabilities: None,
        };
        Ok(MadeTeacher::new(
            config,
            &logits,
            splits.all_labels(),
            splits.classes(),
            None,
            began.elapsed().as_secs_f64(),
        ))
    }
}

#[cfg(test)]
mod tests;
