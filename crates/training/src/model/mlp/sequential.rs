//! One member after the other, each through all layers and back: what one pass leaves is still in the cache when the next
//! reads it, the weights between forward and backward too.

use std::ops::Range;

use tch::{Device, Kind, Tensor};

use super::super::dense::{Dense, HostDense, HostThen};
use super::super::network::StepLoss;
use crate::host::gather::ensure_shape;
use crate::host::matrix::{Matrices, Matrix};
use crate::host::transpose::transpose;
use crate::optimiser::SgdStep;

/// Memory for one member's step, used again and again.
#[derive(Debug)]
pub(super) struct Workspace {
    /// What layers give, [1, batch, out]; the last's are the logits.
    outputs: Vec<Tensor>,
    /// The gradients on the hidden ones' sums.
    gradients: Vec<Tensor>,
    /// The gradient on a layer's biases, [1, out].
    bias_gradients: Vec<Tensor>,
    /// The batch's examples, [in, batch]: transposed once for all members, which makes each of their products faster.
    transposed: Tensor,
    /// [1, batch]
    ones: Tensor,
}

impl Default for Workspace {
    fn default() -> Self {
        let [transposed, ones] = [(); 2].map(|()| empty(&[0]));
        Self { outputs: Vec::new(), gradients: Vec::new(), bias_gradients: Vec::new(), transposed, ones }
    }
}

impl Workspace {
    fn prepare(&mut self, layers: &[Dense], inputs: &Tensor) {
        let (batch, features) = inputs.size2().expect("examples are rows");
        if self.ones.size() != [1, batch] {
            self.outputs = outputs(layers, batch);
            self.gradients = outputs(&layers[..layers.len() - 1], batch);
            self.bias_gradients = layers.iter().map(|layer| empty(&[1, width(layer)])).collect();
            self.ones = Tensor::ones([1, batch], (Kind::Float, Device::Cpu));
        }
        ensure_shape(&mut self.transposed, &[features, batch]);
        transpose(inputs, &self.transposed);
    }
}

fn empty(shape: &[i64]) -> Tensor {
    Tensor::empty(shape, (Kind::Float, Device::Cpu))
}

/// Padded.
fn width(layer: &Dense) -> i64 {
    layer.weight.value.size()[2]
}

/// Memory for what layers give one member.
fn outputs(layers: &[Dense], batch: i64) -> Vec<Tensor> {
    layers.iter().map(|layer| empty(&[1, batch, width(layer)])).collect()
}

/// Of a tensor [rows, columns] or [1, rows, columns].
fn whole(tensor: &Tensor) -> Matrix<'_> {
    Matrices::from_tensor(tensor).member(0)
}

fn all_whole(tensors: &[Tensor]) -> Vec<Matrix<'_>> {
    tensors.iter().map(whole).collect()
}

/// A network in the host's memory.
struct HostMlp<'a> {
    layers: Vec<HostDense<'a>>,
    mask: Matrix<'a>,
    /// The dropout mask of the last hidden layer.
    dropped: Option<&'a [f32]>,
}

impl<'a> HostMlp<'a> {
    fn new(layers: &'a [Dense], mask: &'a Tensor, dropped: Option<&'a Tensor>) -> Self {
        Self {
            layers: layers.iter().map(Dense::on_host).collect(),
            mask: whole(mask),
            dropped: dropped.map(|kept| whole(kept).floats()),
        }
    }

