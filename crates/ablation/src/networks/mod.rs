//! The networks that suites may name: what a suite's checks, plans and reports know of one without its arithmetic.

mod cnn;
mod descriptor;
mod example_cost;
mod mlp;
mod registry;

pub use descriptor::{Allowed, Examples, Misfit, NetworkDescriptor, NetworkOption};
pub use example_cost::ExampleCost;
pub use registry::Networks;

/// Fully connected layers.
pub const MLP: &NetworkDescriptor = &mlp::MLP;
/// Convolutions.
pub const CNN: &NetworkDescriptor = &cnn::CNN;
