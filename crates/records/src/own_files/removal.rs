//! Only files and folders that this program makes are removed.

use std::ffi::OsStr;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags, openat, unlinkat};
use rustix::io::Errno;

use super::folder::{FOLDER, Place};
use super::listing::listed;
use super::{FileError, Kind, OwnFolder, is_temporary};

impl OwnFolder {
    /// Removes a regular file; false if there is none.
    ///
    /// # Errors
    /// If something else is there, a link is on the way, or it cannot be removed.
    pub fn remove_file(&self, name: impl AsRef<Path>) -> Result<bool, FileError> {
        match self.place(name.as_ref(), false) {
            Err(error) if error.is_missing() => Ok(false),
            place => place?.remove_file(),
        }
    }

    /// Removes the regular files of a folder whose names are this program's own, then the folder if nothing is left in
    /// it. Everything else stays.
    ///
    /// # Errors
    /// If it is no folder, cannot be read, or a file cannot be removed.
    pub fn remove_files(&self, folder: impl AsRef<Path>, is_own: impl Fn(&str) -> bool) -> Result<(), FileError> {
        let folder = folder.as_ref();
        for entry in self.entries(folder)? {
            if entry.kind == Kind::File && is_own(entry.text()) {
                self.remove_file(folder.join(&entry.name))?;
            }
        }
        self.remove_empty_folder(folder);
        Ok(())
    }

    /// Removes a folder of this program's own with everything in it, which others may have put there. Links are removed
    /// and not followed. Nothing happens where there is none.
    ///
    /// # Errors
    /// If something else than a folder is there, a link is on the way, or something cannot be removed.
    pub fn remove_tree(&self, name: impl AsRef<Path>) -> Result<(), FileError> {
        let place = match self.place(name.as_ref(), false) {
            Err(error) if error.is_missing() => return Ok(()),
            place => place?,
        };
        if place.kind().is_none() {
            return Ok(());
        }
        place.expect_or_nothing(Kind::Folder)?;
        remove_everything(&place.folder, place.name).map_err(|error| FileError::io("remove", &place.path, error))
    }

    /// Removes a folder in which nothing is; whether it did.
    pub fn remove_empty_folder(&self, name: impl AsRef<Path>) -> bool {
        let place = self.place(name.as_ref(), false);
        place.is_ok_and(|place| unlinkat(&place.folder, place.name, AtFlags::REMOVEDIR).is_ok())
    }

    /// Removes what killed processes left half-written in the folder (`""`) or in one below it, and names it.
    ///
    /// # Errors
    /// If it is no folder, cannot be read, or a left-over cannot be removed.
    pub fn remove_unfinished(&self, name: impl AsRef<Path>) -> Result<Vec<PathBuf>, FileError> {
        let name = name.as_ref();
        let mut removed = Vec::new();
        for entry in self.entries(name)?.into_iter().filter(|entry| is_temporary(entry.text())) {
            let left = name.join(&entry.name);
            let place = self.place(&left, false)?;
            let is_gone = match entry.kind {
                Kind::File => place.remove_file()?,
                Kind::Folder => remove_folder_of_files(&place.folder, place.name)
                    .map_err(|error| FileError::io("remove", &place.path, error))?,
                Kind::Link | Kind::Special => false,
            };
            removed.extend(is_gone.then_some(place.path));
        }
        Ok(removed)
    }
}

impl Place<'_> {
    pub(super) fn remove_file(&self) -> Result<bool, FileError> {
        self.expect_or_nothing(Kind::File)?;
        match unlinkat(&self.folder, self.name, AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(FileError::io("remove", &self.path, error)),
        }
    }
}

/// Removes a folder if it and its folders hold nothing but regular files, as those do that this program makes; whether
/// it did.
pub(super) fn remove_folder_of_files(parent: &OwnedFd, name: &OsStr) -> rustix::io::Result<bool> {
    if !holds_only_files(parent, name)? {
        return Ok(false);
    }
    let folder = open_folder(parent, name)?;
    for entry in listed(&folder)? {
        if entry.kind == Kind::Folder {
            remove_folder_of_files(&folder, &entry.name)?;
        } else {
            unlinkat(&folder, &entry.name, AtFlags::empty())?;
        }
    }
    unlinkat(parent, name, AtFlags::REMOVEDIR).map(|()| true)
}

/// Two processes may remove the same folder: what the other one was faster with is gone all the same.
fn remove_everything(parent: &OwnedFd, name: &OsStr) -> rustix::io::Result<()> {
    let gone = |removed: rustix::io::Result<()>| match removed {
        Err(rustix::io::Errno::NOENT) => Ok(()),
        other => other,
    };
    let folder = match open_folder(parent, name) {
        Err(rustix::io::Errno::NOENT) => return Ok(()),
        folder => folder?,
    };
    for entry in listed(&folder)? {
        gone(match entry.kind {
            Kind::Folder => remove_everything(&folder, &entry.name),
            _ => unlinkat(&folder, &entry.name, AtFlags::empty()),
        })?;
    }
    gone(unlinkat(parent, name, AtFlags::REMOVEDIR))
}

fn holds_only_files(parent: &impl AsFd, name: &OsStr) -> rustix::io::Result<bool> {
    let folder = open_folder(parent, name)?;
    for entry in listed(&folder)? {
        let is_plain = match entry.kind {
            Kind::File => true,
            Kind::Folder => holds_only_files(&folder, &entry.name)?,
            Kind::Link | Kind::Special => false,
        };
        if !is_plain {
            return Ok(false);
        }
    }
    Ok(true)
}

fn open_folder(parent: &impl AsFd, name: &OsStr) -> rustix::io::Result<OwnedFd> {
    openat(parent, name, FOLDER | OFlags::NOFOLLOW, Mode::empty())
}
