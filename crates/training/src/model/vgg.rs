//! Networks of 3x3 convolutions with batch normalisation (Simonyan and Zisserman 2015), in the form for small pictures.

use fractionate_ablation::networks;
use fractionate_data::ExampleShape;
use fractionate_records::ModelConfig;

use super::initial_weights::{Draw, InitialWeights};
use super::layered::{Convolution, Layer, NetworkBuilder};
use super::network::Network;
use super::trained_network::TrainedNetwork;
use crate::DeviceChoice;

/// The network, for the registry.
pub(super) const NETWORK: TrainedNetwork = TrainedNetwork { descriptor: networks::VGG, build };

fn build(
    config: &ModelConfig,
    shape: ExampleShape,
    members: usize,
    weights: &mut InitialWeights,
    device: DeviceChoice,
) -> Box<dyn Network> {
    let mut builder = NetworkBuilder::new(weights, device);
    let mut inputs = shape.channels();
    let mut body = Vec::new();
    for (stage, channels) in networks::vgg_stages(config).into_iter().enumerate() {
        // The authors of the form for small pictures pool after the first three stages alone.
        if (1..=3).contains(&stage) {
            body.push(Layer::MaxPool);
        }
        for (layer, &outputs) in channels.iter().enumerate() {
            let name = format!("block{stage}.{}", 3 * layer);
            let sizes = Convolution { bias: true, ..Convolution::plain(inputs, outputs, 3, 1) };
            body.push(builder.convolution(&name, sizes, Draw::FanOut));
            body.push(builder.batch_norm(&format!("block{stage}.{}", 3 * layer + 1), outputs));
            body.push(Layer::Relu);
            inputs = outputs;
        }
    }
    body.push(Layer::GlobalAverage);
    let head = builder.dense("classifier", (inputs, shape.classes), Draw::Normal(0.01));
    builder.finish((body, head), shape, members, 0.0)
}
