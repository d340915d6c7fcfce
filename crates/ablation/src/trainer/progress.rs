//! How far trainings are, for whoever watches, and the wish to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Shared between the threads that train and the one that watches.
#[derive(Debug, Default)]
pub struct Progress {
    /// Of this training and all others that are counted together.
    member_epochs: Arc<AtomicU64>,
    /// Of this training alone.
    own: AtomicU64,
    stop: Arc<AtomicBool>,
}

impl Progress {
    /// Epochs done, summed over students.
    pub fn member_epochs(&self) -> u64 {
        self.member_epochs.load(Ordering::Relaxed)
    }

    /// Adds epochs that a trainer has done.
    pub fn add_member_epochs(&self, n: usize) {
        self.own.fetch_add(n as u64, Ordering::Relaxed);
        self.member_epochs.fetch_add(n as u64, Ordering::Relaxed);
    }

    /// The progress of one attempt at a training, counted and stopped with this.
    pub(crate) fn attempt(&self) -> Self {
        let (member_epochs, stop) = (Arc::clone(&self.member_epochs), Arc::clone(&self.stop));
        Self { member_epochs, own: AtomicU64::default(), stop }
    }

    /// Counts an attempt's epochs no longer: it failed, and whoever tries again counts them again.
    pub(crate) fn take_back(&self) {
        self.member_epochs.fetch_sub(self.own.swap(0, Ordering::Relaxed), Ordering::Relaxed);
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
