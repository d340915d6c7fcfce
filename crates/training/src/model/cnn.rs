//! Small convolutional networks.

use fractionate_ablation::networks;
use fractionate_data::ExampleShape;
use fractionate_records::ModelConfig;

use super::initial_weights::{Draw, InitialWeights};
use super::layered::{Convolution, Layer, NetworkBuilder};
use super::network::Network;
use super::trained_network::TrainedNetwork;
use crate::DeviceChoice;

/// The network, for the registry.
pub(super) const NETWORK: TrainedNetwork = TrainedNetwork { descriptor: networks::CNN, build };

fn build(
    config: &ModelConfig,
    shape: ExampleShape,
    members: usize,
    weights: &mut InitialWeights,
    device: DeviceChoice,
) -> Box<dyn Network> {
    let mut builder = NetworkBuilder::new(weights, device);
    let (channels, dense) = (config.widths("channels"), config.whole("dense"));
    let picture = shape.picture.expect("a suite is checked: only pictures are given to a cnn");
    let mut inputs = shape.channels();
    let mut body = Vec::new();
    for (stage, &outputs) in channels.iter().enumerate() {
        let sizes = Convolution { bias: true, ..Convolution::plain(inputs, outputs, 3, 1) };
        body.push(builder.convolution(&format!("stages.{stage}"), sizes, Draw::Default));
        // Pooling before ReLU: the same numbers (both are monotone) on a quarter of the pixels.
        body.extend([Layer::MaxPool, Layer::Relu]);
        inputs = outputs;
    }
    let side = |pixels: usize| pixels >> channels.len();
    let flat = inputs * side(picture.0) * side(picture.1);
    body.extend([Layer::Flatten, builder.dense("dense", (flat, dense), Draw::Default), Layer::Relu]);
    let head = builder.dense("output", (dense, shape.classes), Draw::Default);
    builder.finish((body, head), shape, members, config.number("dropout"))
}
