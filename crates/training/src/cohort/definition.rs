//! What a cohort is, and what it is trained on.

use std::sync::Arc;

use fractionate_records::{EvaluationConfig, ModelConfig, Seed, TrainingConfig};

use crate::DeviceChoice;
use crate::diagnostics::DiagnosticsBasis;
use crate::loss::{TargetTable, WeightTable};
use crate::member::Member;
use crate::splits::Splits;

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

/// What a cohort is trained on.
#[derive(Debug)]
pub struct Training<'a> {
    /// The examples.
    pub splits: &'a Splits,
    /// How many of the training examples, from the first.
    pub examples: usize,
    /// Soft targets for those examples; members name them by position.
    pub targets: &'a [TargetTable],
    /// Weights of those examples; members name them by position.
    pub weights: &'a [WeightTable],
    /// The diagnostics to record of each member besides its scores, in the cohort's order; empty if there are none. They
    /// change no number of a training.
    pub diagnostics: &'a [Option<Arc<DiagnosticsBasis>>],
    /// Where the tensors are.
    pub device: DeviceChoice,
}
