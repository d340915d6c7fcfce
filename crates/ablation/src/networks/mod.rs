//! The networks that suites may name: what a suite's checks, plans and reports know of one without its arithmetic.

mod cnn;
mod descriptor;
mod example_cost;
mod foreign_names;
mod mlp;
mod registry;
mod residual_stages;
mod resnet;
mod vgg;
mod weight_shape;
mod wide_resnet;

pub use descriptor::{Allowed, Examples, Misfit, NamedOptions, NetworkDescriptor, NetworkOption};
pub use example_cost::ExampleCost;
pub use foreign_names::ForeignNames;
pub use registry::Networks;
pub use residual_stages::{ResidualBlock, residual_blocks};
pub use resnet::{blocks as resnet_blocks, channels as resnet_channels};
pub use vgg::stages as vgg_stages;
pub use weight_shape::{WeightShape, WeightShapes};
pub use wide_resnet::{blocks as wide_resnet_blocks, channels as wide_resnet_channels};

/// Fully connected layers.
pub const MLP: &NetworkDescriptor = &mlp::MLP;
/// Convolutions.
pub const CNN: &NetworkDescriptor = &cnn::CNN;
/// Residual blocks.
pub const RESNET: &NetworkDescriptor = &resnet::RESNET;
/// Convolutions, five stages deep.
pub const VGG: &NetworkDescriptor = &vgg::VGG;
/// Wide residual blocks.
pub const WIDE_RESNET: &NetworkDescriptor = &wide_resnet::WIDE_RESNET;
