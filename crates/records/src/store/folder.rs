//! The folder of one suite's results.

use std::fs;
use std::io;
use std::path::Path;

use super::error::{StoreError, io_error};
use crate::OwnFolder;

pub(crate) const LOCK: &str = ".lock";

/// The folder of one suite's results.
///
/// ```text
/// suite.toml                the resolved suite, as run
/// manifest.json             the suite's runs, choices and declarations
/// claims.json               when each claim was first declared; only added to
/// labels-<hash>.safetensors labels of the validation and test examples
/// teacher/<key>/            record.json, logits.safetensors; weights.safetensors of one trained here
/// runs/<run-id>/            record.json, predictions.safetensors, provenance.json, student.safetensors,
///                           diagnostics.json, diagnostics.safetensors; student.npz of a program
/// holds/                    which process makes what; gone once none does
/// failures/                 why runs could not be made; gone once they are there
/// checkpoints/              cohorts in the middle of their training; gone once their runs are there
/// cells/                    runs in the making by programs of the user's; gone once they are there
/// report/                   tables and figures
/// ```
///
/// Runs that were made elsewhere are in a folder of another kind:
///
/// ```text
/// imported.json             what the table says: names, runs, learning curves
/// right-<hash>.safetensors  whether each test example was classified correctly, run by run, if that is known
/// report/                   tables and figures
/// ```
#[derive(Debug, Clone)]
pub struct Store {
    folder: OwnFolder,
}

/// Folders that a store may have.
const FOLDERS: [&str; 7] = ["runs", "teacher", "holds", "failures", "checkpoints", "cells", "report"];

impl Store {
    /// Opens `root` for writing, creating what is missing.
    ///
    /// # Errors
    /// [`StoreError::Imported`] if `root` holds imported runs, [`StoreError::Foreign`] if it holds other things, or if a
    /// folder cannot be created.
    pub fn create(root: &Path) -> Result<Self, StoreError> {
        if Self::at(root).is_imported() {
            return Err(StoreError::Imported(root.to_owned()));
        }
        if is_foreign(root) {
            return Err(StoreError::Foreign(root.to_owned()));
        }
        let store = Self::at(root);
        store.folder.create()?;
        // Before hours of work: a link is not written through.
        for folder in FOLDERS {
            store.folder.expect_folder_or_nothing(folder)?;
        }
        for folder in ["runs", "teacher"] {
            store.folder.create_folder(folder)?;
        }
        Ok(store)
    }

    /// Opens an existing store for reading.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`] if `root` has neither a manifest nor imported runs.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let store = Self::at(root);
        for name in ["manifest.json", "imported.json"] {
            store.folder.expect_file_or_nothing(name)?;
        }
        for name in ["runs", "teacher"] {
            store.folder.expect_folder_or_nothing(name)?;
        }
        if store.folder.has_file("manifest.json") || store.is_imported() {
            return Ok(store);
        }
        let reason = match fs::read_dir(root).map(|mut entries| entries.next().is_none()) {
            Ok(true) => "the folder is empty",
            Ok(false) => "it has no manifest.json",
            Err(error) if error.kind() == io::ErrorKind::NotFound => "there is no such folder",
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => "it is not a folder",
            Err(error) => return Err(io_error("read", root, error)),
        };
        Err(StoreError::NotAStore { path: root.to_owned(), reason })
    }

    /// A store at `root` that may not be there yet; nothing is touched.
    pub fn at(root: &Path) -> Self {
        Self { folder: OwnFolder::at(root) }
    }

    /// The store's folder.
    pub fn root(&self) -> &Path {
        self.folder.root()
    }

    /// The store's folder, to read, write and remove its files.
    pub fn folder(&self) -> &OwnFolder {
        &self.folder
    }
}

/// Whether a folder is there, holds something, and is no store, not even one that was stopped while it was made.
fn is_foreign(root: &Path) -> bool {
    // What is not a folder, or cannot be read, fails with the system's own words when it is written to.
    let Ok(entries) = fs::read_dir(root) else { return false };
    let names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    let has = |name: &str| names.iter().any(|found| found == name);
    // The lock is the first file of a store; copies may lack it.
    let store = has(LOCK) || (has("manifest.json") && has("runs"));
    !store && !names.iter().all(|name| name == "runs" || name == "teacher")
}
