//! What a stopped process left half-written is removed.

use std::fs;
use std::path::PathBuf;

use super::checkpoints::CHECKPOINTS;
use super::error::{StoreError, io_error};
use super::folder::Store;
use super::temporary::is_temporary;

impl Store {
    /// Removes what a killed process left half-written, and names it.
    ///
    /// # Errors
    /// If the store's folders cannot be read or a left-over not be removed.
    pub fn remove_unfinished(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut removed = Vec::new();
        let checkpoints = Some(self.root().join(CHECKPOINTS)).filter(|folder| folder.is_dir());
        let folders = [self.root().to_owned(), self.root().join("runs"), self.root().join("teacher")];
        for parent in folders.into_iter().chain(checkpoints) {
            for entry in fs::read_dir(&parent).map_err(|e| io_error("read", &parent, e))? {
                let path = entry.map_err(|e| io_error("read", &parent, e))?.path();
                let unfinished = path.file_name().is_some_and(|n| is_temporary(&n.to_string_lossy()));
                if unfinished {
                    let gone = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
                    gone.map_err(|e| io_error("remove", &path, e))?;
                    removed.push(path);
                }
            }
        }
        Ok(removed)
    }
}
