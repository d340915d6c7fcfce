//! How the matrix products of a cohort are computed.

/// How the products of a layer are computed for all members. Both give the same bits where the self-check of a cohort
/// finds it so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProductStrategy {
    /// One batched product for all members, by libtorch's operators: a GPU wants few large launches.
    Batched,
    /// One product per member, straight in the processor's memory: its numbers are still in the cache when the next pass
    /// over them comes.
    Sequential,
}

impl ProductStrategy {
    /// The word in a record.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Batched => "batched",
            Self::Sequential => "sequential",
        }
    }
}
