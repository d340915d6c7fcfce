//! Networks over stacked parameters: one batch in, the logits of all members out.
//!
//! A new network is one file with its [`Architecture`] and its [`Network`], and one line in `registry.rs`.

mod architecture;
mod class_mask;
mod classifier;
mod cnn;
mod dense;
mod initial_weights;
mod mlp;
mod network;
mod product_strategy;
mod registry;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod toy;

pub use architecture::ExampleCost;
pub(crate) use class_mask::MASKED;
pub use classifier::load_classifier;
pub(crate) use network::{Network, StepLoss};
pub(crate) use product_strategy::ProductStrategy;
pub(crate) use registry::build;
pub use registry::{architecture_name, example_cost, forward_operations, most_cohort_members};
