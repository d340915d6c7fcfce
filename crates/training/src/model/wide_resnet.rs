//! Wide residual networks (Zagoruyko and Komodakis 2016), with batch normalisation and ReLU before convolutions.

use fractionate_ablation::networks::{self, ResidualBlock, residual_blocks};
use fractionate_data::ExampleShape;
use fractionate_records::ModelConfig;

use super::initial_weights::{Draw, InitialWeights};
use super::layered::{Convolution, Layer, NetworkBuilder};
use super::network::Network;
use super::trained_network::TrainedNetwork;
use crate::DeviceChoice;

/// The network, for the registry.
pub(super) const NETWORK: TrainedNetwork = TrainedNetwork { descriptor: networks::WIDE_RESNET, build };

fn build(
    config: &ModelConfig,
    shape: ExampleShape,
    members: usize,
    weights: &mut InitialWeights,
    device: DeviceChoice,
) -> Box<dyn Network> {
    let mut builder = NetworkBuilder::new(weights, device);
    let channels = networks::wide_resnet_channels(config);
    let stem = Convolution::plain(shape.channels(), channels[0], 3, 1);
    let mut body = vec![builder.convolution("conv1", stem, Draw::FanOut)];
    for block in residual_blocks(channels, networks::wide_resnet_blocks(config)) {
        body.extend(pre_activation_block(&mut builder, block));
    }
    body.extend([builder.batch_norm("bn1", channels[3]), Layer::Relu, Layer::GlobalAverage]);
    let head = builder.dense("fc", (channels[3], shape.classes), Draw::DefaultWithoutBias);
    builder.finish((body, head), shape, members, 0.0)
}

/// Where the shape changes, the shortcut starts from the normalised inputs too.
fn pre_activation_block(builder: &mut NetworkBuilder<'_>, block: ResidualBlock) -> Vec<Layer> {
    let ResidualBlock { stage, place, inputs, outputs, stride } = block;
    let name = format!("block{}.layer.{place}", stage + 1);
    let mut before = vec![builder.batch_norm(&format!("{name}.bn1"), inputs), Layer::Relu];
    let mut branch = vec![
        builder.convolution(&format!("{name}.conv1"), Convolution::plain(inputs, outputs, 3, stride), Draw::FanOut),
        builder.batch_norm(&format!("{name}.bn2"), outputs),
        Layer::Relu,
        builder.convolution(&format!("{name}.conv2"), Convolution::plain(outputs, outputs, 3, 1), Draw::FanOut),
    ];
    if !block.changes_shape() {
        before.append(&mut branch);
        return vec![Layer::Residual { branch: before, shortcut: Vec::new() }];
    }
    let sizes = Convolution::plain(inputs, outputs, 1, stride);
    let shortcut = vec![builder.convolution(&format!("{name}.convShortcut"), sizes, Draw::FanOut)];
    before.push(Layer::Residual { branch, shortcut });
    before
}
