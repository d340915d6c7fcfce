//! Files that hold nothing and are locked.

use std::fs::File;
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags, fstat, openat};

use super::{FileError, Kind, OwnFolder};

impl OwnFolder {
    /// Opens a file to lock it, made if it is not there. What is in it stays.
    ///
    /// # Errors
    /// If something else than a file is there, or it cannot be made.
    pub fn lock_file(&self, name: impl AsRef<Path>) -> Result<File, FileError> {
        let place = self.place(name.as_ref(), false)?;
        // A pipe is opened without waiting for its other end.
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = openat(&place.folder, place.name, flags, Mode::from(0o644))
            .map_err(|error| place.explain("create", error, Kind::File))?;
        let found = fstat(&file).map_err(|error| FileError::io("create", &place.path, error))?;
        match Kind::of(FileType::from_raw_mode(found.st_mode)) {
            Kind::File => Ok(File::from(file)),
            found => Err(place.in_the_way(found, Kind::File)),
        }
    }
}
