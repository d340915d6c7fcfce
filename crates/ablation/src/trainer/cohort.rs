//! The unit of training: students of one architecture that see the same batches.

use fractionate_records::{EvaluationConfig, ModelConfig, Seed, TrainingConfig};

use super::Member;

/// What the students of a cohort share, and who they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Cohort {
    /// The architecture.
    pub student: ModelConfig,
    /// Momentum, schedule, batches, epochs; its learning rate and weight decay are unused: members have their own.
    pub training: TrainingConfig,
    /// When students are evaluated, and which epoch's counts.
    pub evaluation: EvaluationConfig,
    /// Of initial weights, batch order and dropout.
    pub seed: Seed,
    /// The students.
    pub members: Vec<Member>,
}
