//! Cohorts and teachers in the middle of their training.

use std::path::PathBuf;

use super::error::StoreError;
use super::folder::Store;
use crate::own_files::{Entry, Kind};
use crate::short_hash::ShortHash;

pub(crate) const CHECKPOINTS: &str = "checkpoints";

impl Store {
    /// The file of a checkpoint, there or not.
    pub fn checkpoint_file(&self, name: &str) -> PathBuf {
        self.root().join(CHECKPOINTS).join(name)
    }

    /// Removes a checkpoint, once what it would have led to is in the store.
    ///
    /// # Errors
    /// If it is there and cannot be removed.
    pub fn remove_checkpoint(&self, name: &str) -> Result<(), StoreError> {
        self.folder().remove_file(format!("{CHECKPOINTS}/{name}"))?;
        Ok(())
    }

    /// Whether something lies where a checkpoint belongs.
    pub fn has_checkpoint(&self, name: &str) -> bool {
        self.folder().kind(format!("{CHECKPOINTS}/{name}")).is_some()
    }

    /// The names of the checkpoints, in their order. What is damaged or half-written, and whatever else lies there, is
    /// none.
    pub fn checkpoints(&self) -> Vec<String> {
        let entries = self.folder().entries(CHECKPOINTS).unwrap_or_default();
        let files = entries.iter().filter(|entry| entry.kind == Kind::File).map(Entry::text);
        files.filter(|name| is_checkpoint(name)).map(str::to_owned).collect()
    }

    /// Removes the folder of checkpoints, unless something is left in it.
    pub fn tidy_checkpoints(&self) {
        self.folder().remove_empty_folder(CHECKPOINTS);
    }
}

/// Whether a name is one that a checkpoint is given: nothing else is ever removed.
fn is_checkpoint(name: &str) -> bool {
    ShortHash::from_name(name.strip_prefix("teacher-").unwrap_or(name)).is_some()
}
