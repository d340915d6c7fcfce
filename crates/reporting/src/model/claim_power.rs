//! What a claim needs to be supported, from the runs at hand.

use fractionate_records::{Comparison, Kind, Metric};
use fractionate_statistics::MeanComponents;
use serde::Serialize;

use crate::model::claim_verdict::Verdict;

/// The power that seeds are planned for.
pub const PLANNED_POWER: f64 = 0.8;

/// What a claim needs to be supported, if its true value is the one estimated so far and its variance, too. In the unit of
/// its estimate: points, nats, or none with diagnostics.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClaimPower {
    /// The claim as an inequality.
    pub test: String,
    /// The comparison that it is judged in.
    pub comparison: Comparison,
    /// The configuration of the sweep that it is judged at, if there are several.
    pub configuration: Option<String>,
    /// What is compared.
    pub kind: Option<Kind>,
    /// The metric, in whose unit differences of arms are.
    pub metric: Metric,
    /// The verdict so far.
    pub verdict: Verdict,
    /// The estimate so far.
    pub estimate: f64,
    /// Its variance by sources, with the number of units of each so far.
    pub components: MeanComponents,
    /// Whether hyperparameter selection is among them; otherwise all is conditional on the selected hyperparameters, or
    /// nothing was tuned.
    pub includes_selection: bool,
    /// Half the width of the 95% interval so far.
    pub half_width: f64,
    /// The same with one more seed.
    pub with_one_more_seed: f64,
    /// The same with one more tuning seed; absent without hyperparameter selection, and with a single tuning seed, whose
    /// variance is not known.
    pub with_one_more_tuning_seed: Option<f64>,
    /// The same with one more teacher; absent with one.
    pub with_one_more_teacher: Option<f64>,
    /// How many seeds the suite plans.
    pub planned_seeds: usize,
    /// The power with these.
    pub planned_power: f64,
    /// The power that the numbers below are for, in (0, 1).
    pub power: f64,
    /// Whether the estimate is what the claim says: no number of seeds supports another.
    pub possible: bool,
    /// The fewest seeds, with the tuning seeds that there are; absent where more seeds alone never suffice.
    pub seeds_needed: Option<usize>,
    /// The fewest tuning seeds, with the seeds that there are; absent where more tuning seeds alone never suffice.
    pub tuning_seeds_needed: Option<usize>,
    /// The fewest teachers, with the seeds that there are; absent with one, and where more teachers alone never suffice.
    pub teachers_needed: Option<usize>,
    /// The fewest seeds and tuning seeds in the proportion that there are; absent where only more validation examples
    /// suffice, too.
    pub both_needed: Option<(usize, usize)>,
}
