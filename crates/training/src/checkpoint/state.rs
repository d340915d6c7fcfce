//! Everything that the rest of a training depends on.

use fractionate_records::Rescaling;
use serde::{Deserialize, Serialize};
use tch::Tensor;

use crate::cohort::Student;
use crate::weights::to_host;

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
    /// Parameters, velocities and buffers, and the epoch's sums of the loss.
    pub(crate) numbers: Vec<MemberNumbers>,
    /// By member the weights at the epoch that counts so far; empty where none counts.
    #[serde(skip)]
    pub(crate) best_weights: Vec<Vec<f32>>,
}

/// Numbers of one member that steps change, where they are.
#[derive(Debug)]
pub(crate) struct MemberTensor {
    /// What they are.
    pub(crate) name: String,
    pub(crate) member: usize,
    /// Shares memory with the cohort's own.
    pub(crate) tensor: Tensor,
}

/// Numbers of one member that steps change, as they were.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MemberNumbers {
    /// As in [`MemberTensor`].
    pub(crate) name: String,
    pub(crate) member: usize,
    #[serde(skip)]
    pub(crate) values: Vec<f32>,
}

impl MemberTensor {
    pub(crate) fn new(name: impl Into<String>, member: usize, tensor: Tensor) -> Self {
        Self { name: name.into(), member, tensor }
    }

    pub(crate) fn numbers(&self) -> MemberNumbers {
        MemberNumbers { name: self.name.clone(), member: self.member, values: to_host(&self.tensor) }
    }
}

impl State {
    /// The state of some of its members, in the order given: their training does not depend on the others.
    pub(crate) fn of_members(&self, members: &[usize]) -> Self {
        let place = |old: usize| members.iter().position(|&member| member == old);
        let mut observed: Vec<ObservedState> = self.observed.clone();
        observed.retain_mut(|state| place(state.member).map(|member| state.member = member).is_some());
        observed.sort_by_key(|state| state.member);
        let mut numbers = self.numbers.clone();
        numbers.retain_mut(|part| place(part.member).map(|member| part.member = member).is_some());
        Self {
            seconds: self.seconds * members.len() as f64 / self.students.len() as f64,
            students: members.iter().map(|&member| self.students[member].clone()).collect(),
            best_weights: members.iter().map(|&member| self.best_weights[member].clone()).collect(),
            observed,
            numbers,
            ..*self
        }
    }
}

/// What was recorded of a member so far.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ObservedState {
    pub(crate) member: usize,
    pub(crate) rescaling: Vec<Rescaling>,
    pub(crate) q_t: Vec<Vec<f32>>,
    pub(crate) omega: Vec<Vec<f32>>,
}
