//! Bytes that several owners share: in memory, or mapped from a file.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// A range of bytes. Clones share them.
#[derive(Clone)]
pub(crate) struct Bytes {
    whole: Arc<dyn AsRef<[u8]> + Send + Sync>,
    range: Range<usize>,
}

impl Bytes {
    /// All bytes of an owner.
    pub(crate) fn of(owner: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        let range = 0..owner.as_ref().len();
        Self { whole: Arc::new(owner), range }
    }

    /// The bytes before `at`, and those from there on.
    ///
    /// # Panics
    /// If there are fewer.
    pub(crate) fn split_at(self, at: usize) -> (Self, Self) {
        assert!(at <= self.len());
        let middle = self.range.start + at;
        let first = Self { whole: Arc::clone(&self.whole), range: self.range.start..middle };
        (first, Self { range: middle..self.range.end, ..self })
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &(*self.whole).as_ref()[self.range.clone()]
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::of(bytes)
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}
