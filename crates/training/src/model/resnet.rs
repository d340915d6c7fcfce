//! Residual networks for small pictures (He et al. 2016, section 4.2).

use fractionate_ablation::networks;
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
    let [mut inputs, stages @ ..] = networks::resnet_channels(config);
    let mut body = vec![
        builder.convolution("conv1", Convolution::plain(shape.channels(), inputs, 3, 1), Draw::FanOut),
        builder.batch_norm("bn1", inputs),
        Layer::Relu,
    ];
    for (stage, outputs) in stages.into_iter().enumerate() {
        for block in 0..networks::resnet_blocks(config) {
            let stride = if stage > 0 && block == 0 { 2 } else { 1 };
            let name = format!("layer{}.{block}", stage + 1);
            body.extend(basic_block(&mut builder, &name, (inputs, outputs), stride, config.word("shortcut") == "A"));
            inputs = outputs;
        }
    }
    body.push(Layer::GlobalAverage);
    let head = builder.dense("fc", (inputs, shape.classes), Draw::Default);
    builder.finish((body, head), shape, members, 0.0)
}

/// Two convolutions beside a shortcut, and ReLU after their sum.
fn basic_block(
    builder: &mut NetworkBuilder<'_>,
    name: &str,
    (inputs, outputs): (usize, usize),
    stride: usize,
    pads_shortcut: bool,
) -> [Layer; 2] {
    let branch = vec![
        builder.convolution(&format!("{name}.conv1"), Convolution::plain(inputs, outputs, 3, stride), Draw::FanOut),
        builder.batch_norm(&format!("{name}.bn1"), outputs),
        Layer::Relu,
        builder.convolution(&format!("{name}.conv2"), Convolution::plain(outputs, outputs, 3, 1), Draw::FanOut),
        builder.batch_norm(&format!("{name}.bn2"), outputs),
    ];
    let shortcut = if stride == 1 && inputs == outputs {
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
