//! The registry of networks.

use super::descriptor::{NamedOptions, NetworkDescriptor};
use super::{cnn, imagenet_resnet, mlp, mobilenet_v2, resnet, shufflenet_v1, shufflenet_v2, vgg, wide_resnet};

/// The networks of a build.
#[derive(Debug, Clone, Copy)]
pub struct Networks(pub &'static [&'static NetworkDescriptor]);

impl Networks {
    /// Those that every build knows: one line for each. A trainer may have more.
    pub const BUILT_IN: Self = Self(&[
        &mlp::MLP,
        &cnn::CNN,
        &resnet::RESNET,
        &wide_resnet::WIDE_RESNET,
        &vgg::VGG,
        &mobilenet_v2::MOBILENET_V2,
        &shufflenet_v1::SHUFFLENET_V1,
        &shufflenet_v2::SHUFFLENET_V2,
        &imagenet_resnet::IMAGENET_RESNET,
    ]);

    /// The network of that name, and the options that the name stands for if it is one of papers: `resnet8x4`.
    pub fn find(self, name: &str) -> Option<(&'static NetworkDescriptor, NamedOptions)> {
        let named = |network: &&'static NetworkDescriptor| match network.name == name {
            true => Some((*network, Vec::new())),
            false => Some((*network, (network.from_paper_name)(name)?)),
        };
        self.0.iter().find_map(named)
    }
}

impl Default for Networks {
    fn default() -> Self {
        Self::BUILT_IN
    }
}