    /// A member's way through the first layers, as many as there are `outputs`.
    fn forward(&self, member: usize, inputs: Matrix<'_>, outputs: &[Matrix<'_>]) {
        let count = self.layers.len();
        let mut below = inputs;
        for (index, (layer, &outputs)) in self.layers.iter().zip(outputs).enumerate() {
            let then = if index + 1 == count { HostThen::Mask(self.mask) } else { HostThen::Relu };
            layer.forward(member, below, then, outputs);
            if index + 2 == count {
                self.drop_out(outputs);
            }
            below = outputs;
        }
    }

    fn drop_out(&self, hidden: Matrix<'_>) {
        if let Some(kept) = self.dropped {
            hidden.floats_mut().iter_mut().zip(kept).for_each(|(number, kept)| *number *= kept);
        }
    }

    /// Moves a member's weights by the gradient on its logits.
    fn backward(&self, member: usize, logit_gradient: Matrix<'_>, workspace: &HostWorkspace<'_>, sgd: &SgdStep<'_>) {
        let count = self.layers.len();
        let mut gradient = logit_gradient;
        for (index, layer) in self.layers.iter().enumerate().rev() {
            let biases = (workspace.ones, workspace.bias_gradients[index]);
            if index == 0 {
                return layer.step(member, workspace.transposed, gradient, biases, sgd);
            }
            let (outputs, below) = (workspace.outputs[index - 1], workspace.gradients[index - 1]);
            // The gradient below needs the weights as they were in the forward pass.
            layer.gradient_below(member, gradient, outputs, below);
            layer.step(member, outputs.transposed(), gradient, biases, sgd);
            if index + 1 == count {
                self.drop_out(below);
            }
            gradient = below;
        }
    }
}

/// [`Workspace`], as matrices.
struct HostWorkspace<'a> {
    outputs: Vec<Matrix<'a>>,
    gradients: Vec<Matrix<'a>>,
    bias_gradients: Vec<Matrix<'a>>,
    transposed: Matrix<'a>,
    ones: Matrix<'a>,
}

impl<'a> HostWorkspace<'a> {
    fn new(workspace: &'a Workspace) -> Self {
        let [outputs, gradients, bias_gradients] =
            [&workspace.outputs, &workspace.gradients, &workspace.bias_gradients].map(|tensors| all_whole(tensors));
        Self {
            outputs,
            gradients,
            bias_gradients,
            transposed: whole(&workspace.transposed),
            ones: whole(&workspace.ones),
        }
    }
}

/// The last hidden activations [members, batch, padded width], if there is a hidden layer.
pub(super) fn features(layers: &[Dense], mask: &Tensor, inputs: &Tensor) -> Option<Tensor> {
    let hidden = layers.len() - 1;
    let mut parts = Vec::new();
    if hidden > 0 {
        by_member(layers, mask, inputs, hidden, &mut |_, outputs| parts.push(outputs.copy()));
    }
    (hidden > 0).then(|| Tensor::cat(&parts, 0))
}

/// Gives each member's logits [1, batch, padded classes] to `take`.
pub(super) fn logits_by_member(
    layers: &[Dense],
    mask: &Tensor,
    inputs: &Tensor,
    take: &mut dyn FnMut(Range<usize>, &Tensor),
) {
    by_member(layers, mask, inputs, layers.len(), take);
}

/// Gives to `take` what the last of the first `count` layers gives for each member.
fn by_member(
    layers: &[Dense],
    mask: &Tensor,
    inputs: &Tensor,
    count: usize,
    take: &mut dyn FnMut(Range<usize>, &Tensor),
) {
    let inputs = inputs.contiguous();
    let outputs = outputs(&layers[..count], inputs.size()[0]);
    let (network, matrices) = (HostMlp::new(layers, mask, None), all_whole(&outputs));
    for member in 0..layers[0].members() {
        network.forward(member, whole(&inputs), &matrices);
        take(member..member + 1, outputs.last().expect("asked of at least one layer"));
    }
}

/// One step of each member on `inputs`, with the mask of dropout if there is one.
pub(super) fn step(
    layers: &[Dense],
    mask: &Tensor,
    workspace: &mut Workspace,
    (inputs, dropped): (&Tensor, Option<&Tensor>),
    loss: &mut dyn StepLoss,
    sgd: &SgdStep<'_>,
) {
    workspace.prepare(layers, inputs);
    let (network, host) = (HostMlp::new(layers, mask, dropped), HostWorkspace::new(workspace));
    let logits = workspace.outputs.last().expect("a network has an output layer");
    for member in 0..layers[0].members() {
        network.forward(member, whole(inputs), &host.outputs);
        let gradient = loss.gradient(member..member + 1, logits);
        network.backward(member, whole(&gradient), &host, sgd);
        loss.moved();
    }
}
