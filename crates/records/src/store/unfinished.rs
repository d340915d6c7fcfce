//! What a stopped process left half-written is removed.

use std::path::PathBuf;

use super::checkpoints::CHECKPOINTS;
use super::error::StoreError;
use super::folder::Store;

impl Store {
    /// Removes what a killed process left half-written, and names it.
    ///
    /// # Errors
    /// If the store's folders cannot be read or a left-over not be removed.
    pub fn remove_unfinished(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut removed = Vec::new();
        for folder in ["", "runs", "teacher", CHECKPOINTS] {
            removed.extend(self.folder().remove_unfinished(folder)?);
        }
        Ok(removed)
    }
}
