//! What was moved to the device, kept as long as its source on the host lives.

use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Things on the device by their source on the host. Tensors may be sent to a thread but not shared with it: the lock
/// gives every thread handles of its own.
#[derive(Debug)]
pub(crate) struct Uploads<S, D>(Mutex<Vec<(Weak<S>, D)>>);

impl<S, D> Default for Uploads<S, D> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<S, D> Uploads<S, D> {
    /// What `share` makes of the source's thing on the device; `upload` makes that where there is none yet.
    pub(crate) fn get<T>(&self, source: &Arc<S>, upload: impl FnOnce(&S) -> D, share: impl FnOnce(&D) -> T) -> T {
        // Held during the upload, so that no two threads make the same one.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(source, _)| source.strong_count() > 0);
        if let Some((_, found)) = kept.iter().find(|(kept, _)| kept.as_ptr() == Arc::as_ptr(source)) {
            return share(found);
        }
        kept.push((Arc::downgrade(source), upload(source)));
        share(&kept[kept.len() - 1].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_uploaded_once_and_forgotten_after_its_end() {
        let uploads = Uploads::<u32, u32>::default();
        let first = Arc::new(1);
        let get = |source: &Arc<u32>, upload: u32| uploads.get(source, |_| upload, |found| *found);
        assert_eq!([get(&first, 10), get(&first, 11)], [10, 10]);
        assert_eq!(get(&Arc::new(2), 20), 20);
        drop(first);
        assert_eq!(get(&Arc::new(3), 30), 30);
        assert_eq!(uploads.0.lock().unwrap().len(), 1);
    }
}
