//! Networks of inverted residual blocks (Sandler et al. 2018), in the form for small pictures.

use fractionate_ablation::networks::{self, InvertedBlock};
use fractionate_data::ExampleShape;
use fractionate_records::ModelConfig;

use super::initial_weights::{Draw, InitialWeights};
use super::layered::{Convolution, Layer, NetworkBuilder};
use super::network::Network;
use super::trained_network::TrainedNetwork;
use crate::DeviceChoice;

/// The network, for the registry.
pub(super) const NETWORK: TrainedNetwork = TrainedNetwork { descriptor: networks::MOBILENET_V2, build };

fn build(
    _: &ModelConfig,
    shape: ExampleShape,
    members: usize,
    weights: &mut InitialWeights,
    device: DeviceChoice,
) -> Box<dyn Network> {
    let mut builder = NetworkBuilder::new(weights, device);
    let (stem, head) = (networks::MOBILENET_V2_STEM, networks::MOBILENET_V2_HEAD);
    let mut body = Vec::from(normalised(&mut builder, "conv1", 0, Convolution::plain(shape.channels(), stem, 3, 2)));
    body.push(Layer::Relu);
    let mut channels = stem;
    for block in networks::mobilenet_v2_blocks() {
        body.extend(inverted_block(&mut builder, block));
        channels = block.outputs;
    }
    body.extend(normalised(&mut builder, "conv2", 0, Convolution::plain(channels, head, 1, 1)));
    body.extend([Layer::Relu, Layer::GlobalAverage]);
    let head = builder.dense("classifier.0", (head, shape.classes), Draw::Normal(0.01));
    builder.finish((body, head), shape, members, 0.0)
}

/// A convolution and its batch normalisation, which stand side by side in a list of that name from place `at` on.
fn normalised(builder: &mut NetworkBuilder<'_>, name: &str, at: usize, sizes: Convolution) -> [Layer; 2] {
    let convolution = builder.convolution(&format!("{name}.{at}"), sizes, Draw::FanOut);
    [convolution, builder.batch_norm(&format!("{name}.{}", at + 1), sizes.outputs)]
}

/// More channels, each convolved by itself, and few again: without ReLU at the end.
fn inverted_block(builder: &mut NetworkBuilder<'_>, block: InvertedBlock) -> Vec<Layer> {
    let name = format!("blocks.{}.{}.conv", block.stage, block.place);
    let inner = block.inner();
    let mut branch = Vec::from(normalised(builder, &name, 0, Convolution::plain(block.inputs, inner, 1, 1)));
    branch.push(Layer::Relu);
    branch.extend(normalised(builder, &name, 3, Convolution::depthwise(inner, block.stride)));
    branch.push(Layer::Relu);
    branch.extend(normalised(builder, &name, 6, Convolution::plain(inner, block.outputs, 1, 1)));
    if block.is_residual() { vec![Layer::Residual { branch, shortcut: Vec::new() }] } else { branch }
}
