//! Wide residual networks (Zagoruyko and Komodakis 2016), with batch normalisation and ReLU before convolutions.

use fractionate_ablation::networks;
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
    let [mut inputs, stages @ ..] = networks::wide_resnet_channels(config);
    let mut body = vec![builder.convolution("conv1", Convolution::plain(shape.channels(), inputs, 3, 1), Draw::FanOut)];
    for (stage, outputs) in stages.into_iter().enumerate() {
        for block in 0..networks::wide_resnet_blocks(config) {
            let stride = if stage > 0 && block == 0 { 2 } else { 1 };
            let name = format!("block{}.layer.{block}", stage + 1);
            body.extend(pre_activation_block(&mut builder, &name, (inputs, outputs), stride));
            inputs = outputs;
        }
    }
    body.extend([builder.batch_norm("bn1", inputs), Layer::Relu, Layer::GlobalAverage]);
    let head = builder.dense("fc", (inputs, shape.classes), Draw::DefaultWithoutBias);
    builder.finish((body, head), shape, members, 0.0)
}

/// Where the shape changes, the shortcut starts from the normalised inputs too.
fn pre_activation_block(
    builder: &mut NetworkBuilder<'_>,
    name: &str,
    (inputs, outputs): (usize, usize),
    stride: usize,
) -> Vec<Layer> {
    let mut before = vec![builder.batch_norm(&format!("{name}.bn1"), inputs), Layer::Relu];
    let mut branch = vec![
        builder.convolution(&format!("{name}.conv1"), Convolution::plain(inputs, outputs, 3, stride), Draw::FanOut),
        builder.batch_norm(&format!("{name}.bn2"), outputs),
        Layer::Relu,
        builder.convolution(&format!("{name}.conv2"), Convolution::plain(outputs, outputs, 3, 1), Draw::FanOut),
    ];
    if stride == 1 && inputs == outputs {
        before.append(&mut branch);
        return vec![Layer::Residual { branch: before, shortcut: Vec::new() }];
    }
    let sizes = Convolution::plain(inputs, outputs, 1, stride);
    let shortcut = vec![builder.convolution(&format!("{name}.convShortcut"), sizes, Draw::FanOut)];
    before.push(Layer::Residual { branch, shortcut });
    before
}
