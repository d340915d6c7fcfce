//! Optimisers, the learning-rate schedule, and averages of weights over the steps.

mod schedule;
mod sgd;
mod weight_average;
mod whole_gradient;

pub(crate) use schedule::learning_rate_factors;
pub(crate) use sgd::{HostParameter, Parameter, Sgd, SgdStep};
pub(crate) use weight_average::WeightAverage;
pub(crate) use whole_gradient::WholeGradient;
