//! What came out of a run.

use serde::{Deserialize, Serialize};

use crate::{RunConfig, RunId};

/// A finished run: `record.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunRecord {
    /// [`crate::FORMAT_VERSION`] at the time of writing.
    pub format: u32,
    /// The run's name.
    pub id: RunId,
    /// What was run.
    pub config: RunConfig,
    /// How it ended.
    pub outcome: Outcome,
    /// One row per epoch.
    pub curve: Vec<EpochRow>,
    /// BLAKE3 of the teacher's logits (64 hex digits) that the targets were made of; absent where the arm asks no teacher.
    pub teacher_logits: Option<String>,
    /// BLAKE3 of the initial weights (16 hex digits): equal for the arms of one seed.
    pub initial_weights: String,
    /// BLAKE3 of the order of all batches (16 hex digits): equal for the arms of one seed.
    pub batch_order: String,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Outcome {
    /// Trained to the end.
    Finished {
        /// The epoch (from 1) that the epoch rule chose.
        epoch: usize,
        /// Scores on the validation split at that epoch.
        validation: Scores,
        /// Scores on the test split at that epoch; tuning runs have none.
        test: Option<Scores>,
    },
    /// The loss or a gradient stopped being finite.
    Diverged {
        /// The epoch (from 1) of the first bad step.
        epoch: usize,
        /// The first bad step within that epoch (from 1).
        step: usize,
    },
}

impl Outcome {
    /// The test scores, if the run finished and was tested.
    pub fn test(&self) -> Option<Scores> {
        match self {
            Self::Finished { test, .. } => *test,
            Self::Diverged { .. } => None,
        }
    }

    /// The validation scores, if the run finished.
    pub fn validation(&self) -> Option<Scores> {
        match self {
            Self::Finished { validation, .. } => Some(*validation),
            Self::Diverged { .. } => None,
        }
    }
}

/// Scores on one split.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scores {
    /// Share of examples classified correctly, in [0, 1].
    pub accuracy: f64,
    /// Mean negative log-likelihood of the label at T = 1, in nats.
    pub nll: f64,
}

/// The loss of one epoch by its named parts, means over its examples, in nats.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossParts {
    /// What was minimised, without weight decay.
    pub total: f64,
    /// CE(onehot(t), q).
    pub hard_ce: f64,
    /// CE(rho, q~), before lambda and s; absent where lambda = 0.
    pub soft_ce: Option<f64>,
    /// KL(rho || q~): `soft_ce` minus the mean entropy of rho.
    pub soft_kl: Option<f64>,
    /// w CE(onehot(t), q) by the examples' weights, normalised as it was minimised; absent without weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weighted_ce: Option<f64>,
    /// The target-class part of decoupled distillation, before alpha, s and the warm-up; absent in other objectives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tckd: Option<f64>,
    /// Its non-target part, before beta, s and the warm-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nckd: Option<f64>,
}

/// One epoch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochRow {
    /// From 1.
    pub epoch: usize,
    /// The training loss as met in the epoch's steps; absent once it stopped being finite.
    pub train: Option<LossParts>,
    /// Where the validation split was evaluated after this epoch.
    pub validation: Option<Scores>,
    /// Where the test split was evaluated after this epoch.
    pub test: Option<Scores>,
}
