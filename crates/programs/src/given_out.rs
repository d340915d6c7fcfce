//! Cells that are given out to whoever owns the training loop, each for a time.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fractionate_records::{FileError, OwnFolder};
use serde::{Deserialize, Serialize};

/// The name of the file that says until when a cell is out.
pub(crate) const LEASE: &str = "lease.json";

/// Until when a cell is out.
#[derive(Debug, Serialize, Deserialize)]
struct Lease {
    /// Seconds since 1970.
    until: u64,
}

/// One cell to give out, and what is out already.
#[derive(Debug)]
pub struct GivenOut {
    time: Duration,
    given: Mutex<Option<PathBuf>>,
    out: Mutex<usize>,
}

impl GivenOut {
    /// Of a cell that is out for so long.
    pub fn for_time(time: Duration) -> Self {
        Self { time, given: Mutex::default(), out: Mutex::default() }
    }

    /// The folder of the cell that was given out.
    pub fn cell(&self) -> Option<PathBuf> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many cells were seen that are out.
    pub fn out(&self) -> usize {
        *self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn count_one_out(&self) {
        *self.out.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    }

    /// Gives a cell out, unless one is given already; whether it did.
    ///
    /// # Errors
    /// If its lease cannot be written.
    pub(crate) fn give(&self, store: &OwnFolder, cell: &Path, path: PathBuf) -> Result<bool, FileError> {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        if given.is_some() {
            return Ok(false);
        }
        let lease = Lease { until: now().saturating_add(self.time.as_secs().max(1)) };
        store.write_unsynced(cell.join(LEASE), &serde_json::to_vec(&lease).expect("a lease is plain data"))?;
        *given = Some(path);
        Ok(true)
    }
}

/// Whether a cell is out: given to somebody whose time is not over.
pub(crate) fn is_out(store: &OwnFolder, cell: &Path) -> bool {
    let lease = store.read(cell.join(LEASE)).ok().and_then(|bytes| serde_json::from_slice::<Lease>(&bytes).ok());
    lease.is_some_and(|lease| lease.until > now())
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
