//! How a store's files are read.

use std::fs::File;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::checksums::{Checksums, unsealed};
use super::error::{StoreError, damaged};
use crate::{FORMAT_VERSION, FileError, OwnFolder, clean};

/// Reads a file of a folder of results. What is there but no file is damage: making it again is the cure.
pub(crate) fn read(folder: &OwnFolder, name: &str) -> Result<Vec<u8>, StoreError> {
    folder.read(name).map_err(as_damage)
}

/// Opens a file of a folder of results, as [`read`] does.
pub(crate) fn open(folder: &OwnFolder, name: &str) -> Result<File, StoreError> {
    folder.open(name).map_err(as_damage)
}

/// Holds the sizes of a folder's files against those that they were written with: a file is not read to see that it is
/// another. Whatever else is in a file's place is damage, as for [`read`].
pub(crate) fn expect_sizes(folder: &OwnFolder, parent: &str, checksums: &Checksums) -> Result<(), StoreError> {
    for (name, bytes) in checksums.sizes() {
        let name = format!("{parent}/{name}");
        let found = folder.length(&name).map_err(as_damage)?;
        if found != bytes {
            let reason = format!("it has {found} bytes, and was written with {bytes}");
            return Err(damaged(&folder.path(name), reason));
        }
    }
    Ok(())
}

fn as_damage(error: FileError) -> StoreError {
    match error {
        FileError::InTheWay { path, found, wanted } => damaged(&path, format!("it is {found}, not {wanted}")),
        FileError::TooLarge { path, bytes } => damaged(&path, format!("it claims to have {bytes} bytes")),
        // A name that another file gives.
        FileError::Outside { name, root } => damaged(&root.join(name), "it lies outside the folder"),
        error => error.into(),
    }
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

/// The format that a document claims. It stands first in those that this program writes, which need not be read for it.
fn format_of(bytes: &[u8]) -> Option<u32> {
    let first = bytes.strip_prefix(b"{\n  \"format\": ").and_then(|rest| {
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let number = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok();
        number.filter(|_| rest.get(digits) == Some(&b','))
    });
    first.or_else(|| Some(serde_json::from_slice::<FormatOnly>(bytes).ok()?.format))
}

/// Reads a document whose content is the one that it was written with.
pub(crate) fn read_json<T: DeserializeOwned>(folder: &OwnFolder, name: &str) -> Result<T, StoreError> {
    json_of(&folder.path(name), read(folder, name)?).map(|(document, _)| document)
}

/// The document at `path` in its bytes, and the checksums of the files that it speaks for, if it has any.
pub(crate) fn json_of<T: DeserializeOwned>(path: &Path, bytes: Vec<u8>) -> Result<(T, Option<Checksums>), StoreError> {
    // First the format: what covers a newer one is not known here.
    if let Some(format) = format_of(&bytes).filter(|&format| format > FORMAT_VERSION) {
        return Err(StoreError::Newer { path: path.to_owned(), found: format });
    }
    let (bytes, checksums) = unsealed(bytes).map_err(|reason| damaged(path, reason))?;
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

/// Writes a file unless it has this content already: then a full disk does not matter.
pub(crate) fn write_if_other(folder: &OwnFolder, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    if folder.read(name).is_ok_and(|now| now == bytes) { Ok(()) } else { Ok(folder.write(name, bytes)?) }
}

/// Writes a folder whole or not at all. One that is there already has the same numbers: somebody who was thought dead
/// came before.
pub(crate) fn write_folder(folder: &OwnFolder, name: &str, files: &[(&str, Vec<u8>)]) -> Result<(), StoreError> {
    folder.fill_folder(name, |filled| {
        for (name, bytes) in files {
            filled.create_new(name, bytes)?;
        }
        Ok::<(), FileError>(())
    })?;
    Ok(())
}
