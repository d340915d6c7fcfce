//! What belongs to the whole suite: the manifest, the suite as run, the labels.

use std::path::PathBuf;

use super::checksums::{Checksums, sealed_json};
use super::error::{StoreError, damaged};
use super::files::{read, read_json, write_file, write_if_other};
use super::folder::Store;
use crate::run::short_hash;
use crate::{DataConfig, Manifest, SplitLabels};

pub(crate) const SUITE: &str = "suite.toml";

impl Store {
    /// Reads the manifest.
    ///
    /// # Errors
    /// If it is missing, damaged or newer than this code.
    pub fn manifest(&self) -> Result<Manifest, StoreError> {
        let path = self.root().join("manifest.json");
        let manifest: Manifest = read_json(&path)?;
        // Readers rely on a first configuration.
        if manifest.configurations.is_empty() { Err(damaged(&path, "it names no configuration")) } else { Ok(manifest) }
    }

    /// Writes the manifest in place of the one before.
    ///
    /// # Errors
    /// If it cannot be written; the one before then stays.
    pub fn write_manifest(&self, manifest: &Manifest) -> Result<(), StoreError> {
        write_if_other(&self.root().join("manifest.json"), &sealed_json(manifest, &Checksums::default()))
    }

    /// Writes the resolved suite in place of the one before.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_suite(&self, toml: &str) -> Result<(), StoreError> {
        write_if_other(&self.root().join(SUITE), toml.as_bytes())
    }

    /// Reads the labels of the validation and test examples of a split.
    ///
    /// # Errors
    /// If they are missing or damaged.
    pub fn labels(&self, data: &DataConfig) -> Result<SplitLabels, StoreError> {
        let path = self.labels_file(data);
        SplitLabels::from_bytes(&read(&path)?).map_err(|e| damaged(&path, e))
    }

    /// Writes the labels of the validation and test examples of a split.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn write_labels(&self, data: &DataConfig, labels: &SplitLabels) -> Result<(), StoreError> {
        write_file(&self.labels_file(data), &labels.to_bytes())
    }

    /// Named after the split: two versions of a suite may validate on other examples.
    fn labels_file(&self, data: &DataConfig) -> PathBuf {
        self.root().join(format!("labels-{}.safetensors", short_hash("fractionate labels", data)))
    }
}
