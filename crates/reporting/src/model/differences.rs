//! Paired differences of arms.

use fractionate_statistics::{PairedTests, Summary};
use serde::Serialize;

use crate::model::other_intervals::OtherIntervals;

/// An arm against the reference, over the seeds where both finished.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DifferenceRow {
    /// The arm.
    pub arm: String,
    /// Points of accuracy, or nats of NLL saved, including hyperparameter selection where it is known: above 0 the arm is
    /// better than the reference. Absent without a pair.
    pub gain: Option<Summary>,
    /// The gain at the selected hyperparameters, where [`DifferenceRow::gain`] is an average over selections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditional: Option<Summary>,
    /// Other intervals of the same mean.
    pub other: OtherIntervals,
    /// Tests of the gain, at the selected hyperparameters; absent with fewer than two pairs.
    pub tests: Option<PairedTests>,
    /// The seeds of the pairs.
    pub seeds: Vec<u64>,
}

/// Two arms against each other, over the seeds where both finished.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairRow {
    /// The arm.
    pub arm: String,
    /// The other arm, later in the suite's order.
    pub other_arm: String,
    /// Arm less other arm, in points of accuracy or nats of NLL saved.
    pub gain: Summary,
    /// Tests of that difference, adjusted for all pairs of arms; absent with fewer than two pairs of seeds.
    pub tests: Option<PairedTests>,
}
