//! What was trained, on what.

use fractionate_records::{
    DataConfig, ModelConfig, Scaling, Scores, TeacherKey, TeacherOrigin, TeacherViews, ViewsConfig,
};
use serde::Serialize;

/// What the suite's numbers were made with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetUp {
    /// The table that the runs come from; absent where they were made here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imported: Option<ImportSetUp>,
    /// The teacher; absent where the suite has none or its record cannot be read.
    pub teacher: Option<TeacherSetUp>,
    /// The others of several teachers trained alike, as far as their records can be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub more_teachers: Vec<TeacherSetUp>,
    /// Why there is no teacher, in one sentence.
    pub without_teacher: Option<String>,
    /// How many examples students, teacher, validation and test have; absent where the runs were made elsewhere.
    pub data: Option<DataConfig>,
    /// The students: one entry, unless the suite's runs differ; empty without a run.
    pub students: Vec<StudentSetUp>,
    /// Which pictures the teacher is asked about, where students see random views.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub teacher_views: Option<TeacherViews>,
    /// The soft targets: one entry, unless the suite's runs differ; empty where no run has any.
    pub soft_targets: Vec<SoftTargetSetUp>,
    /// What the students minimise: each loss once, with its arms.
    pub losses: Vec<LossSetUp>,
}

/// A table of runs that were made elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportSetUp {
    /// The file's name, without its folder.
    pub table: String,
    /// BLAKE3 of its bytes: 64 hexadecimal digits.
    pub hash: String,
    /// How many arms it has.
    pub arms: usize,
    /// How many seeds it has.
    pub seeds: usize,
    /// How many test examples the accuracies are shares of, where that is known and the same for all.
    pub test_examples: Option<usize>,
}

/// A teacher and how well it does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TeacherSetUp {
    /// Its name in the store.
    pub key: TeacherKey,
    /// Where its logits come from: its architecture and training, if it was trained here.
    pub origin: TeacherOrigin,
    /// How many training examples it had, or those that its logits were asked of.
    pub examples: usize,
    /// Scores on these.
    pub train: Scores,
    /// Scores on the validation split, if its logits are known.
    pub validation: Option<Scores>,
    /// Scores on the test split, if its logits are known.
    pub test: Option<Scores>,
}

/// What all students have in common.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StudentSetUp {
    /// Their architecture.
    pub model: ModelConfig,
    /// Passes over their training examples.
    pub epochs: usize,
    /// Examples in a batch.
    pub batch_size: usize,
    /// The random views of their pictures, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub views: Option<ViewsConfig>,
    /// What their optimiser has beyond SGD, in words; empty for plain SGD.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub optimiser: String,
}

/// A loss and the arms that have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LossSetUp {
    /// The formula with its T and s, and which probabilities are softened.
    pub formula: String,
    /// The arms, in the suite's order.
    pub arms: Vec<String>,
}

/// How soft targets enter the loss.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SoftTargetSetUp {
    /// T of the teacher's and the student's softened probabilities.
    pub temperature: f64,
    /// The rule for the factor s.
    pub scaling: Scaling,
    /// The factor s.
    pub factor: f64,
}
