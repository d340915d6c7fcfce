//! Files that others append to: the logs of programs.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags, fchmod, fstat, openat};

use super::{FileError, Kind, OwnFolder};

impl OwnFolder {
    /// Opens a regular file to append to it and to read it, made if it is not there.
    ///
    /// # Errors
    /// If something else than a file is there, or it cannot be made.
    pub fn open_to_append(&self, name: impl AsRef<Path>) -> Result<File, FileError> {
        let place = self.place(name.as_ref(), false)?;
        // A pipe is opened without waiting for its other end.
        let flags =
            OFlags::RDWR | OFlags::APPEND | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = openat(&place.folder, place.name, flags, Mode::from(0o644))
            .map_err(|error| place.explain("write", error, Kind::File))?;
        let found = fstat(&file).map_err(|error| FileError::io("write", &place.path, error))?;
        match Kind::of(FileType::from_raw_mode(found.st_mode)) {
            Kind::File => Ok(File::from(file)),
            found => Err(place.in_the_way(found, Kind::File)),
        }
    }

    /// Takes the right to write from a regular file.
    ///
    /// # Errors
    /// If it is not there, something else is, or it is not this user's.
    pub fn make_read_only(&self, name: impl AsRef<Path>) -> Result<(), FileError> {
        let path = self.path(&name);
        fchmod(self.open(name)?, Mode::from(0o444)).map_err(|error| FileError::io("write", &path, error))
    }
}

/// Leaves the last bytes of a file that others append to, below a `note`: they go on at its new end.
///
/// # Errors
/// If it cannot be read or written.
pub fn keep_end(file: &mut File, bytes: u64, note: &str) -> io::Result<()> {
    let end = end_of(file, bytes)?;
    file.set_len(0)?;
    file.write_all(note.as_bytes())?;
    file.write_all(&end)
}

/// At most so many of a file's last bytes.
///
/// # Errors
/// If it cannot be read.
pub fn end_of(file: &mut File, bytes: u64) -> io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    let mut end = Vec::new();
    file.seek(SeekFrom::Start(length.saturating_sub(bytes)))?;
    file.take(bytes).read_to_end(&mut end)?;
    Ok(end)
}
