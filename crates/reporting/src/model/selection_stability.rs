//! The selection stability of an arm: its runner-up setting and its leave-one-seed-out selections.

use fractionate_records::GridPoint;
use serde::Serialize;

/// The selection stability of one arm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SelectionStability {
    /// The arm.
    pub arm: String,
    /// The value that tells its teacher from the others; absent with one teacher.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub teacher: Option<String>,
    /// How many settings were tried.
    pub settings: usize,
    /// At how many seeds.
    pub tuning_seeds: usize,
    /// The setting that would be selected if the selected one were not in the grid; absent where there is none or it is unknown.
    pub runner_up: Option<GridPoint>,
    /// How many more validation examples the choice has right than the runner-up, as a mean over the tuning seeds.
    pub ahead: Option<f64>,
    /// The tuning seeds without which another setting would have been chosen; absent where it cannot be told: with a
    /// single tuning seed, or where tuning runs are missing.
    pub changes_without: Option<Vec<u64>>,
}
