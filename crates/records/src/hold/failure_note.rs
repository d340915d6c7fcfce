//! What runs that could not be made leave behind.

use serde::{Deserialize, Serialize};

use crate::store::{from_json, json_bytes};
use crate::{Entry, FORMAT_VERSION, RunId, Store, StoreError, TeacherKey};

const FOLDER: &str = "failures";

const NOTE: &str = ".json";

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
        self.teacher.as_ref().is_none_or(|key| store.has_teacher(key)) && self.runs.iter().all(|id| store.has_run(id))
    }

    /// Its file, in the store.
    fn file(&self) -> String {
        let name = match (&self.teacher, self.runs.first()) {
            (Some(key), _) => format!("teacher-{key}"),
            (None, Some(id)) => id.to_string(),
            (None, None) => "nothing".to_owned(),
        };
        format!("{FOLDER}/{name}{NOTE}")
    }
}

impl Store {
    /// Notes a failure, in place of an earlier one of the same.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn note_failure(&self, note: &FailureNote) -> Result<(), StoreError> {
        Ok(self.folder().write(note.file(), &json_bytes(note))?)
    }

    /// The failures that are noted, by their names. One that cannot be read is left out.
    pub fn failures(&self) -> Vec<FailureNote> {
        let entries = self.folder().entries(FOLDER).unwrap_or_default();
        let files = entries.iter().map(Entry::text).filter(|name| name.ends_with(NOTE));
        let read = |name: &str| from_json(&self.folder().read(format!("{FOLDER}/{name}")).ok()?).ok();
        files.filter_map(read).collect()
    }

    /// Removes a note, if there is one.
    ///
    /// # Errors
    /// If it is there and cannot be removed.
    pub fn forget_failure(&self, note: &FailureNote) -> Result<(), StoreError> {
        if self.folder().remove_file(note.file())? {
            // Fails where others are left.
            self.folder().remove_empty_folder(FOLDER);
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
