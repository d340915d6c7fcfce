//! Runs that were made elsewhere.

use std::path::Path;

use super::checksums::{Checksums, OTHER_CONTENT, sealed_json};
use super::error::{StoreError, damaged};
use super::files::{read, read_json};
use super::folder::Store;
use crate::{Imported, RightPredictions};

const IMPORTED: &str = "imported.json";

const RIGHT: &str = "right-";

impl Store {
    /// Whether the store's runs were made elsewhere.
    pub fn is_imported(&self) -> bool {
        self.folder().has_file(IMPORTED) && self.folder().kind("manifest.json").is_none()
    }

    /// Reads the runs that were made elsewhere.
    ///
    /// # Errors
    /// If they are missing, damaged or newer than this code.
    pub fn imported(&self) -> Result<Imported, StoreError> {
        let imported: Imported = read_json(self.folder(), IMPORTED)?;
        // Readers rely on a first configuration.
        if imported.configurations.is_empty() {
            return Err(damaged(&self.folder().path(IMPORTED), "it names no configuration"));
        }
        Ok(imported)
    }

    /// Reads whether each test example was classified correctly, of every imported run of which that is known.
    ///
    /// # Errors
    /// If the file that [`Imported::right`] names is missing or damaged.
    pub fn imported_right(&self, imported: &Imported) -> Result<RightPredictions, StoreError> {
        let Some(name) = &imported.right else { return Ok(RightPredictions::default()) };
        if !is_right_file(name) {
            return Err(damaged(
                &self.folder().path(IMPORTED),
                format!("`{name}` is no name of a file of predictions"),
            ));
        }
        let path = self.folder().path(name);
        let bytes = read(self.folder(), name)?;
        if *name != right_file(&bytes) {
            return Err(damaged(&path, OTHER_CONTENT));
        }
        RightPredictions::from_bytes(&bytes).map_err(|e| damaged(&path, e))
    }

    /// Writes runs that were made elsewhere into a folder that is new, empty or holds an earlier import, which they
    /// replace: all or, on an error, nothing.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] if `root` holds other things, or if a file cannot be written.
    pub fn write_imported(
        root: &Path,
        mut imported: Imported,
        right: Option<&RightPredictions>,
    ) -> Result<Self, StoreError> {
        let store = Self::at(root);
        let there = store.folder().entries("").is_ok_and(|entries| !entries.is_empty());
        if there && !store.is_imported() {
            return Err(StoreError::Foreign(root.to_owned()));
        }
        let right = right.map(RightPredictions::to_bytes);
        imported.right = right.as_deref().map(right_file);
        let earlier = if there { store.imported().ok().and_then(|earlier| earlier.right) } else { None };
        store.folder().create()?;
        // The file that names the other comes last.
        if let (Some(name), Some(bytes)) = (&imported.right, &right) {
            store.folder().write(name, bytes)?;
        }
        store.folder().write(IMPORTED, &sealed_json(&imported, &Checksums::default()))?;
        if let Some(name) = earlier.filter(|name| imported.right.as_ref() != Some(name) && is_right_file(name)) {
            store.folder().remove_file(name)?;
        }
        Ok(store)
    }
}

/// Named after its content.
fn right_file(bytes: &[u8]) -> String {
    format!("{RIGHT}{}.safetensors", &blake3::hash(bytes).to_hex()[..16])
}

/// Whether a name is one that an import gives: nothing else is ever removed.
fn is_right_file(name: &str) -> bool {
    let hash = name.strip_prefix(RIGHT).and_then(|rest| rest.strip_suffix(".safetensors"));
    hash.is_some_and(|hash| hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()))
}
