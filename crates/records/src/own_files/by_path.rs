//! Files by their paths: the folder that they lie in is taken as it was named.

use std::fs::File;
use std::path::{Component, Path};

use super::{FileError, OwnFolder};

/// Writes a file as [`OwnFolder::write`] does; its folder has to be there.
///
/// # Errors
/// If something else than a file is there, or it cannot be written; what was there stays.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let (folder, name) = split(path)?;
    folder.write(name, bytes)
}

/// Reads a file as [`OwnFolder::read`] does.
///
/// # Errors
/// If it is not there, something else is, it is larger than any such file, or it cannot be read.
pub fn read_file(path: &Path) -> Result<Vec<u8>, FileError> {
    let (folder, name) = split(path)?;
    folder.read(name)
}

/// Opens a file as [`OwnFolder::open`] does.
///
/// # Errors
/// If it is not there, something else is, or it cannot be read.
pub fn open_file(path: &Path) -> Result<File, FileError> {
    let (folder, name) = split(path)?;
    folder.open(name)
}

/// Makes a folder, and those on the way, if they are not there.
///
/// # Errors
/// If one cannot be made.
pub fn create_folder(path: &Path) -> Result<(), FileError> {
    OwnFolder::at(path).create()
}

fn split(path: &Path) -> Result<(OwnFolder, &Path), FileError> {
    let is_name = matches!(path.components().next_back(), Some(Component::Normal(_)));
    let name = path.file_name().filter(|_| is_name).map(Path::new);
    let name = name.ok_or_else(|| FileError::Outside { name: path.to_owned(), root: ".".into() })?;
    let parent = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((OwnFolder::at(parent), name))
}
