//! Residual networks for small pictures (He et al. 2016, section 4.2).

use fractionate_ablation::networks::{self, ResidualBlock, residual_blocks};
use fractionate_data::ExampleShape;
use fractionate_records::ModelConfig;

use super::initial_weights::{Draw, InitialWeights};
use super::layered::{Convolution, Layer, NetworkBuilder};
use super::network::Network;
use super::trained_network::TrainedNetwork;
use crate::DeviceChoice;

/// The network, for the registry.
pub(super) const NETWORK: TrainedNetwork = TrainedNetwork { descriptor: networks::RESNET, build };

fn build(
    config: &ModelConfig,
    shape: ExampleShape,
    members: usize,
    weights: &mut InitialWeights,
    device: DeviceChoice,
) -> Box<dyn Network> {
    let mut builder = NetworkBuilder::new(weights, device);
    let channels = networks::resnet_channels(config);
    let mut body = vec![
        builder.convolution("conv1", Convolution::plain(shape.channels(), channels[0], 3, 1), Draw::FanOut),
        builder.batch_norm("bn1", channels[0]),
        Layer::Relu,
    ];
    for block in residual_blocks(channels, networks::resnet_blocks(config)) {
        body.extend(basic_block(&mut builder, block, config.word("shortcut") == "A"));
    }
    body.push(Layer::GlobalAverage);
    let head = builder.dense("fc", (channels[3], shape.classes), Draw::Default);
    builder.finish((body, head), shape, members, 0.0)
}

/// Two convolutions beside a shortcut, and ReLU after their sum.
fn basic_block(builder: &mut NetworkBuilder<'_>, block: ResidualBlock, pads_shortcut: bool) -> [Layer; 2] {
    let ResidualBlock { stage, place, inputs, outputs, stride } = block;
    let name = format!("layer{}.{place}", stage + 1);
    let branch = vec![
        builder.convolution(&format!("{name}.conv1"), Convolution::plain(inputs, outputs, 3, stride), Draw::FanOut),
        builder.batch_norm(&format!("{name}.bn1"), outputs),
        Layer::Relu,
        builder.convolution(&format!("{name}.conv2"), Convolution::plain(outputs, outputs, 3, 1), Draw::FanOut),
        builder.batch_norm(&format!("{name}.bn2"), outputs),
    ];
    let shortcut = if !block.changes_shape() {
        Vec::new()
    } else if pads_shortcut {
        vec![Layer::PadChannels { each_side: ((outputs - inputs) / 2) as i64, stride: stride as i64 }]
    } else {
        let sizes = Convolution::plain(inputs, outputs, 1, stride);
        vec![
            builder.convolution(&format!("{name}.downsample.0"), sizes, Draw::FanOut),
            builder.batch_norm(&format!("{name}.downsample.1"), outputs),
        ]
    };
    [Layer::Residual { branch, shortcut }, Layer::Relu]
}
