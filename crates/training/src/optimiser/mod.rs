//! Stochastic gradient descent and its learning-rate schedule.

mod schedule;
mod sgd;

pub(crate) use schedule::learning_rate_factors;
pub(crate) use sgd::{HostParameter, Parameter, Sgd, SgdStep};
