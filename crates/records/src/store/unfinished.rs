//! What a stopped process left half-written is removed.

use std::path::PathBuf;

use super::cells::{CELLS, SHARED};
use super::checkpoints::CHECKPOINTS;
use super::error::StoreError;
use super::folder::Store;
use crate::own_files::is_temporary;

/// Where files are half-written.
const FOLDERS: [&str; 5] = ["", "runs", "teacher", CHECKPOINTS, SHARED];

/// What is there only while something is made, or because it could not be.
const MAKING: [&str; 4] = ["holds", "failures", CHECKPOINTS, CELLS];

impl Store {
    /// Whether something is being made here, could not be made, or was left half-written.
    pub fn has_unfinished(&self) -> bool {
        let half = |folder: &str| {
            self.folder().entries(folder).is_ok_and(|entries| entries.iter().any(|entry| is_temporary(entry.text())))
        };
        MAKING.iter().any(|name| self.folder().kind(name).is_some()) || FOLDERS.iter().any(|folder| half(folder))
    }

    /// Removes what a killed process left half-written, and names it.
    ///
    /// # Errors
    /// If the store's folders cannot be read or a left-over not be removed.
    pub fn remove_unfinished(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut removed = Vec::new();
        for folder in FOLDERS {
            removed.extend(self.folder().remove_unfinished(folder)?);
        }
        Ok(removed)
    }
}
