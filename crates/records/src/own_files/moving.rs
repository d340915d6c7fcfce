//! Files and folders that get another name or a second one.

use std::fs::File;
use std::io;
use std::path::Path;

use rustix::fs::{AtFlags, RenameFlags, fsync, linkat, renameat, renameat_with};
use rustix::io::Errno;

use super::folder::Place;
use super::writing::create_new;
use super::{FileError, Kind, OwnFolder};

impl OwnFolder {
    /// Renames a file or a folder; false if the new name is taken.
    ///
    /// # Errors
    /// If something else is there, nothing is, or it cannot be renamed.
    pub fn rename(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<bool, FileError> {
        let (from, to) = (self.place(from.as_ref(), false)?, self.place(to.as_ref(), false)?);
        if let Some(found @ (Kind::Link | Kind::Special)) = from.kind() {
            return Err(from.in_the_way(found, Kind::File));
        }
        match rename_if_free(&from, &to) {
            Ok(()) => Ok(true),
            Err(Errno::EXIST) => Ok(false),
            Err(error) => Err(FileError::io("rename", &from.path, error)),
        }
    }

    /// Gives a file a second name; false if that is taken.
    ///
    /// # Errors
    /// If something else than a file is there, or the file system knows no second names.
    pub fn link(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<bool, FileError> {
        let (from, to) = (self.place(from.as_ref(), false)?, self.place(to.as_ref(), false)?);
        from.expect_or_nothing(Kind::File)?;
        match linkat(&from.folder, from.name, &to.folder, to.name, AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::EXIST) => Ok(false),
            Err(error) => Err(FileError::io("write", &to.path, error)),
        }
    }

    /// Takes a file over from another folder: a second name where the file system knows them, as files of results never
    /// change, and a copy elsewhere.
    ///
    /// # Errors
    /// If something else than a file is there, or it cannot be read or written.
    pub fn take_file(&self, from: &OwnFolder, name: impl AsRef<Path>) -> Result<(), FileError> {
        let name = name.as_ref();
        // Opened first: only regular files are.
        let mut file = from.open(name)?;
        let (there, here) = (from.place(name, false)?, self.place(name, true)?);
        let linked = linkat(&there.folder, there.name, &here.folder, here.name, AtFlags::empty());
        if linked.is_ok() {
            return here.expect_or_nothing(Kind::File);
        }
        let failed = |error: io::Error| FileError::io("copy", &there.path, error);
        let mut copy: File = create_new(&here.folder, here.name.as_ref()).map_err(|error| failed(error.into()))?;
        io::copy(&mut file, &mut copy).and_then(|_| copy.sync_all()).map_err(failed)
    }

    /// Takes a folder of files over from another folder.
    ///
    /// # Errors
    /// If anything else than a file is in it, or one cannot be read or written.
    pub fn take_folder(&self, from: &OwnFolder, name: impl AsRef<Path>) -> Result<(), FileError> {
        let name = name.as_ref();
        for entry in from.entries(name)? {
            self.take_file(from, name.join(&entry.name))?;
        }
        fsync(self.walk(name, true)?).map_err(|error| FileError::io("write", &self.path(name), error))
    }
}

fn rename_if_free(from: &Place<'_>, to: &Place<'_>) -> rustix::io::Result<()> {
    match renameat_with(&from.folder, from.name, &to.folder, to.name, RenameFlags::NOREPLACE) {
        // Some file systems cannot do both at once.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) if to.kind().is_none() => {
            renameat(&from.folder, from.name, &to.folder, to.name)
        }
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Err(Errno::EXIST),
        renamed => renamed,
    }
}
