//! What runs that could not be made leave behind.

use std::fs;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::store::{from_json, io_error, json_bytes, write_file};
use crate::{FORMAT_VERSION, RunId, Store, StoreError, TeacherKey};

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
    /// The teacher that is missing, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teacher: Option<TeacherKey>,
    /// How often it was tried, at least 1.
    pub attempts: u32,
    /// What went wrong the last time.
    pub reason: String,
}

impl FailureNote {
    /// A note of today's format about a cohort that was not tried yet.
    pub fn of_runs(what: &str, runs: Vec<RunId>) -> Self {
        Self { format: FORMAT_VERSION, what: what.to_owned(), runs, teacher: None, attempts: 0, reason: String::new() }
    }

    /// A note of today's format about a teacher that was not tried yet.
    pub fn of_teacher(key: TeacherKey) -> Self {
        Self { teacher: Some(key), ..Self::of_runs("the teacher", Vec::new()) }
    }

    /// Whether what it speaks of is there by now.
    pub fn is_settled(&self, store: &Store) -> bool {
        self.teacher.as_ref().is_none_or(|key| store.teacher_folder(key).is_dir())
            && self.runs.iter().all(|id| store.has_run(id))
    }

    fn file(&self, store: &Store) -> PathBuf {
        let name = match (&self.teacher, self.runs.first()) {
            (Some(key), _) => format!("teacher-{key}"),
            (None, Some(id)) => id.to_string(),
            (None, None) => "nothing".to_owned(),
        };
        store.root().join(FOLDER).join(format!("{name}.json"))
    }
}

impl Store {
    /// Notes a failure, in place of an earlier one of the same.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn note_failure(&self, note: &FailureNote) -> Result<(), StoreError> {
        let folder = self.root().join(FOLDER);
        fs::create_dir_all(&folder).map_err(|e| io_error("create", &folder, e))?;
        write_file(&note.file(self), &json_bytes(note))
    }

    /// The failures that are noted, by their names. One that cannot be read is left out.
    pub fn failures(&self) -> Vec<FailureNote> {
        let entries = fs::read_dir(self.root().join(FOLDER)).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        paths.sort();
        paths.iter().filter_map(|path| from_json(&fs::read(path).ok()?).ok()).collect()
    }

    /// Removes a note, if there is one.
    ///
    /// # Errors
    /// If it is there and cannot be removed.
    pub fn forget_failure(&self, note: &FailureNote) -> Result<(), StoreError> {
        let path = note.file(self);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io_error("remove", &path, error)),
            Err(_) => {}
            // Fails where others are left.
            Ok(()) => drop(fs::remove_dir(self.root().join(FOLDER))),
        }
        Ok(())
    }

    /// Removes the notes about what is there by now, whichever suite made it.
    ///
    /// # Errors
    /// If one cannot be removed.
    pub fn forget_settled_failures(&self) -> Result<(), StoreError> {
        self.failures().iter().filter(|note| note.is_settled(self)).try_for_each(|note| self.forget_failure(note))
    }
}
