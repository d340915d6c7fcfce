//! Files that a suite names.

use std::path::{Path, PathBuf};

use crate::networks::Networks;
use crate::teacher::ParquetReader;

/// What reads the files that a suite names, beyond what is read here.
#[derive(Debug, Clone, Copy, Default)]
pub struct Readers<'a> {
    /// What reads Parquet files, which a teacher's logits may be in; without it they are refused.
    pub parquet: Option<ParquetReader>,
    /// The folder that holds the data sets' folders, whose labels are looked at; without it only those of arrays are.
    pub data: Option<&'a Path>,
    /// The networks that a suite may name.
    pub networks: Networks,
}

/// How the files that a suite names are found and read.
#[derive(Debug, Clone)]
pub(super) struct Files<'a> {
    /// The suite file's folder.
    folder: PathBuf,
    pub(super) readers: Readers<'a>,
}

impl<'a> Files<'a> {
    /// For the suite file of this name.
    pub(super) fn next_to(suite: &str, readers: Readers<'a>) -> Self {
        let folder = Path::new(suite).parent().map_or_else(PathBuf::new, Path::to_owned);
        Self { folder, readers }
    }

    /// The file that a suite calls so: relative names start at the suite file.
    pub(super) fn resolve(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// A file's name that is valid in a suite in any folder.
pub(super) fn anywhere(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}
