//! The difference of two runs.

use fractionate_records::Outcome;
use serde::Serialize;

use crate::source::configuration::KeyDifference;

/// Two runs compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunDifference {
    /// The first run.
    pub first: ComparedRun,
    /// The other run.
    pub other: ComparedRun,
    /// Where their configurations differ.
    pub configuration: Vec<KeyDifference>,
    /// Where their circumstances differ: version, device, instruction set. Empty where they are not known.
    pub provenance: Vec<KeyDifference>,
    /// Whether they began with the same weights.
    pub same_initial_weights: bool,
    /// Whether they saw the same batches in the same order.
    pub same_batch_order: bool,
    /// Whether their soft targets were made of the same logits; absent where an arm asks no teacher.
    pub same_teacher: Option<bool>,
    /// Whether records of one id differ in their numbers: that cannot be.
    pub same_id_other_numbers: bool,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedRun {
    /// Its id.
    pub id: String,
    /// Its arm.
    pub arm: String,
    /// Its seed.
    pub seed: u64,
    /// How it ended.
    pub outcome: Outcome,
}
