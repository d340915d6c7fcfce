//! Cohorts and teachers in the middle of their training.

use std::fs;
use std::io;
use std::path::PathBuf;

use super::error::{StoreError, io_error};
use super::folder::Store;
use super::temporary::is_temporary;

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
        let path = self.checkpoint_file(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error("remove", &path, error)),
            _ => Ok(()),
        }
    }

    /// The names of the checkpoints, damaged and half-written ones left out.
    pub fn checkpoints(&self) -> Vec<String> {
        let entries = fs::read_dir(self.root().join(CHECKPOINTS)).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> =
            names.filter(|name| !name.starts_with("damaged-") && !is_temporary(name)).collect();
        names.sort();
        names
    }

    /// Removes the folder of checkpoints, unless something is left in it.
    pub fn tidy_checkpoints(&self) {
        let _ = fs::remove_dir(self.root().join(CHECKPOINTS));
    }
}
