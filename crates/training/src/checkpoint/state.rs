//! Everything that the rest of a training depends on.

use fractionate_records::Rescaling;
use serde::{Deserialize, Serialize};

use crate::cohort::Student;

/// The step that comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position {
    /// From 1.
    pub(crate) epoch: usize,
    /// From 0 in its epoch.
    pub(crate) step: usize,
}

impl Position {
    pub(crate) const START: Self = Self { epoch: 1, step: 0 };
}

/// A cohort between two steps.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) position: Position,
    /// Wall-clock seconds until then.
    pub(crate) seconds: f64,
    /// Examples of the epoch that were trained on.
    pub(crate) seen: usize,
    /// By member.
    pub(crate) students: Vec<Student>,
    /// Of the members whose diagnostics are asked, in their order.
    pub(crate) observed: Vec<ObservedState>,
    /// Parameters and velocities, then the epoch's sums of the loss.
    #[serde(skip)]
    pub(crate) tensors: Vec<Vec<f32>>,
    /// By member the weights at the epoch that counts so far; empty where none counts.
    #[serde(skip)]
    pub(crate) best_weights: Vec<Vec<f32>>,
}

/// What was recorded of a member so far.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ObservedState {
    pub(crate) rescaling: Vec<Rescaling>,
    pub(crate) q_t: Vec<Vec<f32>>,
    pub(crate) omega: Vec<Vec<f32>>,
}
