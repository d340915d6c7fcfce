//! The folders of teachers.

use std::path::PathBuf;

use super::checksums::{Checksums, OTHER_CONTENT, sealed_json};
use super::error::{StoreError, damaged};
use super::files::{json_of, read, write_folder};
use super::folder::Store;
use crate::{TeacherKey, TeacherRecord};

const RECORD: &str = "record.json";
const LOGITS: &str = "logits.safetensors";
const WEIGHTS: &str = "weights.safetensors";

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
        self.teacher_and_checksums(key).map(|(record, _)| record)
    }

    fn teacher_and_checksums(&self, key: &TeacherKey) -> Result<(TeacherRecord, Checksums), StoreError> {
        let path = self.teacher_folder(key).join(RECORD);
        let (record, checksums): (TeacherRecord, Option<Checksums>) = json_of(&path, read(&path)?)?;
        if record.key != *key || TeacherKey::of(&record.config) != *key {
            return Err(damaged(&path, "it belongs to another teacher"));
        }
        Ok((record, checksums.unwrap_or_default()))
    }

    /// Holds a teacher's files against their checksums and the hashes in its record, and gives the hash of its logits.
    pub(super) fn verify_teacher(&self, key: &TeacherKey) -> Result<String, StoreError> {
        let (record, checksums) = self.teacher_and_checksums(key)?;
        let hashes = [(LOGITS, Some(&record.logits_hash)), (WEIGHTS, record.weights_hash.as_ref())];
        for (name, hash) in hashes {
            let Some(hash) = hash else { continue };
            let path = self.teacher_folder(key).join(name);
            let bytes = read(&path)?;
            if checksums.damage(name, &bytes).is_some() || blake3::hash(&bytes).to_hex().as_str() != hash {
                return Err(damaged(&path, OTHER_CONTENT));
            }
        }
        Ok(record.logits_hash)
    }

    /// Reads the bytes of a teacher's logits.
    ///
    /// # Errors
    /// If they or its record are missing or damaged.
    pub fn teacher_logits(&self, key: &TeacherKey) -> Result<Vec<u8>, StoreError> {
        let (_, checksums) = self.teacher_and_checksums(key)?;
        let path = self.teacher_folder(key).join(LOGITS);
        let bytes = read(&path)?;
        checksums.damage(LOGITS, &bytes).map_or(Ok(bytes), |reason| Err(damaged(&path, reason)))
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
        let mut parts = vec![(LOGITS, logits)];
        parts.extend(weights.map(|weights| (WEIGHTS, weights)));
        parts.push((RECORD, sealed_json(record, &Checksums::of(&parts))));
        write_folder(&self.teacher_folder(&record.key), &parts)
    }
}
