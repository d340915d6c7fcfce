//! How pictures are decoded, and how far that is.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How pictures are decoded: where the decoded ones are kept, and who is told how far it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Decoding<'a> {
    /// The folder of the kept files; nothing is kept without one.
    pub kept_in: Option<&'a Path>,
    /// Told before the first picture, after some of them and after the last, from any thread.
    pub watch: Option<fn(DecodingProgress)>,
}

/// How far the decoding of a set is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecodingProgress {
    /// Pictures that are decoded.
    pub done: usize,
    /// Pictures of both parts.
    pub pictures: usize,
    /// Bytes of all of them, decoded.
    pub bytes: usize,
}

/// Counts decoded pictures.
pub(super) struct Count {
    done: AtomicUsize,
    pictures: usize,
    bytes: usize,
    watch: Option<fn(DecodingProgress)>,
}

impl Count {
    /// Begins with none of so many.
    pub(super) fn begin(pictures: usize, bytes: usize, watch: Option<fn(DecodingProgress)>) -> Self {
        let count = Self { done: AtomicUsize::new(0), pictures, bytes, watch };
        count.add(0);
        count
    }

    pub(super) fn add(&self, more: usize) {
        let done = self.done.fetch_add(more, Ordering::Relaxed) + more;
        if let Some(watch) = self.watch {
            watch(DecodingProgress { done, pictures: self.pictures, bytes: self.bytes });
        }
    }
}
