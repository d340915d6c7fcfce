//! Networks of shuffled groups (Zhang et al. 2018), in the form for small pictures.

use fractionate_ablation::networks::{self, GroupedBlock};
use fractionate_data::ExampleShape;
use fractionate_records::ModelConfig;

use super::initial_weights::{Draw, InitialWeights};
use super::layered::{Convolution, Layer, NetworkBuilder};
use super::network::Network;
use super::trained_network::TrainedNetwork;
use crate::DeviceChoice;

/// The network, for the registry.
pub(super) const NETWORK: TrainedNetwork = TrainedNetwork { descriptor: networks::SHUFFLENET_V1, build };

fn build(
    _: &ModelConfig,
    shape: ExampleShape,
    members: usize,
    weights: &mut InitialWeights,
    device: DeviceChoice,
) -> Box<dyn Network> {
    let mut builder = NetworkBuilder::new(weights, device);
    let stem = networks::SHUFFLENET_V1_STEM;
    let mut body = vec![
        builder.convolution("conv1", Convolution::plain(shape.channels(), stem, 1, 1), Draw::Default),
        builder.batch_norm("bn1", stem),
        Layer::Relu,
    ];
    let mut channels = stem;
    for block in networks::shufflenet_v1_blocks() {
        body.extend(grouped_block(&mut builder, block));
        channels = block.outputs;
    }
    body.push(Layer::GlobalAverage);
    let head = builder.dense("linear", (channels, shape.classes), Draw::Default);
    builder.finish((body, head), shape, members, 0.0)
}

/// Grouped convolutions whose groups meet in a shuffle, beside the inputs.
fn grouped_block(builder: &mut NetworkBuilder<'_>, block: GroupedBlock) -> [Layer; 2] {
    let name = format!("layer{}.{}", block.stage + 1, block.place);
    let (inner, outputs) = (block.inner(), block.convolved());
    let first = Convolution { groups: block.first_groups(), ..Convolution::plain(block.inputs, inner, 1, 1) };
    let last = Convolution { groups: networks::SHUFFLENET_V1_GROUPS, ..Convolution::plain(inner, outputs, 1, 1) };
    let branch = vec![
        builder.convolution(&format!("{name}.conv1"), first, Draw::Default),
        builder.batch_norm(&format!("{name}.bn1"), inner),
        Layer::Relu,
        Layer::Shuffle { groups: first.groups as i64 },
        builder.convolution(&format!("{name}.conv2"), Convolution::depthwise(inner, block.stride), Draw::Default),
        builder.batch_norm(&format!("{name}.bn2"), inner),
        Layer::Relu,
        builder.convolution(&format!("{name}.conv3"), last, Draw::Default),
        builder.batch_norm(&format!("{name}.bn3"), outputs),
    ];
    let joined = if block.stride == 2 {
        Layer::Concatenated { branches: [branch, vec![Layer::OverlappingAverage]] }
    } else {
        Layer::Residual { branch, shortcut: Vec::new() }
    };
    [joined, Layer::Relu]
}
