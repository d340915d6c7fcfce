//! A layer, and what it does to a batch.

use tch::{Kind, Tensor};

/// A layer. Weights and buffers are named by their position in the network.
#[derive(Debug)]
pub(in crate::model) enum Layer {
    /// A convolution with square kernels.
    Convolution { weight: usize, bias: Option<usize>, stride: i64, padding: i64, groups: i64 },
    /// Batch normalisation over the batch's own mean and variance in training, over the running ones in evaluation.
    BatchNorm { weight: usize, bias: usize, mean: usize, variance: usize },
    /// max(x, 0), written over x: it follows a layer whose gradient does not need its outputs (all but another of these,
    /// and those that hand on a part of their inputs), and is never the first.
    Relu,
    /// The largest of each 2x2 pixels.
    MaxPool,
    /// The largest of the 3x3 pixels around every second one.
    OverlappingMaxPool,
    /// The mean of the 3x3 pixels around every second one, those beyond the edge counted as 0.
    OverlappingAverage,
    /// The mean over all pixels: [batch, channels].
    GlobalAverage,
    /// [batch, channels x height x width]
    Flatten,
    /// A fully connected layer to outputs padded to a whole number of vectors; what is added is 0.
    Dense { weight: usize, bias: usize },
    /// Every pixel or every second one, with channels of zeros before and behind (shortcut A of He et al. 2016).
    PadChannels { each_side: i64, stride: i64 },
    /// Some of the channels, from `first` on.
    Channels { first: i64, count: i64 },
    /// Channel n of a group becomes number g of the n-th so many: the groups take turns.
    Shuffle { groups: i64 },
    /// The channels of two ways from here, one behind the other: a way without layers is the inputs themselves.
    Concatenated { branches: [Vec<Layer>; 2] },
    /// The sum of two ways from here, written over the branch's outputs: a shortcut without layers is the inputs themselves.
    Residual { branch: Vec<Layer>, shortcut: Vec<Layer> },
}

/// What layers look up in one member.
#[derive(Debug)]
pub(super) struct MemberTensors<'a> {
    pub(super) parameters: &'a [Tensor],
    pub(super) buffers: &'a [Tensor],
    /// Whether batch normalisation goes by the batch, and notes its statistics.
    pub(super) training: bool,
}

/// What a batch counts in the running statistics, and what is added to a variance: PyTorch's defaults.
const MOMENTUM: f64 = 0.1;
const EPSILON: f64 = 1e-5;

/// The outputs of some layers, one after the other.
pub(super) fn forward(layers: &[Layer], inputs: &Tensor, of: &MemberTensors<'_>) -> Tensor {
    layers.iter().fold(inputs.shallow_clone(), |x, layer| layer.forward(&x, of))
}

impl Layer {
    fn forward(&self, x: &Tensor, of: &MemberTensors<'_>) -> Tensor {
        let parameter = |at: usize| &of.parameters[at];
        match *self {
            Self::Convolution { weight, bias, stride, padding, groups } => {
                let bias = bias.map(parameter);
                x.conv2d(parameter(weight), bias, [stride; 2], [padding; 2], [1; 2], groups)
            }
            Self::BatchNorm { weight, bias, mean, variance } => x.batch_norm(
                Some(parameter(weight)),
                Some(parameter(bias)),
                Some(&of.buffers[mean]),
                Some(&of.buffers[variance]),
                of.training,
                MOMENTUM,
                EPSILON,
                true,
            ),
            Self::Relu => x.shallow_clone().relu_(),
            Self::MaxPool => x.max_pool2d([2; 2], [2; 2], [0; 2], [1; 2], false),
            Self::OverlappingMaxPool => x.max_pool2d([3; 2], [2; 2], [1; 2], [1; 2], false),
            Self::OverlappingAverage => x.avg_pool2d([3; 2], [2; 2], [1; 2], false, true, None::<i64>),
            Self::GlobalAverage => x.mean_dim([2i64, 3].as_slice(), false, Kind::Float),
            Self::Flatten => x.flatten(1, -1),
            Self::Dense { weight, bias } => parameter(bias).addmm(x, parameter(weight)),
            Self::PadChannels { each_side, stride } => {
                let (height, width) = (x.size()[2], x.size()[3]);
                let pixels = x.slice(2, 0, height, stride).slice(3, 0, width, stride);
                pixels.constant_pad_nd([0, 0, 0, 0, each_side, each_side])
            }
            Self::Channels { first, count } => x.narrow(1, first, count),
            Self::Shuffle { groups } => shuffled(x, groups),
            Self::Concatenated { ref branches } => {
                Tensor::cat(&branches.each_ref().map(|branch| forward(branch, x, of)), 1)
            }
            Self::Residual { ref branch, ref shortcut } => {
                let mut sum = forward(branch, x, of);
                sum.g_add_(&forward(shortcut, x, of))
            }
        }
    }
}

/// The channels of so many groups, taken from each group in turn.
fn shuffled(x: &Tensor, groups: i64) -> Tensor {
    let size = x.size();
    let split = x.reshape([size[0], groups, size[1] / groups, size[2], size[3]]);
    split.transpose(1, 2).reshape(&size[..])
}
