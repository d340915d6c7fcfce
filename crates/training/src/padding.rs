//! Sizes that keep a member's sums its own.
//!
//! A matrix product takes other code paths at odd sizes, and then a member's last bits can depend on how many others
//! are multiplied beside it. So widths, classes and batches are padded to whole vectors; what is added is zero (or
//! masked), stays zero, and never reaches a number that is kept.

/// Floats in the widest vector register (64 bytes).
pub(crate) const VECTOR: usize = 16;

/// The next multiple of 16.
pub(crate) fn padded(n: usize) -> usize {
    n.next_multiple_of(VECTOR)
}
