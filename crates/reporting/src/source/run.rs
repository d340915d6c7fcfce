//! What a report needs of a run, wherever it was made.

use fractionate_records::{
    EpochRow, ImportedEpoch, ImportedOutcome, ImportedRun, KnownScores, LossParts, Outcome, RunConfig, RunId, RunRecord,
};

/// A run as it was read: of a store's record, or of an imported table.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its name in the store.
    pub id: RunId,
    /// How it was trained; unknown for a run made elsewhere.
    pub config: Option<RunConfig>,
    /// How many test examples its accuracy is a share of, where that is known.
    pub test_examples: Option<usize>,
    /// How it ended.
    pub outcome: RunOutcome,
    /// One row per epoch, as far as epochs are known.
    pub curve: Vec<Epoch>,
    /// A hash of the teacher's logits, of a run made here whose arm asks a teacher.
    pub teacher_logits: Option<String>,
    /// A hash of the initial weights, of a run made here; unknown where a program does not tell.
    pub initial_weights: Option<String>,
    /// A hash of the order of all batches, of a run made here; unknown where a program does not tell.
    pub batch_order: Option<String>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RunOutcome {
    /// Trained to the end.
    Finished {
        /// The epoch that counts, where epochs are known.
        epoch: Option<usize>,
        /// The validation scores.
        validation: Option<KnownScores>,
        /// Absent where it was not tested.
        test: Option<KnownScores>,
    },
    /// The loss or a gradient stopped being finite.
    Diverged {
        /// At which epoch, where that is known.
        epoch: Option<usize>,
        /// At which step of it, where that is known.
        step: Option<usize>,
    },
}

/// One epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// Counted from 1.
    pub epoch: usize,
    /// The training loss by its parts, of a run made here.
    pub train: Option<LossParts>,
    /// Where the validation split was evaluated after this epoch.
    pub validation: Option<KnownScores>,
    /// Where the test split was evaluated after this epoch.
    pub test: Option<KnownScores>,
}

impl RunOutcome {
    /// The test scores, if the run finished and was tested.
    pub fn test(&self) -> Option<KnownScores> {
        match self {
            Self::Finished { test, .. } => *test,
            Self::Diverged { .. } => None,
        }
    }

    /// The validation scores, if the run finished and has any.
    pub fn validation(&self) -> Option<KnownScores> {
        match self {
            Self::Finished { validation, .. } => *validation,
            Self::Diverged { .. } => None,
        }
    }
}

impl From<RunRecord> for Run {
    fn from(record: RunRecord) -> Self {
        let outcome = match record.outcome {
            Outcome::Finished { epoch, validation, test } => RunOutcome::Finished {
                epoch: Some(epoch),
                validation: Some(validation.into()),
                test: test.map(Into::into),
            },
            Outcome::Diverged { epoch, step } => RunOutcome::Diverged { epoch: Some(epoch), step: Some(step) },
        };
        Self {
            id: record.id,
            test_examples: Some(record.config.data.test_examples),
            config: Some(record.config),
            outcome,
            curve: record.curve.into_iter().map(Into::into).collect(),
            teacher_logits: record.teacher_logits,
            initial_weights: Some(record.initial_weights).filter(|hash| !hash.is_empty()),
            batch_order: Some(record.batch_order).filter(|hash| !hash.is_empty()),
        }
    }
}

impl From<EpochRow> for Epoch {
    fn from(EpochRow { epoch, train, validation, test }: EpochRow) -> Self {
        Self { epoch, train, validation: validation.map(Into::into), test: test.map(Into::into) }
    }
}

impl From<ImportedRun> for Run {
    fn from(run: ImportedRun) -> Self {
        let outcome = match run.outcome {
            ImportedOutcome::Finished { epoch, validation, test } => {
                RunOutcome::Finished { epoch, validation, test: Some(test) }
            }
            ImportedOutcome::Diverged { epoch, step } => RunOutcome::Diverged { epoch, step },
        };
        Self {
            id: run.id,
            config: None,
            test_examples: run.test_examples,
            outcome,
            curve: run.curve.into_iter().map(Into::into).collect(),
            teacher_logits: None,
            initial_weights: None,
            batch_order: None,
        }
    }
}

impl From<ImportedEpoch> for Epoch {
    fn from(ImportedEpoch { epoch, validation, test }: ImportedEpoch) -> Self {
        Self { epoch, train: None, validation, test }
    }
}
