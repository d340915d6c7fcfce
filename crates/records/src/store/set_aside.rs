//! What cannot be used is set aside, under a name that no reader looks for.

use std::path::{Path, PathBuf};

use super::checkpoints::CHECKPOINTS;
use super::error::StoreError;
use super::folder::Store;
use crate::{RunId, TeacherKey};

impl Store {
    /// Sets the damaged manifest aside, or the damaged note of when claims were declared, and says where to.
    ///
    /// # Errors
    /// If it is no file, or cannot be renamed.
    pub fn set_file_aside(&self, damaged: &Path) -> Result<PathBuf, StoreError> {
        let name = damaged.file_name().unwrap_or_default().to_string_lossy();
        self.folder().expect_file_or_nothing(name.as_ref())?;
        self.set_aside("", "damaged", &name)
    }

    /// Sets a damaged checkpoint aside, and says where to.
    ///
    /// # Errors
    /// If it is no file, or cannot be renamed.
    pub fn set_checkpoint_aside(&self, name: &str) -> Result<PathBuf, StoreError> {
        self.folder().expect_file_or_nothing(Path::new(CHECKPOINTS).join(name))?;
        self.set_aside(CHECKPOINTS, "damaged", name)
    }

    /// Sets a teacher aside whose files are damaged, and says where to.
    ///
    /// # Errors
    /// If its folder cannot be renamed.
    pub fn set_teacher_aside(&self, key: &TeacherKey) -> Result<PathBuf, StoreError> {
        self.set_aside("teacher", "damaged", key.as_str())
    }

    /// Sets a run aside that is to be made again for this reason, and says where to.
    ///
    /// # Errors
    /// If its folder cannot be renamed.
    pub fn set_run_aside(&self, id: &RunId, reason: &StoreError) -> Result<PathBuf, StoreError> {
        let word = if matches!(reason, StoreError::Undiagnosed(_)) { "undiagnosed" } else { "damaged" };
        self.set_aside("runs", word, id.as_str())
    }

    /// Renames `parent/name` to a name that no reader looks for.
    fn set_aside(&self, parent: &str, word: &str, name: &str) -> Result<PathBuf, StoreError> {
        let (parent, mut number) = (Path::new(parent), 1);
        loop {
            let aside = parent.join(format!("{word}-{number}-{name}"));
            if self.folder().rename(parent.join(name), &aside)? {
                return Ok(self.folder().path(aside));
            }
            number += 1;
        }
    }
}

/// Whether a name is one that things get when they are set aside.
pub(super) fn is_set_aside(name: &str) -> bool {
    name.starts_with("damaged-") || name.starts_with("undiagnosed-")
}
