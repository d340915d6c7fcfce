//! Residual networks for large pictures (He et al. 2016), the stride in a bottleneck's 3x3 convolution.

use fractionate_ablation::networks::{self, DeepBlock};
use fractionate_data::ExampleShape;
use fractionate_records::ModelConfig;

use super::initial_weights::{Draw, InitialWeights};
use super::layered::{Convolution, Layer, NetworkBuilder};
use super::network::Network;
use super::trained_network::TrainedNetwork;
use crate::DeviceChoice;

/// The network, for the registry.
pub(super) const NETWORK: TrainedNetwork = TrainedNetwork { descriptor: networks::IMAGENET_RESNET, build };

fn build(
    config: &ModelConfig,
    shape: ExampleShape,
    members: usize,
    weights: &mut InitialWeights,
    device: DeviceChoice,
) -> Box<dyn Network> {
    let mut builder = NetworkBuilder::new(weights, device);
    let stem = networks::IMAGENET_RESNET_STEM;
    let mut body = vec![
        builder.convolution("conv1", Convolution::plain(shape.channels(), stem, 7, 2), Draw::FanOut),
        builder.batch_norm("bn1", stem),
        Layer::Relu,
        Layer::OverlappingMaxPool,
    ];
    let mut channels = stem;
    for block in networks::imagenet_resnet_blocks(config) {
        body.extend(block_of(&mut builder, block));
        channels = block.outputs;
    }
    body.push(Layer::GlobalAverage);
    let head = builder.dense("fc", (channels, shape.classes), Draw::Default);
    builder.finish((body, head), shape, members, 0.0)
}

/// Two or three convolutions beside a shortcut, and ReLU after their sum.
fn block_of(builder: &mut NetworkBuilder<'_>, block: DeepBlock) -> [Layer; 2] {
    let DeepBlock { inputs, inner, outputs, stride, .. } = block;
    let name = format!("layer{}.{}", block.stage + 1, block.place);
    let convolutions = if block.is_bottleneck {
        vec![
            Convolution::plain(inputs, inner, 1, 1),
            Convolution::plain(inner, inner, 3, stride),
            Convolution::plain(inner, outputs, 1, 1),
        ]
    } else {
        vec![Convolution::plain(inputs, inner, 3, stride), Convolution::plain(inner, outputs, 3, 1)]
    };
    let mut branch = Vec::new();
    for (n, sizes) in (1..).zip(convolutions) {
        if n > 1 {
            branch.push(Layer::Relu);
        }
        branch.push(builder.convolution(&format!("{name}.conv{n}"), sizes, Draw::FanOut));
        branch.push(builder.batch_norm(&format!("{name}.bn{n}"), sizes.outputs));
    }
    let mut shortcut = Vec::new();
    if block.changes_shape() {
        let sizes = Convolution::plain(inputs, outputs, 1, stride);
        shortcut.push(builder.convolution(&format!("{name}.downsample.0"), sizes, Draw::FanOut));
        shortcut.push(builder.batch_norm(&format!("{name}.downsample.1"), outputs));
    }
    [Layer::Residual { branch, shortcut }, Layer::Relu]
}
