//! A folder that a user named, and the way to what lies below it.

use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, mkdirat, open, openat, statat};
use rustix::io::Errno;

use super::{FileError, Kind};

pub(super) const FOLDER: OFlags = OFlags::DIRECTORY.union(OFlags::RDONLY).union(OFlags::CLOEXEC);

/// A folder that a user named: a link may lead to it, and none is followed below it. Names are relative to it.
#[derive(Debug, Clone)]
pub struct OwnFolder {
    root: PathBuf,
}

/// The open folder in which something lies, its name there, and its path for people.
pub(super) struct Place<'a> {
    pub(super) folder: OwnedFd,
    pub(super) name: &'a OsStr,
    pub(super) path: PathBuf,
}

impl OwnFolder {
    /// The folder at `root`, which may not be there yet; nothing is touched.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The path of something in it, for people.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.root.join(name)
    }

    /// Makes the folder, if it is not there.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn create(&self) -> Result<(), FileError> {
        std::fs::create_dir_all(&self.root).map_err(|e| FileError::io("create", &self.root, e))
    }

    /// Makes a folder in it, and those on the way, if they are not there.
    ///
    /// # Errors
    /// If something else is in the way, or a folder cannot be made.
    pub fn create_folder(&self, name: impl AsRef<Path>) -> Result<(), FileError> {
        self.walk(name.as_ref(), true).map(drop)
    }

    /// What is there, if anything is. A link on the way counts as nothing there.
    pub fn kind(&self, name: impl AsRef<Path>) -> Option<Kind> {
        self.place(name.as_ref(), false).ok()?.kind()
    }

    /// Whether a regular file is there.
    pub fn has_file(&self, name: impl AsRef<Path>) -> bool {
        self.kind(name) == Some(Kind::File)
    }

    /// Whether a folder is there.
    pub fn has_folder(&self, name: impl AsRef<Path>) -> bool {
        self.kind(name) == Some(Kind::Folder)
    }

    /// Fails where something else than a folder, or nothing, is under a name.
    ///
    /// # Errors
    /// [`FileError::InTheWay`].
    pub fn expect_folder_or_nothing(&self, name: impl AsRef<Path>) -> Result<(), FileError> {
        self.expect_or_nothing(name.as_ref(), Kind::Folder)
    }

    /// Fails where something else than a file, or nothing, is under a name.
    ///
    /// # Errors
    /// [`FileError::InTheWay`].
    pub fn expect_file_or_nothing(&self, name: impl AsRef<Path>) -> Result<(), FileError> {
        self.expect_or_nothing(name.as_ref(), Kind::File)
    }

    fn expect_or_nothing(&self, name: &Path, wanted: Kind) -> Result<(), FileError> {
        match self.place(name, false) {
            Ok(place) => place.expect_or_nothing(wanted),
            // Nothing is there, or its folder is none: whoever opens it says so.
            Err(FileError::Io { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The open folder that holds `name`; folders on the way are made where `make` says so.
    pub(super) fn place<'a>(&self, name: &'a Path, make: bool) -> Result<Place<'a>, FileError> {
        let outside = || FileError::Outside { name: name.to_owned(), root: self.root.clone() };
        let last = name.file_name().ok_or_else(outside)?;
        let folder = self.walk(name.parent().unwrap_or(Path::new("")), make)?;
        Ok(Place { folder, name: last, path: self.root.join(name) })
    }

    /// Opens the root or a folder below it.
    pub(super) fn walk(&self, name: &Path, make: bool) -> Result<OwnedFd, FileError> {
        let mut folder = open(&self.root, FOLDER, Mode::empty()).map_err(|e| FileError::io("open", &self.root, e))?;
        if name.as_os_str().is_empty() {
            return Ok(folder);
        }
        if name.components().any(|part| !matches!(part, Component::Normal(_))) {
            return Err(FileError::Outside { name: name.to_owned(), root: self.root.clone() });
        }
        #[cfg(target_os = "linux")]
        {
            // In one call; where the kernel has none, or says no, the way is gone step by step.
            let plain = rustix::fs::ResolveFlags::NO_SYMLINKS | rustix::fs::ResolveFlags::BENEATH;
            if let Ok(found) = rustix::fs::openat2(&folder, name, FOLDER, Mode::empty(), plain) {
                return Ok(found);
            }
        }
        let mut path = self.root.clone();
        for part in name {
            path.push(part);
            folder = Place { folder, name: part, path: path.clone() }.open_folder(make)?;
        }
        Ok(folder)
    }
}

impl Place<'_> {
    /// What is there, links not followed.
    pub(super) fn kind(&self) -> Option<Kind> {
        let found = statat(&self.folder, self.name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        Some(Kind::of(FileType::from_raw_mode(found.st_mode)))
    }

    pub(super) fn expect_or_nothing(&self, wanted: Kind) -> Result<(), FileError> {
        match self.kind() {
            Some(found) if found != wanted => Err(self.in_the_way(found, wanted)),
            _ => Ok(()),
        }
    }

    pub(super) fn open_folder(&self, make: bool) -> Result<OwnedFd, FileError> {
        let opened = || openat(&self.folder, self.name, FOLDER | OFlags::NOFOLLOW, Mode::empty());
        let folder = match opened() {
            Err(Errno::NOENT) if make => match mkdirat(&self.folder, self.name, Mode::from(0o777)) {
                Ok(()) | Err(Errno::EXIST) => opened(),
                Err(error) => return Err(FileError::io("create", &self.path, error)),
            },
            folder => folder,
        };
        folder.map_err(|error| self.explain("open", error, Kind::Folder))
    }

    /// Why the system said no: something else is there, or what it said.
    pub(super) fn explain(&self, action: &'static str, error: Errno, wanted: Kind) -> FileError {
        match self.kind() {
            Some(found) if found != wanted => self.in_the_way(found, wanted),
            _ => FileError::io(action, &self.path, error),
        }
    }

    pub(super) fn in_the_way(&self, found: Kind, wanted: Kind) -> FileError {
        FileError::InTheWay { path: self.path.clone(), found, wanted }
    }
}
