//! The folders of teachers.

use std::fs::File;
use std::path::PathBuf;

use super::checksums::{Checksums, OTHER_CONTENT, sealed_json};
use super::error::{StoreError, damaged};
use super::files::{expect_sizes, json_of, open, read, write_folder};
use super::folder::Store;
use crate::{TeacherKey, TeacherRecord};

const RECORD: &str = "record.json";
const LOGITS: &str = "logits.safetensors";
const WEIGHTS: &str = "weights.safetensors";

impl Store {
    /// The folder of a teacher, there or not.
    pub fn teacher_folder(&self, key: &TeacherKey) -> PathBuf {
        self.folder().path(teacher_name(key))
    }

    /// Whether the teacher is there. Folders appear whole, so one that is there is finished.
    pub fn has_teacher(&self, key: &TeacherKey) -> bool {
        self.folder().has_folder(teacher_name(key))
    }

    /// Opens a file of a teacher.
    ///
    /// # Errors
    /// If it is missing or no file.
    pub fn open_teacher_file(&self, key: &TeacherKey, name: &str) -> Result<File, StoreError> {
        open(self.folder(), &format!("{}/{name}", teacher_name(key)))
    }

    /// Reads a file of a teacher.
    ///
    /// # Errors
    /// If it is missing or no file.
    pub fn teacher_file(&self, key: &TeacherKey, name: &str) -> Result<Vec<u8>, StoreError> {
        read(self.folder(), &format!("{}/{name}", teacher_name(key)))
    }

    /// Reads a teacher's record, and sees to it that the teacher's other files have the sizes that they were written with.
    ///
    /// # Errors
    /// If a file is missing, damaged or newer than this code.
    pub fn teacher(&self, key: &TeacherKey) -> Result<TeacherRecord, StoreError> {
        self.teacher_and_checksums(key).map(|(record, _)| record)
    }

    fn teacher_and_checksums(&self, key: &TeacherKey) -> Result<(TeacherRecord, Checksums), StoreError> {
        let path = self.teacher_folder(key).join(RECORD);
        let (record, checksums): (TeacherRecord, Option<Checksums>) = json_of(&path, self.teacher_file(key, RECORD)?)?;
        if record.key != *key || TeacherKey::of(&record.config) != *key {
            return Err(damaged(&path, "it belongs to another teacher"));
        }
        let checksums = checksums.unwrap_or_default();
        expect_sizes(self.folder(), &teacher_name(key), &checksums)?;
        Ok((record, checksums))
    }

    /// Holds a teacher's files against their checksums and the hashes in its record, and gives the hash of its logits.
    pub(super) fn verify_teacher(&self, key: &TeacherKey) -> Result<String, StoreError> {
        let (record, checksums) = self.teacher_and_checksums(key)?;
        let hashes = [(LOGITS, Some(&record.logits_hash)), (WEIGHTS, record.weights_hash.as_ref())];
        for (name, hash) in hashes {
            let Some(hash) = hash else { continue };
            let bytes = self.teacher_file(key, name)?;
            if checksums.damage(name, &bytes).is_some() || blake3::hash(&bytes).to_hex().as_str() != hash {
                return Err(damaged(&self.teacher_folder(key).join(name), OTHER_CONTENT));
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
        let bytes = self.teacher_file(key, LOGITS)?;
        let path = self.teacher_folder(key).join(LOGITS);
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
        write_folder(self.folder(), &teacher_name(&record.key), &parts)
    }
}

/// A teacher's folder, in the store.
pub(super) fn teacher_name(key: &TeacherKey) -> String {
    format!("teacher/{key}")
}
