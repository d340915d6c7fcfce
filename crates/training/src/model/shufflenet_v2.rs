//! Networks that convolve half of their channels (Ma et al. 2018), in the form for small pictures.

use fractionate_ablation::networks::{self, SplitBlock};
use fractionate_data::ExampleShape;
use fractionate_records::ModelConfig;

use super::initial_weights::{Draw, InitialWeights};
use super::layered::{Convolution, Layer, NetworkBuilder};
use super::network::Network;
use super::trained_network::TrainedNetwork;
use crate::DeviceChoice;

/// The network, for the registry.
pub(super) const NETWORK: TrainedNetwork = TrainedNetwork { descriptor: networks::SHUFFLENET_V2, build };

fn build(
    _: &ModelConfig,
    shape: ExampleShape,
    members: usize,
    weights: &mut InitialWeights,
    device: DeviceChoice,
) -> Box<dyn Network> {
    let mut builder = NetworkBuilder::new(weights, device);
    let (stem, head) = (networks::SHUFFLENET_V2_STEM, networks::SHUFFLENET_V2_HEAD);
    let mut body = Vec::from(normalised(&mut builder, "", 1, Convolution::plain(shape.channels(), stem, 1, 1)));
    body.push(Layer::Relu);
    let mut channels = stem;
    for block in networks::shufflenet_v2_blocks() {
        body.extend(if block.halves() { halving_block(&mut builder, block) } else { split_block(&mut builder, block) });
        channels = block.outputs;
    }
    body.extend(normalised(&mut builder, "", 2, Convolution::plain(channels, head, 1, 1)));
    body.extend([Layer::Relu, Layer::GlobalAverage]);
    let head = builder.dense("linear", (head, shape.classes), Draw::Default);
    builder.finish((body, head), shape, members, 0.0)
}

/// Convolution number n of a block, and its batch normalisation. `block` ends in a dot where there is one.
fn normalised(builder: &mut NetworkBuilder<'_>, block: &str, n: usize, sizes: Convolution) -> [Layer; 2] {
    let convolution = builder.convolution(&format!("{block}conv{n}"), sizes, Draw::Default);
    [convolution, builder.batch_norm(&format!("{block}bn{n}"), sizes.outputs)]
}

fn prefix(block: SplitBlock) -> String {
    format!("layer{}.{}.", block.stage + 1, block.place)
}

/// Two branches over all channels.
fn halving_block(builder: &mut NetworkBuilder<'_>, block: SplitBlock) -> [Layer; 2] {
    let (name, inputs, half) = (prefix(block), block.inputs, block.half());
    let mut left = Vec::from(normalised(builder, &name, 1, Convolution::depthwise(inputs, 2)));
    left.extend(normalised(builder, &name, 2, Convolution::plain(inputs, half, 1, 1)));
    left.push(Layer::Relu);
    let mut right = Vec::from(normalised(builder, &name, 3, Convolution::plain(inputs, half, 1, 1)));
    right.push(Layer::Relu);
    right.extend(normalised(builder, &name, 4, Convolution::depthwise(half, 2)));
    right.extend(normalised(builder, &name, 5, Convolution::plain(half, half, 1, 1)));
    right.push(Layer::Relu);
    [Layer::Concatenated { branches: [left, right] }, Layer::Shuffle { groups: 2 }]
}

/// The first half of the channels as it is, and the second one convolved.
fn split_block(builder: &mut NetworkBuilder<'_>, block: SplitBlock) -> [Layer; 2] {
    let (name, half) = (prefix(block), block.half());
    let count = half as i64;
    let mut convolved = vec![Layer::Channels { first: count, count }];
    convolved.extend(normalised(builder, &name, 1, Convolution::plain(half, half, 1, 1)));
    convolved.push(Layer::Relu);
    convolved.extend(normalised(builder, &name, 2, Convolution::depthwise(half, 1)));
    convolved.extend(normalised(builder, &name, 3, Convolution::plain(half, half, 1, 1)));
    convolved.push(Layer::Relu);
    let kept = vec![Layer::Channels { first: 0, count }];
    [Layer::Concatenated { branches: [kept, convolved] }, Layer::Shuffle { groups: 2 }]
}
