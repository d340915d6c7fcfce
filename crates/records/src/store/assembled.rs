//! A store made of the folders of others.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::checksums::{Checksums, sealed_json};
use super::declarations::{CLAIMS, ClaimDeclaration, declarations_file};
use super::error::{StoreError, io_error};
use super::files::create_new;
use super::folder::{LOCK, Store};
use super::temporary::temporary_folder;
use crate::Manifest;

/// A file or folder of another store, and its place in the new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorePart {
    /// Where it lies.
    pub from: PathBuf,
    /// Its path in the new store, `runs/0123456789abcdef`.
    pub to: PathBuf,
}

impl Store {
    /// Makes a store of a manifest, the claims that were ever declared, and parts of other stores: all or, on an error, nothing. Files are linked where the file
    /// system can, as those of whole runs never change, and copied elsewhere.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] if `root` is there and not empty, or if a file cannot be read or written.
    pub fn assemble(
        root: &Path,
        manifest: &Manifest,
        declarations: Vec<ClaimDeclaration>,
        parts: &[StorePart],
    ) -> Result<Self, StoreError> {
        if fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_some()) || root.is_file() {
            return Err(StoreError::Foreign(root.to_owned()));
        }
        let parent = root.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(|e| io_error("create", parent, e))?;
        let temporary = temporary_folder(parent).map_err(|e| io_error("create", root, e))?;
        for folder in ["runs", "teacher"] {
            let folder = temporary.path().join(folder);
            fs::create_dir(&folder).map_err(|e| io_error("create", &folder, e))?;
        }
        for part in parts {
            let to = temporary.path().join(&part.to);
            link(&part.from, &to).map_err(|e| io_error("copy", &part.from, e))?;
        }
        let manifest = sealed_json(manifest, &Checksums::default());
        let mut files = vec![("manifest.json", manifest), (LOCK, Vec::new())];
        if !declarations.is_empty() {
            files.push((CLAIMS, declarations_file(declarations)));
        }
        for (name, bytes) in files {
            let path = temporary.path().join(name);
            create_new(&path, &bytes).map_err(|e| io_error("write", &path, e))?;
        }
        let finish = || -> io::Result<()> {
            File::open(temporary.path())?.sync_all()?;
            // An empty folder is replaced.
            fs::rename(temporary.path(), root)?;
            File::open(parent)?.sync_all()
        };
        finish().map_err(|e| io_error("write", root, e))?;
        let _ = temporary.keep();
        Ok(Self::at(root))
    }
}

fn link(from: &Path, to: &Path) -> io::Result<()> {
    if fs::metadata(from)?.is_dir() {
        fs::create_dir(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            link(&entry.path(), &to.join(entry.file_name()))?;
        }
        return File::open(to)?.sync_all();
    }
    if fs::hard_link(from, to).is_err() {
        fs::copy(from, to)?;
        File::open(to)?.sync_all()?;
    }
    Ok(())
}
