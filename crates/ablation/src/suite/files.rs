//! Files that a suite names.

use std::path::{Path, PathBuf};

use fractionate_training::ParquetReader;

/// How the files that a suite names are found and read.
#[derive(Debug, Clone)]
pub(super) struct Files {
    /// The suite file's folder.
    folder: PathBuf,
    /// What reads Parquet files, if anything does.
    pub(super) parquet: Option<ParquetReader>,
}

impl Files {
    /// For the suite file of this name.
    pub(super) fn next_to(suite: &str, parquet: Option<ParquetReader>) -> Self {
        let folder = Path::new(suite).parent().map_or_else(PathBuf::new, Path::to_owned);
        Self { folder, parquet }
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
