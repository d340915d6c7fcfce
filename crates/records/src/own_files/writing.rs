//! Files and folders that appear whole or not at all.

use std::fs::File;
use std::io::Write;
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::{AtFlags, Mode, OFlags, fsync, mkdirat, openat, renameat, unlinkat};
use rustix::io::Errno;

use super::folder::Place;
use super::removal::remove_folder_of_files;
use super::temporary::{drawn_name, temporary_name};
use super::{FileError, Kind, OwnFolder};

/// How often a folder that another process takes away just now is made again.
const ATTEMPTS: usize = 5;

impl OwnFolder {
    /// Writes a file whole or not at all: under a temporary name, synced, then renamed into the place of what was there.
    /// Folders on the way are made.
    ///
    /// # Errors
    /// If something else than a file is there, or it cannot be written; what was there stays.
    pub fn write(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<(), FileError> {
        let name = name.as_ref();
        let mut attempt = 1;
        loop {
            let place = self.place(name, true)?;
            let failed = |error| FileError::io("write", &place.path, error);
            match place.replace(&drawn_name(), &[bytes], true) {
                Err(error) if error.is_missing() && attempt < ATTEMPTS => attempt += 1,
                written => {
                    written?;
                    return fsync(&place.folder).map_err(failed);
                }
            }
        }
    }

    /// Writes a file whole or not at all, but not synced: for what need not outlive the machine's power. One process at a
    /// time may write it. The file is given back, to be appended to.
    ///
    /// # Errors
    /// If something else than a file is there, or it cannot be written; what was there stays.
    pub fn write_unsynced(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<File, FileError> {
        let place = self.place(name.as_ref(), true)?;
        let temporary = temporary_name(place.name);
        // Half a file that a killed process left.
        let left =
            Place { folder: place.folder, name: temporary.as_ref(), path: place.path.with_file_name(&temporary) };
        left.remove_file()?;
        Place { folder: left.folder, ..place }.replace(&temporary, &[bytes], false)
    }

    /// Writes a file of several parts, one after the other, whole or not at all, but not synced: for what can be made again.
    ///
    /// # Errors
    /// If something else than a file is there, or it cannot be written; what was there stays.
    pub fn write_parts(&self, name: impl AsRef<Path>, parts: &[&[u8]]) -> Result<(), FileError> {
        self.place(name.as_ref(), true)?.replace(&drawn_name(), parts, false).map(drop)
    }

    /// Writes a file that is not there yet; false if something is.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn create_new(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<bool, FileError> {
        let place = self.place(name.as_ref(), false)?;
        match create_new(&place.folder, place.name.as_ref()) {
            Err(Errno::EXIST) => Ok(false),
            Err(error) => Err(FileError::io("write", &place.path, error)),
            Ok(mut file) => {
                let written = file.write_all(bytes).and_then(|()| file.sync_all());
                written.map(|()| true).map_err(|error| FileError::io("write", &place.path, error))
            }
        }
    }

    /// A new file that has no name in the folder: it is gone once it is closed.
    ///
    /// # Errors
    /// If the folder is not there, or nothing can be written in it.
    pub fn nameless_file(&self) -> Result<File, FileError> {
        let folder = self.walk(Path::new(""), false)?;
        let failed = |error| FileError::io("write", self.root(), error);
        #[cfg(target_os = "linux")]
        {
            let flags = OFlags::WRONLY | OFlags::TMPFILE | OFlags::CLOEXEC;
            if let Ok(file) = openat(&folder, ".", flags, Mode::from(0o600)) {
                return Ok(File::from(file));
            }
        }
        // Where the file system knows no such files it has a name for a moment.
        let name = drawn_name();
        let file = create_new(&folder, name.as_ref()).map_err(failed)?;
        unlinkat(&folder, name.as_str(), AtFlags::empty()).map_err(failed)?;
        Ok(file)
    }

    /// Makes a folder under a temporary name, has it filled, syncs it and renames it into place. Where a folder is by
    /// now that is not empty, that one stays: false then.
    ///
    /// # Errors
    /// If something else is in the way, filling it failed, or it cannot be written; nothing is left then.
    pub fn fill_folder<E: From<FileError>>(
        &self,
        name: impl AsRef<Path>,
        fill: impl FnOnce(&OwnFolder) -> Result<(), E>,
    ) -> Result<bool, E> {
        let place = self.place(name.as_ref(), true)?;
        place.expect_or_nothing(Kind::Folder)?;
        let failed = |error: Errno| FileError::io("write", &place.path, error);
        let temporary = drawn_name();
        mkdirat(&place.folder, temporary.as_str(), Mode::from(0o755)).map_err(failed)?;
        let rename = || -> Result<bool, FileError> {
            let flags = super::folder::FOLDER | OFlags::NOFOLLOW;
            let filled = openat(&place.folder, temporary.as_str(), flags, Mode::empty()).map_err(failed)?;
            fsync(&filled).map_err(failed)?;
            match renameat(&place.folder, temporary.as_str(), &place.folder, place.name) {
                Err(Errno::EXIST | Errno::NOTEMPTY) if place.kind() == Some(Kind::Folder) => Ok(false),
                Err(error) => Err(place.explain("write", error, Kind::Folder)),
                Ok(()) => fsync(&place.folder).map(|()| true).map_err(failed),
            }
        };
        let filled = fill(&OwnFolder::at(place.path.with_file_name(&temporary)));
        let made = filled.and_then(|()| rename().map_err(E::from));
        if !matches!(made, Ok(true)) {
            let _ = remove_folder_of_files(&place.folder, temporary.as_ref());
        }
        made
    }
}

impl Place<'_> {
    /// Writes a file under a temporary name and renames it into the place of what was there.
    fn replace(&self, temporary: &str, parts: &[&[u8]], sync: bool) -> Result<File, FileError> {
        self.expect_or_nothing(Kind::File)?;
        let failed = |error| FileError::io("write", &self.path, error);
        let mut file = create_new(&self.folder, temporary.as_ref()).map_err(|error| failed(error.into()))?;
        let mut written = parts.iter().try_for_each(|part| file.write_all(part));
        if sync {
            written = written.and_then(|()| file.sync_all());
        }
        let renamed = written.and_then(|()| Ok(renameat(&self.folder, temporary, &self.folder, self.name)?));
        if renamed.is_err() {
            // Half a file, on a full disk say.
            let _ = unlinkat(&self.folder, temporary, AtFlags::empty());
        }
        renamed.map(|()| file).map_err(failed)
    }
}

/// A new file: fails where anything is, be it a link that leads nowhere.
pub(super) fn create_new(folder: &impl AsFd, name: &Path) -> rustix::io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(folder, name, flags, Mode::from(0o644)).map(File::from)
}
