//! One member after the other, each through all layers and back: what one pass leaves is still in the cache when the next
//! reads it, the weights between forward and backward too.

use std::ops::Range;

use tch::{Device, Kind, Tensor};

use super::super::dense::{Dense, HostDense, HostDenseMut, HostThen};
use super::super::network::StepLoss;
use crate::host::gather::ensure_shape;
use crate::host::matrix::{Matrices, MatricesMut, Matrix, MatrixMut};
use crate::host::passes::scale;
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
        transpose(inputs, &mut self.transposed);
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

fn all_whole(tensors: &mut [Tensor]) -> Vec<MatricesMut<'_>> {
    tensors.iter_mut().map(MatricesMut::from_tensor).collect()
}

/// The masks of a network in the host's memory.
#[derive(Debug, Clone, Copy)]
struct Masks<'a> {
    /// Of the padded classes.
    classes: Matrix<'a>,
    /// The dropout mask of the last hidden layer.
    dropped: Option<Matrix<'a>>,
}

impl Masks<'_> {
    fn drop_out(&self, hidden: &mut MatrixMut<'_>) {
        if let Some(kept) = self.dropped {
            scale(kept, hidden);
        }
    }
}

/// A member's way through the first layers, as many as there are `outputs`.
fn forward(
    layers: &[HostDense<'_>],
    masks: Masks<'_>,
    member: usize,
    inputs: Matrix<'_>,
    outputs: &mut [MatricesMut<'_>],
) {
    let count = layers.len();
    for (index, layer) in layers.iter().enumerate().take(outputs.len()) {
        let (below, above) = outputs.split_at_mut(index);
        let below = below.last().map_or(inputs, |below| below.member(0));
        let then = if index + 1 == count { HostThen::Mask(masks.classes) } else { HostThen::Relu };
        let outputs = &mut above[0].member_mut(0);
        layer.forward(member, below, then, outputs);
        if index + 2 == count {
            masks.drop_out(outputs);
        }
    }
}

/// Moves a member's weights by the gradient on its logits.
fn backward(
    layers: &mut [HostDenseMut<'_>],
    masks: Masks<'_>,
    member: usize,
    logit_gradient: Matrix<'_>,
    workspace: &mut HostWorkspace<'_>,
    sgd: &SgdStep<'_>,
) {
    let count = layers.len();
    let HostWorkspace { outputs, gradients, bias_gradients, transposed, ones } = workspace;
    for (index, layer) in layers.iter_mut().enumerate().rev() {
        let biases = (*ones, &mut bias_gradients[index].member_mut(0));
        let (below, own) = gradients.split_at_mut(index);
        let gradient = own.first().map_or(logit_gradient, |own| own.member(0));
        let Some(below) = below.last_mut() else {
            return layer.step(member, *transposed, gradient, biases, sgd);
        };
        let (outputs, below) = (outputs[index - 1].member(0), &mut below.member_mut(0));
        // The gradient below needs the weights as they were in the forward pass.
        layer.as_dense().gradient_below(member, gradient, outputs, below);
        layer.step(member, outputs.transposed(), gradient, biases, sgd);
        if index + 1 == count {
            masks.drop_out(below);
        }
    }
}

/// [`Workspace`], as matrices.
struct HostWorkspace<'a> {
    outputs: Vec<MatricesMut<'a>>,
    gradients: Vec<MatricesMut<'a>>,
    bias_gradients: Vec<MatricesMut<'a>>,
    transposed: Matrix<'a>,
    ones: Matrix<'a>,
}

impl<'a> HostWorkspace<'a> {
    fn new(workspace: &'a mut Workspace) -> Self {
        let Workspace { outputs, gradients, bias_gradients, transposed, ones } = workspace;
        let [outputs, gradients, bias_gradients] =
            [outputs, gradients, bias_gradients].map(|tensors| all_whole(tensors));
        Self { outputs, gradients, bias_gradients, transposed: whole(transposed), ones: whole(ones) }
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
    let mut outputs = outputs(&layers[..count], inputs.size()[0]);
    let mut outputs = all_whole(&mut outputs);
    let on_host: Vec<HostDense<'_>> = layers.iter().map(Dense::on_host).collect();
    let masks = Masks { classes: whole(mask), dropped: None };
    for member in 0..layers[0].members() {
        forward(&on_host, masks, member, whole(&inputs), &mut outputs);
        take(member..member + 1, outputs.last().expect("asked of at least one layer").tensor());
    }
}

/// One step of each member on `inputs`, with the mask of dropout if there is one.
pub(super) fn step(
    layers: &mut [Dense],
    mask: &Tensor,
    workspace: &mut Workspace,
    (inputs, dropped): (&Tensor, Option<&Tensor>),
    loss: &mut dyn StepLoss,
    sgd: &SgdStep<'_>,
) {
    workspace.prepare(layers, inputs);
    let members = layers[0].members();
    let mut layers: Vec<HostDenseMut<'_>> = layers.iter_mut().map(Dense::on_host_mut).collect();
    let masks = Masks { classes: whole(mask), dropped: dropped.map(whole) };
    let mut host = HostWorkspace::new(workspace);
    for member in 0..members {
        let as_they_are: Vec<HostDense<'_>> = layers.iter().map(HostDenseMut::as_dense).collect();
        forward(&as_they_are, masks, member, whole(inputs), &mut host.outputs);
        let logits = host.outputs.last().expect("a network has an output layer").tensor();
        let gradient = loss.gradient(member..member + 1, logits);
        backward(&mut layers, masks, member, whole(&gradient), &mut host, sgd);
        loss.moved();
    }
}
