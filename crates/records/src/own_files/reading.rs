//! Files are looked at, then read.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, openat, statat};

use super::{FileError, Kind, OwnFolder};

/// The largest text that is read: a manifest of a million runs has a fourth of it.
const TEXT: u64 = 1 << 30;

const TEXTS: [&str; 5] = ["json", "toml", "txt", "html", "csv"];

impl OwnFolder {
    /// Opens a regular file to read it.
    ///
    /// # Errors
    /// If it is not there, something else is, or it cannot be read.
    pub fn open(&self, name: impl AsRef<Path>) -> Result<File, FileError> {
        let place = self.place(name.as_ref(), false)?;
        // A pipe is opened without waiting for its other end.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = openat(&place.folder, place.name, flags, Mode::empty())
            .map_err(|error| place.explain("read", error, Kind::File))?;
        let file = File::from(file);
        let found = file.metadata().map_err(|error| FileError::io("read", &place.path, error))?;
        if found.is_file() {
            return Ok(file);
        }
        Err(place.in_the_way(if found.is_dir() { Kind::Folder } else { Kind::Special }, Kind::File))
    }

    /// The length of a regular file, which is not opened.
    ///
    /// # Errors
    /// If it is not there, or something else is.
    pub fn length(&self, name: impl AsRef<Path>) -> Result<u64, FileError> {
        let place = self.place(name.as_ref(), false)?;
        let found = statat(&place.folder, place.name, AtFlags::SYMLINK_NOFOLLOW)
            .map_err(|error| FileError::io("read", &place.path, error))?;
        match Kind::of(FileType::from_raw_mode(found.st_mode)) {
            Kind::File => Ok(found.st_size as u64),
            found => Err(place.in_the_way(found, Kind::File)),
        }
    }

    /// Reads a regular file.
    ///
    /// # Errors
    /// If it is not there, something else is, it is larger than any such file, or it cannot be read.
    pub fn read(&self, name: impl AsRef<Path>) -> Result<Vec<u8>, FileError> {
        let path = self.path(&name);
        let file = self.open(&name)?;
        let failed = |error| FileError::io("read", &path, error);
        let found = file.metadata().map_err(failed)?;
        let bytes = found.len();
        let is_text = path.extension().is_some_and(|extension| TEXTS.iter().any(|text| extension == *text));
        // Of numbers there may be as many as the disk holds; holes are none.
        let is_hollow = bytes > TEXT && found.blocks() * 512 < bytes / 16;
        if (is_text && bytes > TEXT) || is_hollow {
            return Err(FileError::TooLarge { path, bytes });
        }
        let mut read = Vec::new();
        read.try_reserve_exact(bytes as usize).map_err(|_| FileError::TooLarge { path: path.clone(), bytes })?;
        // What is appended meanwhile is not awaited.
        file.take(bytes).read_to_end(&mut read).map_err(failed)?;
        Ok(read)
    }
}
