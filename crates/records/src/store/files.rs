//! Files and folders that appear whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use serde::de::DeserializeOwned;

use super::checksums::{Checksums, unsealed};
use super::error::{StoreError, damaged, io_error};
use super::temporary::{temporary_builder, temporary_folder};
use crate::{FORMAT_VERSION, clean};

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, StoreError> {
    fs::read(path).map_err(|e| io_error("read", path, e))
}

pub(crate) fn json_bytes(value: &impl serde::Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("records have only string keys");
    bytes.push(b'\n');
    bytes
}

#[derive(serde::Deserialize)]
struct FormatOnly {
    format: u32,
}

/// Reads a document whose content is the one that it was written with.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, StoreError> {
    json_of(path, read(path)?).map(|(document, _)| document)
}

/// The document at `path` in its bytes, and the checksums of the files that it speaks for, if it has any.
pub(crate) fn json_of<T: DeserializeOwned>(path: &Path, bytes: Vec<u8>) -> Result<(T, Option<Checksums>), StoreError> {
    let (bytes, checksums) = unsealed(bytes).map_err(|reason| damaged(path, reason))?;
    let FormatOnly { format } = from_json(&bytes).map_err(|e| damaged(path, e))?;
    if format > FORMAT_VERSION {
        return Err(StoreError::Newer { path: path.to_owned(), found: format });
    }
    let document = from_json(&bytes).map_err(|e| damaged(path, e))?;
    Ok((document, checksums))
}

/// What a JSON document says; its strings are cleaned, since they may be anybody's.
pub(crate) fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    match std::str::from_utf8(bytes) {
        Ok(text) => serde_json::from_str(&clean::json(text)),
        // Says where it is no text.
        Err(_) => serde_json::from_slice(bytes),
    }
}

/// Writes a file whole or not at all: under a temporary name, synced, then renamed into the place of what was there.
///
/// # Errors
/// If it cannot be written; what was there stays.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let parent = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let attempt = || -> io::Result<()> {
        let mut file = temporary_builder(0o644).tempfile_in(parent)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        File::open(parent)?.sync_all()
    };
    attempt().map_err(|e| io_error("write", path, e))
}

/// Writes a file as [`write_file`] does, unless it has this content already: then a full disk does not matter.
pub(crate) fn write_if_other(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    if fs::read(path).is_ok_and(|now| now == bytes) { Ok(()) } else { write_file(path, bytes) }
}

/// Writes and syncs a file that is not there yet.
pub(crate) fn create_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Writes a folder under a temporary name, syncs it and renames it into place.
pub(crate) fn write_folder(folder: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), StoreError> {
    let parent = folder.parent().expect("folders of a store lie in a folder");
    let attempt = || -> io::Result<()> {
        let temporary = temporary_folder(parent)?;
        for (name, bytes) in files {
            create_new(&temporary.path().join(name), bytes)?;
        }
        File::open(temporary.path())?.sync_all()?;
        match fs::rename(temporary.path(), folder) {
            // Somebody who was thought dead came before: it has the same numbers.
            Err(_) if folder.is_dir() => return Ok(()),
            renamed => renamed?,
        }
        let _ = temporary.keep();
        File::open(parent)?.sync_all()
    };
    attempt().map_err(|e| io_error("write", folder, e))
}
