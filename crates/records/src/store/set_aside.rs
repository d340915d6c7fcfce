//! What cannot be used is set aside, under a name that no reader looks for.

use std::fs;
use std::path::{Path, PathBuf};

use super::checkpoints::CHECKPOINTS;
use super::error::{StoreError, io_error};
use super::folder::Store;
use crate::{RunId, TeacherKey};

impl Store {
    /// Sets a damaged checkpoint aside, and says where to.
    ///
    /// # Errors
    /// If it cannot be renamed.
    pub fn set_checkpoint_aside(&self, name: &str) -> Result<PathBuf, StoreError> {
        set_aside(&self.root().join(CHECKPOINTS), "damaged", name)
    }

    /// Sets a teacher aside whose files are damaged, and says where to.
    ///
    /// # Errors
    /// If its folder cannot be renamed.
    pub fn set_teacher_aside(&self, key: &TeacherKey) -> Result<PathBuf, StoreError> {
        set_aside(&self.root().join("teacher"), "damaged", key.as_str())
    }

    /// Sets a run aside that is to be made again for this reason, and says where to.
    ///
    /// # Errors
    /// If its folder cannot be renamed.
    pub fn set_run_aside(&self, id: &RunId, reason: &StoreError) -> Result<PathBuf, StoreError> {
        let word = if matches!(reason, StoreError::Undiagnosed(_)) { "undiagnosed" } else { "damaged" };
        set_aside(&self.root().join("runs"), word, id.as_str())
    }
}

/// Renames `parent/name` to a name that no reader looks for.
fn set_aside(parent: &Path, word: &str, name: &str) -> Result<PathBuf, StoreError> {
    let from = parent.join(name);
    let to = (1..)
        .map(|n| parent.join(format!("{word}-{n}-{name}")))
        .find(|path| !path.exists())
        .expect("some number is free");
    fs::rename(&from, &to).map_err(|e| io_error("rename", &from, e))?;
    Ok(to)
}
