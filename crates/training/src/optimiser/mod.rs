//! Stochastic gradient descent and its learning-rate schedule.

mod schedule;
mod sgd;

pub use schedule::rate_factors;
pub(crate) use sgd::{HostParameter, Parameter, Sgd, SgdStep};
