//! Draws the weights of a network's layers, in their order, under the names that PyTorch's modules give them.

use fractionate_data::ExampleShape;
use tch::{Kind, Tensor};

use super::layer::Layer;
use super::network::LayeredNetwork;
use crate::DeviceChoice;
use crate::model::class_mask::class_mask;
use crate::model::initial_weights::{Draw, InitialWeights};
use crate::model::network::Network;
use crate::optimiser::Parameter;
use crate::padding::padded;

/// The sizes of a convolution.
#[derive(Debug, Clone, Copy)]
pub(in crate::model) struct Convolution {
    pub(in crate::model) inputs: usize,
    pub(in crate::model) outputs: usize,
    /// Height and width of the kernel: odd.
    pub(in crate::model) kernel: usize,
    pub(in crate::model) stride: usize,
    pub(in crate::model) groups: usize,
    pub(in crate::model) bias: bool,
}

impl Convolution {
    /// One of every second pixel or every pixel, without groups and bias.
    pub(in crate::model) fn plain(inputs: usize, outputs: usize, kernel: usize, stride: usize) -> Self {
        Self { inputs, outputs, kernel, stride, groups: 1, bias: false }
    }

    /// One 3x3 kernel for each channel, which sees this channel alone.
    pub(in crate::model) fn depthwise(channels: usize, stride: usize) -> Self {
        Self { groups: channels, ..Self::plain(channels, channels, 3, stride) }
    }
}

/// A name and the initial values of what it names.
type Named = (String, Tensor);

/// Draws a network layer by layer.
pub(in crate::model) struct NetworkBuilder<'a> {
    weights: &'a mut InitialWeights,
    device: DeviceChoice,
    parameters: Vec<Named>,
    buffers: Vec<Named>,
    /// Outputs of the dense layers, by the position of their weights: what is padding beyond.
    dense: Vec<(usize, usize, usize)>,
}

impl<'a> NetworkBuilder<'a> {
    pub(in crate::model) fn new(weights: &'a mut InitialWeights, device: DeviceChoice) -> Self {
        Self { weights, device, parameters: Vec::new(), buffers: Vec::new(), dense: Vec::new() }
    }

    /// A convolution that keeps the picture's size but for its stride.
    pub(in crate::model) fn convolution(&mut self, name: &str, sizes: Convolution, draw: Draw) -> Layer {
        let Convolution { inputs, outputs, kernel, stride, groups, bias } = sizes;
        let (weight, drawn_bias) = self.weights.convolution(draw, [outputs, inputs / groups, kernel, kernel], bias);
        let weight = self.parameter(format!("{name}.weight"), weight);
        let bias = drawn_bias.map(|drawn| self.parameter(format!("{name}.bias"), drawn));
        let padding = (kernel / 2) as i64;
        Layer::Convolution { weight, bias, stride: stride as i64, padding, groups: groups as i64 }
    }

    /// Batch normalisation with factors 1 and offsets 0.
    pub(in crate::model) fn batch_norm(&mut self, name: &str, channels: usize) -> Layer {
        let options = (Kind::Float, self.device.device());
        let [ones, zeros] = [Tensor::ones, Tensor::zeros].map(|make| make([channels as i64], options));
        let weight = self.parameter(format!("{name}.weight"), ones.copy());
        let bias = self.parameter(format!("{name}.bias"), zeros.copy());
        let mean = self.buffer(format!("{name}.running_mean"), zeros);
        let variance = self.buffer(format!("{name}.running_var"), ones);
        Layer::BatchNorm { weight, bias, mean, variance }
    }

    /// A fully connected layer.
    pub(in crate::model) fn dense(&mut self, name: &str, (inputs, outputs): (usize, usize), draw: Draw) -> Layer {
        // What follows a dense layer is padded as its outputs are; what follows pictures is not.
        let follows_dense = self.dense.last().is_some_and(|&(_, _, before)| before == inputs);
        let rows = if follows_dense { padded(inputs) } else { inputs };
        let (weight, bias) = self.weights.dense_by(draw, (inputs, outputs), (rows, padded(outputs)));
        let weight = self.parameter(format!("{name}.weight"), weight);
        let bias = self.parameter(format!("{name}.bias"), bias);
        self.dense.push((weight, inputs, outputs));
        Layer::Dense { weight, bias }
    }

    /// The network of so many members: `body` gives what the last layer, `head`, turns into logits. `dropout` is the rate
    /// of a dropout before that layer.
    pub(in crate::model) fn finish(
        self,
        (body, head): (Vec<Layer>, Layer),
        shape: ExampleShape,
        members: usize,
        dropout: f64,
    ) -> Box<dyn Network> {
        assert!(can_be_overwritten(&body), "ReLUs and sums are written over outputs that nothing else needs");
        let (parameter_names, parameters): (Vec<_>, Vec<_>) = self.parameters.into_iter().unzip();
        let (buffer_names, buffers): (Vec<_>, Vec<_>) = self.buffers.into_iter().unzip();
        let stacked = |initial: &Tensor| {
            let shape = [&[members as i64], &initial.size()[..]].concat();
            initial.unsqueeze(0).expand(&shape[..], false).contiguous().copy()
        };
        Box::new(LayeredNetwork {
            body,
            head,
            parameters: parameters.iter().map(|initial: &Tensor| Parameter::repeated(initial, members)).collect(),
            parameter_names,
            buffers: buffers.iter().map(stacked).collect(),
            buffer_names,
            dense: self.dense,
            shape,
            mask: class_mask(shape.classes, self.device).view([-1]),
            dropout,
        })
    }

    fn parameter(&mut self, name: String, initial: Tensor) -> usize {
        self.parameters.push((name, initial));
        self.parameters.len() - 1
    }

    fn buffer(&mut self, name: String, initial: Tensor) -> usize {
        self.buffers.push((name, initial));
        self.buffers.len() - 1
    }
}

/// Whether every ReLU, and every branch that a sum is written over, follows a layer that made its outputs anew and whose
/// gradient does not need them.
fn can_be_overwritten(layers: &[Layer]) -> bool {
    let is_new =
        |layer: &Layer| !matches!(layer, Layer::Relu | Layer::Flatten | Layer::Channels { .. } | Layer::Shuffle { .. });
    let sound = |(at, layer): (usize, &Layer)| match layer {
        Layer::Relu => at > 0 && is_new(&layers[at - 1]),
        Layer::Residual { branch, shortcut } => {
            branch.last().is_some_and(is_new) && can_be_overwritten(branch) && can_be_overwritten(shortcut)
        }
        Layer::Concatenated { branches } => branches.iter().all(|branch| can_be_overwritten(branch)),
        _ => true,
    };
    layers.iter().enumerate().all(sound)
}
