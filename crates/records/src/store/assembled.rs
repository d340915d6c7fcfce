//! A store made of the folders of others.

use std::fs;
use std::path::Path;

use super::checksums::{Checksums, sealed_json};
use super::declarations::{CLAIMS, ClaimDeclaration, declarations_file};
use super::error::StoreError;
use super::folder::{LOCK, Store};
use crate::{Manifest, OwnFolder};

/// A file or folder of another store, taken over under the same name.
#[derive(Debug, Clone)]
pub enum StorePart {
    /// A file.
    File {
        /// The store that has it.
        of: Store,
        /// Its name there.
        name: String,
    },
    /// A folder of files.
    Folder {
        /// The store that has it.
        of: Store,
        /// Its name there, `runs/0123456789abcdef`.
        name: String,
    },
}

impl Store {
    /// Makes a store of a manifest, the claims that were ever declared, and parts of other stores: all or, on an error,
    /// nothing. Files are linked where the file system can, as those of whole runs never change, and copied elsewhere.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] if `root` is there and not empty, or if a file cannot be read or written.
    pub fn assemble(
        root: &Path,
        manifest: &Manifest,
        declarations: Vec<ClaimDeclaration>,
        parts: &[StorePart],
    ) -> Result<Self, StoreError> {
        let foreign = || StoreError::Foreign(root.to_owned());
        if fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_some()) || root.is_file() {
            return Err(foreign());
        }
        let parent = root.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = root.file_name().ok_or_else(foreign)?;
        let parent = OwnFolder::at(parent);
        parent.create()?;
        // An empty folder is replaced.
        let made = parent.fill_folder(name, |folder| {
            folder.create_folder("runs")?;
            folder.create_folder("teacher")?;
            for part in parts {
                match part {
                    StorePart::File { of, name } => folder.take_file(of.folder(), name)?,
                    StorePart::Folder { of, name } => folder.take_folder(of.folder(), name)?,
                }
            }
            folder.create_new("manifest.json", &sealed_json(manifest, &Checksums::default()))?;
            if !declarations.is_empty() {
                folder.create_new(CLAIMS, &declarations_file(declarations))?;
            }
            folder.create_new(LOCK, &[])?;
            Ok::<(), StoreError>(())
        })?;
        if made { Ok(Self::at(root)) } else { Err(foreign()) }
    }
}
