//! How the members of a cohort are trained.

/// How the members of a cohort can be trained so that each has the numbers that it would have alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CohortMode {
    /// By the network's usual product strategy.
    Default,
    /// Every layer's products of all members in one batched product.
    Batched,
    /// Every product one member after the other.
    Sequential,
    /// Each member in a training of its own.
    Separate,
}
