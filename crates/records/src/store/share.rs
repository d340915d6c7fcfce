//! Who may write to a store: one process alone, or several that run the same suite.

use std::fs::{File, TryLockError};
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::error::{StoreError, io_error};
use super::folder::{LOCK, Store};
use super::suite_files::SUITE;
use crate::{Holds, OwnFolder};

/// Held while a process writes to a store; given back when dropped or when the process dies.
#[derive(Debug)]
pub struct StoreLock {
    _file: File,
}

/// Held while a process runs a suite in a store, together with others that run the same.
#[derive(Debug)]
pub struct StoreShare {
    file: File,
    /// What stopped processes left half-written, removed now.
    pub removed: Vec<PathBuf>,
}

impl Store {
    /// Claims the store for this process.
    ///
    /// # Errors
    /// [`StoreError::Locked`] if another process has it.
    pub fn lock(&self) -> Result<StoreLock, StoreError> {
        lock(self.folder())
    }

    /// Claims a share of the store for a process that runs the suite `toml`, together with others that run the same. The first
    /// of them removes what stopped processes left half-written, and writes the suite.
    ///
    /// # Errors
    /// [`StoreError::Locked`] if a process has the store for itself, [`StoreError::OtherSuite`] if others run another
    /// suite in it; or if a file cannot be read or written.
    pub fn share(&self, toml: &str) -> Result<StoreShare, StoreError> {
        let path = self.folder().path(LOCK);
        let file = self.folder().lock_file(LOCK)?;
        let failed = |e| io_error("lock", &path, e);
        if matches!(file.try_lock(), Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported) {
            return self.share_without_locks(file, toml);
        }
        let (mut removed, mut refusal) = (Vec::new(), StoreError::Locked(self.root().to_owned()));
        // One that begins to run a suite has the store for itself for a moment only.
        for _ in 0..50 {
            match file.try_lock() {
                Ok(()) => {
                    removed.extend(self.remove_unfinished_if_alone()?);
                    self.write_suite(toml)?;
                    file.unlock().map_err(failed)?;
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(e)) => return Err(failed(e)),
            }
            match file.try_lock_shared() {
                Ok(()) if self.folder().read(SUITE).is_ok_and(|there| there == toml.as_bytes()) => {
                    return Ok(StoreShare { file, removed });
                }
                Ok(()) => {
                    file.unlock().map_err(failed)?;
                    refusal = StoreError::OtherSuite(self.root().to_owned());
                }
                Err(TryLockError::WouldBlock) => refusal = StoreError::Locked(self.root().to_owned()),
                Err(TryLockError::Error(e)) => return Err(failed(e)),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(refusal)
    }

    /// On file systems without locks whoever holds something makes itself known by that.
    fn share_without_locks(&self, file: File, toml: &str) -> Result<StoreShare, StoreError> {
        let alone = !Holds::new(self.root()).has_others();
        let removed = if alone { self.remove_unfinished()? } else { Vec::new() };
        if self.folder().read(SUITE).is_ok_and(|there| there == toml.as_bytes()) {
            return Ok(StoreShare { file, removed });
        }
        if !alone {
            return Err(StoreError::OtherSuite(self.root().to_owned()));
        }
        self.write_suite(toml)?;
        Ok(StoreShare { file, removed })
    }

    /// Gives a share back. Whoever is the last removes what killed processes left half-written, and names it.
    ///
    /// # Errors
    /// If the store's folders cannot be read or a left-over not be removed.
    pub fn end_share(&self, share: StoreShare) -> Result<Vec<PathBuf>, StoreError> {
        let file = share.file;
        let alone = file.unlock().is_ok() && file.try_lock().is_ok();
        if alone { self.remove_unfinished_if_alone() } else { Ok(Vec::new()) }
    }

    /// Locks may not reach to other machines: holds do.
    fn remove_unfinished_if_alone(&self) -> Result<Vec<PathBuf>, StoreError> {
        if Holds::new(self.root()).has_others() { Ok(Vec::new()) } else { self.remove_unfinished() }
    }
}

/// Claims a folder of results for this process.
pub(crate) fn lock(folder: &OwnFolder) -> Result<StoreLock, StoreError> {
    let file = folder.lock_file(LOCK)?;
    match file.try_lock() {
        Ok(()) => Ok(StoreLock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked(folder.root().to_owned())),
        Err(TryLockError::Error(e)) => Err(io_error("lock", &folder.path(LOCK), e)),
    }
}
