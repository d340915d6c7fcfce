//! What lies in a folder.

use std::ffi::{OsStr, OsString};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{AtFlags, Dir, FileType, statat};

use super::{FileError, Kind, OwnFolder};

/// Something in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: OsString,
    /// What it is, links not followed.
    pub kind: Kind,
}

impl Entry {
    /// Its name, where it is text: every name that this program gives is.
    pub fn text(&self) -> &str {
        self.name.to_str().unwrap_or_default()
    }
}

impl OwnFolder {
    /// What lies in the folder (`""`) or in one below it, in the order of the names; nothing where it is not there.
    ///
    /// # Errors
    /// If it is no folder or cannot be read.
    pub fn entries(&self, name: impl AsRef<Path>) -> Result<Vec<Entry>, FileError> {
        let name = name.as_ref();
        match self.walk(name, false) {
            Err(error) if error.is_missing() => Ok(Vec::new()),
            folder => listed(&folder?).map_err(|e| FileError::io("read", &self.path(name), e)),
        }
    }
}

pub(super) fn listed(folder: &impl AsFd) -> rustix::io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if name == "." || name == ".." {
            continue;
        }
        let kind = match entry.file_type() {
            // Some file systems do not tell.
            FileType::Unknown => match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(found) => FileType::from_raw_mode(found.st_mode),
                // Gone meanwhile.
                Err(_) => continue,
            },
            known => known,
        };
        entries.push(Entry { name: name.to_owned(), kind: Kind::of(kind) });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}
