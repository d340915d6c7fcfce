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

    /// Removes all whole checkpoints but damaged ones, and their folder if nothing is left in it.
    ///
    /// # Errors
    /// If the folder cannot be read or a file not be removed.
    pub fn remove_checkpoints(&self) -> Result<(), StoreError> {
        let folder = self.root().join(CHECKPOINTS);
        let entries = match fs::read_dir(&folder) {
            // Another process may be as far as this one.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries.map_err(|e| io_error("read", &folder, e))?,
        };
        for entry in entries {
            let name = entry.map_err(|e| io_error("read", &folder, e))?.file_name();
            let name = name.to_string_lossy();
            if !name.starts_with("damaged-") && !is_temporary(&name) {
                self.remove_checkpoint(&name)?;
            }
        }
        // Fails where a damaged one is left, which is as it should be.
        let _ = fs::remove_dir(&folder);
        Ok(())
    }
}
