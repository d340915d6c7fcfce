//! How far trainings are, for whoever watches, and the wish to stop.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Shared between the threads that train and the one that watches.
#[derive(Debug, Default)]
pub struct Progress {
    member_epochs: AtomicU64,
    stop: AtomicBool,
}

impl Progress {
    /// Epochs done, summed over students.
    pub fn member_epochs(&self) -> u64 {
        self.member_epochs.load(Ordering::Relaxed)
    }

    /// Adds epochs that a trainer has done.
    pub fn add_member_epochs(&self, n: usize) {
        self.member_epochs.fetch_add(n as u64, Ordering::Relaxed);
    }

    /// Asks all trainings to stop after the step they are in.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether they were asked to stop.
    pub fn is_stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
