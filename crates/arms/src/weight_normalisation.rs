//! What a weighted loss is divided by.

/// What the sum of w CE over a batch is divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WeightNormalisation {
    /// The batch's number of examples.
    BatchSize,
    /// The batch's sum of w, which must be above 0 (Furlanello et al. 2018, confidence-weighted by the teacher's max).
    SumOverBatch,
}
