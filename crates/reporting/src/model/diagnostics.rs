//! Diagnostics of one comparison, arm by arm.

use fractionate_records::{Comparison, RunId};
use fractionate_statistics::Summary;
use serde::Serialize;

use crate::numbers;

/// What was recorded in one comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DiagnosticsReport {
    /// Tuned or fixed.
    pub comparison: Comparison,
    /// Arm by arm, in the suite's order; arms of which nothing was recorded are left out.
    pub arms: Vec<ArmDiagnostics>,
    /// What is missing, in sentences.
    pub notes: Vec<String>,
}

/// One arm's diagnostics over its seeds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArmDiagnostics {
    /// The arm.
    pub arm: String,
    /// The seeds.
    pub seeds: Vec<u64>,
    /// The gradient rescaling omega at each recorded epoch.
    pub rescaling: Vec<EpochRescaling>,
    /// Share of test examples, in percent, on which student and teacher predict the same class; absent without a teacher.
    pub agreement: Option<Summary>,
    /// Mean KL(p || q) on the test split at T = 1, in nats; absent without a teacher.
    pub kl: Option<Summary>,
    /// Test NLL, in nats.
    pub nll: Option<Summary>,
    /// Brier score, in [0, 2].
    pub brier: Option<Summary>,
    /// Expected calibration error in percent: 15 bins of equal width.
    pub ece: Option<Summary>,
    /// Linear CKA of penultimate features with the teacher's, in [0, 1]; absent where it was not recorded.
    pub cka: Option<Summary>,
    /// Training accuracy in percent by decile of the teacher's probability of the label, hardest first.
    pub train_by_difficulty: Vec<Option<Summary>>,
    /// Test accuracy in percent by decile of the teacher's probability of the label, hardest first.
    pub test_by_difficulty: Vec<Option<Summary>>,
    /// The run of the lowest seed: the one whose examples are drawn.
    #[serde(skip)]
    pub(crate) drawn: Option<RunId>,
}

/// Omega after an epoch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EpochRescaling {
    /// From 1.
    pub epoch: usize,
    /// Its nine deciles over examples, 10% to 90%: means over seeds.
    pub deciles: [f64; 9],
    /// Spearman's correlation with the teacher's probability of the label; absent where one of the two does not vary.
    pub spearman: Option<Summary>,
}

impl DiagnosticsReport {
    /// The recorded epochs.
    pub(crate) fn epochs(&self) -> Vec<usize> {
        let mut epochs: Vec<usize> = self.arms.iter().flat_map(|arm| arm.rescaling.iter().map(|r| r.epoch)).collect();
        epochs.sort_unstable();
        epochs.dedup();
        epochs
    }

    /// How many seeds the arms have, in words.
    pub(crate) fn seeds(&self) -> String {
        numbers::count(self.arms.iter().map(|arm| arm.seeds.len()).max().unwrap_or_default(), "seed")
    }
}
