//! What a teacher was and how well it does.

use serde::{Deserialize, Serialize};

use crate::{ModelConfig, NumericsConfig, Scores, Seed, TrainingConfig};

/// Everything that can change a teacher's logits: its hash is the teacher's key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeacherConfig {
    /// The arithmetic.
    pub numerics: NumericsConfig,
    /// The examples: the logits are stored split by split.
    pub data: TeacherDataConfig,
    /// The architecture.
    pub model: ModelConfig,
    /// Optimiser, schedule, batches, epochs.
    pub training: TrainingConfig,
    /// Threads of the training: a convolution's sums depend on them.
    pub threads: usize,
    /// The seed of initial weights, batch order and dropout.
    pub seed: Seed,
}

/// What a teacher sees of the data set; how many of its examples the students get is no concern of its.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeacherDataConfig {
    /// The data set's name.
    pub set: String,
    /// A hash over the data set's decompressed files.
    pub hash: String,
    /// Training examples.
    pub examples: usize,
    /// Held-out training examples.
    pub validation_examples: usize,
    /// Test examples.
    pub test_examples: usize,
    /// The seed of the split.
    pub split_seed: Seed,
}

/// 16 hexadecimal digits of the BLAKE3 hash of a teacher's configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TeacherKey(String);

impl TeacherKey {
    /// The key of the teacher that `config` describes.
    pub fn of(config: &TeacherConfig) -> Self {
        Self(crate::run_id::short_hash("fractionate teacher", config))
    }

    /// The key as written in folder names.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for TeacherKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A kept teacher: `teacher/<key>/record.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeacherRecord {
    /// [`crate::FORMAT_VERSION`] at the time of writing.
    pub format: u32,
    /// The teacher's name.
    pub key: TeacherKey,
    /// What was trained.
    pub config: TeacherConfig,
    /// Scores on the teacher's own training examples.
    pub train: Scores,
    /// Scores on the validation split.
    pub validation: Scores,
    /// Scores on the test split.
    pub test: Scores,
    /// BLAKE3 of `logits.safetensors` (64 hex digits): a damaged cache is noticed.
    pub logits_hash: String,
    /// Seconds that the training took.
    pub seconds: f64,
}
