//! The networks that suites may name: what a suite's checks, plans and reports know of one without its arithmetic.

mod cnn;
mod descriptor;
mod example_cost;
mod foreign_names;
mod imagenet_resnet;
mod mlp;
mod mobilenet_v2;
mod paper_names;
mod registry;
mod residual_stages;
mod resnet;
mod shufflenet_v1;
mod shufflenet_v2;
mod vgg;
mod weight_shape;
mod wide_resnet;

pub use descriptor::{Allowed, Examples, Misfit, NamedOptions, NetworkDescriptor, NetworkOption};
pub use example_cost::ExampleCost;
pub use foreign_names::ForeignNames;
pub use imagenet_resnet::{DeepBlock, STEM as IMAGENET_RESNET_STEM, blocks as imagenet_resnet_blocks};
pub use mobilenet_v2::{
    HEAD as MOBILENET_V2_HEAD, InvertedBlock, STEM as MOBILENET_V2_STEM, blocks as mobilenet_v2_blocks,
};
pub use registry::Networks;
pub use residual_stages::{ResidualBlock, residual_blocks};
pub use resnet::{blocks as resnet_blocks, channels as resnet_channels};
pub use shufflenet_v1::{
    GROUPS as SHUFFLENET_V1_GROUPS, GroupedBlock, STEM as SHUFFLENET_V1_STEM, blocks as shufflenet_v1_blocks,
};
pub use shufflenet_v2::{
    HEAD as SHUFFLENET_V2_HEAD, STEM as SHUFFLENET_V2_STEM, SplitBlock, blocks as shufflenet_v2_blocks,
};
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
/// Inverted residual blocks.
pub const MOBILENET_V2: &NetworkDescriptor = &mobilenet_v2::MOBILENET_V2;
/// Shuffled groups.
pub const SHUFFLENET_V1: &NetworkDescriptor = &shufflenet_v1::SHUFFLENET_V1;
/// Shuffled halves.
pub const SHUFFLENET_V2: &NetworkDescriptor = &shufflenet_v2::SHUFFLENET_V2;
/// Residual blocks for large pictures.
pub const IMAGENET_RESNET: &NetworkDescriptor = &imagenet_resnet::IMAGENET_RESNET;
