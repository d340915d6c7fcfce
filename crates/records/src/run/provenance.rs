//! Where and when a run was made: nothing that its numbers depend on.

use serde::{Deserialize, Serialize};

/// `provenance.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// [`crate::FORMAT_VERSION`] at the time of writing.
    pub format: u32,
    /// The version of fractionate.
    pub version: String,
    /// Seconds since 1970 at the end of the run.
    pub finished_at: u64,
    /// The cohort's seconds, shared out evenly among its members.
    pub seconds: f64,
    /// How many students were trained in the same pass.
    pub cohort_size: usize,
    /// How matrix products were computed: `batched` or `sequential`, per layer.
    pub strategy: String,
    /// The device as the user would name it, `cpu` or `cuda:0`.
    pub device: String,
    /// The processor's instruction set that libtorch uses, `AVX2`.
    pub cpu_capability: String,
}
