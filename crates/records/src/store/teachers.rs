//! The folders of teachers.

use std::path::PathBuf;

use super::error::StoreError;
use super::files::{json_bytes, read_json, write_folder};
use super::folder::Store;
use crate::{TeacherKey, TeacherRecord};

impl Store {
    /// The folder of a teacher, there or not.
    pub fn teacher_folder(&self, key: &TeacherKey) -> PathBuf {
        self.root().join("teacher").join(key.as_str())
    }

    /// Reads a teacher's record.
    ///
    /// # Errors
    /// If it is missing, damaged or newer than this code.
    pub fn teacher(&self, key: &TeacherKey) -> Result<TeacherRecord, StoreError> {
        read_json(&self.teacher_folder(key).join("record.json"))
    }

    /// Writes a teacher: record, logits and, where it was trained here, weights; or nothing.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write_teacher(
        &self,
        record: &TeacherRecord,
        logits: Vec<u8>,
        weights: Option<Vec<u8>>,
    ) -> Result<(), StoreError> {
        let mut parts = vec![("record.json", json_bytes(record)), ("logits.safetensors", logits)];
        parts.extend(weights.map(|weights| ("weights.safetensors", weights)));
        write_folder(&self.teacher_folder(&record.key), &parts)
    }
}
