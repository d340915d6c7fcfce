//! What runs that could not be made leave behind.

use std::fs;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::store::{io_error, json_bytes, write_file};
use crate::{FORMAT_VERSION, RunId, Store, StoreError};

const FOLDER: &str = "failures";

/// Why something could not be made, and how often it was tried. Gone once it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureNote {
    /// The version of the format.
    pub format: u32,
    /// What it is, for people: a cohort or a teacher.
    pub what: String,
    /// The runs that are missing for it; none of a teacher.
    pub runs: Vec<RunId>,
    /// How often it was tried, at least 1.
    pub attempts: u32,
    /// What went wrong the last time.
    pub reason: String,
}

impl FailureNote {
    /// A note of today's format.
    pub fn new(what: &str, runs: Vec<RunId>, attempts: u32, reason: String) -> Self {
        Self { format: FORMAT_VERSION, what: what.to_owned(), runs, attempts, reason }
    }
}

impl Store {
    /// Notes a failure under a name, in place of an earlier one.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn note_failure(&self, name: &str, note: &FailureNote) -> Result<(), StoreError> {
        let folder = self.root().join(FOLDER);
        fs::create_dir_all(&folder).map_err(|e| io_error("create", &folder, e))?;
        write_file(&self.failure_file(name), &json_bytes(note))
    }

    /// The failures that are noted, by their names. One that cannot be read is left out.
    pub fn failures(&self) -> Vec<FailureNote> {
        let entries = fs::read_dir(self.root().join(FOLDER)).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        paths.sort();
        paths.iter().filter_map(|path| serde_json::from_slice(&fs::read(path).ok()?).ok()).collect()
    }

    /// Removes a note, if there is one.
    ///
    /// # Errors
    /// If it is there and cannot be removed.
    pub fn forget_failure(&self, name: &str) -> Result<(), StoreError> {
        let path = self.failure_file(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io_error("remove", &path, error)),
            Err(_) => {}
            // Fails where others are left.
            Ok(()) => drop(fs::remove_dir(self.root().join(FOLDER))),
        }
        Ok(())
    }

    /// Removes all notes: everything is there.
    ///
    /// # Errors
    /// If one cannot be removed.
    pub fn forget_failures(&self) -> Result<(), StoreError> {
        let folder = self.root().join(FOLDER);
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error("remove", &folder, error)),
            _ => Ok(()),
        }
    }

    fn failure_file(&self, name: &str) -> PathBuf {
        self.root().join(FOLDER).join(format!("{name}.json"))
    }
}
