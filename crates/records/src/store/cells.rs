//! Runs in the making by programs of the user's: each in a folder of its own until it is in the store.

use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::folder::Store;
use crate::own_files::Kind;
use crate::{OwnFolder, RunId, TeacherKey};

/// The folder of those folders.
pub const CELLS: &str = "cells";

/// Files that several cells share: each has a second name in them.
pub const SHARED: &str = "cells/shared";

/// The folder of a run in the making, relative to its store.
pub fn cell_name(id: &RunId) -> PathBuf {
    PathBuf::from(CELLS).join(id.as_str())
}

/// The folder of a teacher in the making, relative to its store.
pub fn teacher_cell_name(key: &TeacherKey) -> PathBuf {
    PathBuf::from(CELLS).join(key.to_string())
}

impl Store {
    /// Removes the folder in which a program made a run, with all that the program left there.
    ///
    /// # Errors
    /// If it is no folder, or something in it cannot be removed.
    pub fn remove_cell(&self, id: &RunId) -> Result<(), StoreError> {
        self.folder().remove_tree(cell_name(id))?;
        Ok(())
    }

    /// The same of a teacher.
    ///
    /// # Errors
    /// As [`Store::remove_cell`].
    pub fn remove_teacher_cell(&self, key: &TeacherKey) -> Result<(), StoreError> {
        self.folder().remove_tree(teacher_cell_name(key))?;
        Ok(())
    }

    /// Removes the cells of runs and teachers that are there, which a process left behind that was killed before it could;
    /// then what cells shared, unless some are left.
    pub fn tidy_cells(&self) {
        let is_there = |name: &str| {
            RunId::from_name(name).is_some_and(|id| self.has_run(&id))
                || TeacherKey::from_name(name).is_some_and(|key| self.has_teacher(&key))
        };
        let cells = self.folder().entries(CELLS).unwrap_or_default();
        let cells = cells.iter().filter(|entry| entry.kind == Kind::Folder && RunId::from_name(entry.text()).is_some());
        let (settled, left): (Vec<_>, Vec<_>) = cells.partition(|entry| is_there(entry.text()));
        for cell in settled {
            // What is left costs room and nothing else.
            let _ = self.folder().remove_tree(Path::new(CELLS).join(&cell.name));
        }
        if !left.is_empty() {
            return;
        }
        remove_shared(self.folder());
        self.folder().remove_empty_folder(CELLS);
    }
}

fn remove_shared(folder: &OwnFolder) {
    let is_own = |name: &str| name.strip_suffix(".npy").is_some_and(|hash| RunId::from_name(hash).is_some());
    // What is left costs room and nothing else.
    let _ = folder.remove_files(SHARED, is_own);
}
