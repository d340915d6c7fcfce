//! Where things were written.

use std::ops::Range;

/// Where something was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Bytes of the file.
    File(Range<usize>),
    /// A command-line flag with its value, as the user would type it.
    Flag(String),
    /// Nowhere: something that the file as a whole lacks.
    Whole,
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) place: Place,
}

impl Place {
    /// A value that was written here.
    pub(super) fn with<T>(&self, value: T) -> Placed<T> {
        Placed { value, place: self.clone() }
    }
}
