//! What cannot be used is set aside, under a name that no reader looks for.

use std::fs;
use std::path::{Path, PathBuf};

use super::checkpoints::CHECKPOINTS;
use super::error::{StoreError, io_error};
use super::folder::Store;
use crate::{RunId, TeacherKey};

impl Store {
    /// Sets the damaged manifest aside, or the damaged note of when claims were declared, and says where to.
    ///
    /// # Errors
    /// If it cannot be renamed.
    pub fn set_file_aside(&self, damaged: &Path) -> Result<PathBuf, StoreError> {
        let name = damaged.file_name().unwrap_or_default().to_string_lossy();
        set_aside(self.root(), "damaged", &name)
    }

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

/// Whether a name is one that things get when they are set aside.
pub(super) fn is_set_aside(name: &str) -> bool {
    name.starts_with("damaged-") || name.starts_with("undiagnosed-")
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
