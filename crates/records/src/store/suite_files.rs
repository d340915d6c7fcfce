//! What belongs to the whole suite: the manifest, the suite as run, the labels.

use super::checksums::{Checksums, sealed_json};
use super::error::{StoreError, damaged};
use super::files::{read, read_json, write_if_other};
use super::folder::Store;
use crate::short_hash::ShortHash;
use crate::{DataConfig, Manifest, SplitLabels};

pub(crate) const SUITE: &str = "suite.toml";

const MANIFEST: &str = "manifest.json";

impl Store {
    /// Reads the manifest.
    ///
    /// # Errors
    /// If it is missing, damaged or newer than this code.
    pub fn manifest(&self) -> Result<Manifest, StoreError> {
        let manifest: Manifest = read_json(self.folder(), MANIFEST)?;
        // Readers rely on a first configuration.
        if manifest.configurations.is_empty() {
            return Err(damaged(&self.folder().path(MANIFEST), "it names no configuration"));
        }
        Ok(manifest)
    }

    /// Writes the manifest in place of the one before.
    ///
    /// # Errors
    /// If it cannot be written; the one before then stays.
    pub fn write_manifest(&self, manifest: &Manifest) -> Result<(), StoreError> {
        write_if_other(self.folder(), MANIFEST, &sealed_json(manifest, &Checksums::default()))
    }

    /// Writes the resolved suite in place of the one before.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_suite(&self, toml: &str) -> Result<(), StoreError> {
        write_if_other(self.folder(), SUITE, toml.as_bytes())
    }

    /// Reads the labels of the validation and test examples of a split.
    ///
    /// # Errors
    /// If they are missing or damaged.
    pub fn labels(&self, data: &DataConfig) -> Result<SplitLabels, StoreError> {
        let name = labels_file(data);
        SplitLabels::from_bytes(&read(self.folder(), &name)?).map_err(|e| damaged(&self.folder().path(name), e))
    }

    /// Writes the labels of the validation and test examples of a split.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn write_labels(&self, data: &DataConfig, labels: &SplitLabels) -> Result<(), StoreError> {
        Ok(self.folder().write(labels_file(data), &labels.to_bytes())?)
    }
}

/// Named after the split: two versions of a suite may validate on other examples.
fn labels_file(data: &DataConfig) -> String {
    format!("labels-{}.safetensors", ShortHash::of("fractionate labels", data))
}
