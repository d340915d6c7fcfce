//! GPUs for runs side by side: each run sees its own alone.

use std::sync::{Mutex, PoisonError};

/// The variable that says which GPUs a process sees.
pub(crate) const VISIBLE: &str = "CUDA_VISIBLE_DEVICES";

/// The GPUs of this machine that runs may use.
#[derive(Debug)]
pub struct Gpus {
    free: Mutex<Vec<String>>,
    all: usize,
}

/// GPUs that a run has; given back when dropped.
#[derive(Debug)]
pub(crate) struct TakenGpus<'a> {
    gpus: &'a Gpus,
    names: Vec<String>,
}

impl Gpus {
    /// Those that `CUDA_VISIBLE_DEVICES` names or, without it, all that the driver knows.
    pub fn visible() -> Self {
        let named = std::env::var(VISIBLE).ok();
        let names = match named {
            Some(list) => list.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect(),
            None => (0..of_driver()).map(|number| number.to_string()).collect(),
        };
        Self::of(names)
    }

    fn of(mut names: Vec<String>) -> Self {
        let all = names.len();
        names.reverse();
        Self { free: Mutex::new(names), all }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.all
    }

    /// Takes so many; `None` if they are not free.
    pub(crate) fn take(&self, count: usize) -> Option<TakenGpus<'_>> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = free.len().checked_sub(count)?;
        let mut names = free.split_off(rest);
        names.reverse();
        Some(TakenGpus { gpus: self, names })
    }
}

/// The folder in which NVIDIA's driver lists its GPUs.
fn of_driver() -> usize {
    std::fs::read_dir("/proc/driver/nvidia/gpus").map_or(0, Iterator::count)
}

impl TakenGpus<'_> {
    /// As `CUDA_VISIBLE_DEVICES` has them.
    pub(crate) fn list(&self) -> String {
        self.names.join(",")
    }
}

impl Drop for TakenGpus<'_> {
    fn drop(&mut self) {
        let mut free = self.gpus.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.extend(self.names.drain(..).rev());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_has_gpus_of_its_own_and_gives_them_back() {
        let gpus = Gpus::of(["0", "1", "2"].map(str::to_owned).to_vec());
        let first = gpus.take(2).unwrap();
        assert_eq!(first.list(), "0,1");
        assert!(gpus.take(2).is_none());
        let second = gpus.take(1).unwrap();
        assert_eq!(second.list(), "2");
        drop(first);
        assert_eq!(gpus.take(2).unwrap().list(), "0,1");
    }
}
