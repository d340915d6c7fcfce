//! Networks over stacked parameters: one batch in, the logits of all members out.
//!
//! A new network is one file with its descriptor and its [`Network`], and one line in `registry.rs`.

mod class_mask;
mod cnn;
mod dense;
mod imagenet_resnet;
mod initial_weights;
mod layered;
mod mlp;
mod mobilenet_v2;
mod network;
mod product_strategy;
mod registry;
mod resnet;
mod shufflenet_v1;
mod shufflenet_v2;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod toy;
mod trained_network;
mod vgg;
mod wide_resnet;

pub(crate) use class_mask::MASKED;
pub(crate) use network::{Buffer, Network, StepLoss};
pub(crate) use product_strategy::ProductStrategy;
pub(crate) use registry::build;
pub(crate) use registry::{architecture_name, example_cost, last_layer, most_cohort_members};
pub use registry::{networks, weight_shapes};
