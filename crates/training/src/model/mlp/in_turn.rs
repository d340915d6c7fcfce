//! Members in turn, each through all layers and back: what one pass leaves is still in the cache when the next takes it
//! up, the weights between forward and backward too.

use std::ops::Range;

use tch::{Device, Kind, Tensor};

use super::Mlp;
use crate::gather::make_room;
use crate::host_matrix::{Matrices, Matrix};
use crate::model::StepLoss;
use crate::model::dense::{Dense, Then};
use crate::sgd::SgdStep;
use crate::transpose::transpose;

/// Memory for one member's step, used again and again.
#[derive(Debug)]
pub(super) struct Room {
    /// What layers give, [1, batch, out]; the last's are the logits.
    outputs: Vec<Tensor>,
    /// The gradients on the hidden ones' sums.
    gradients: Vec<Tensor>,
    /// The gradient on a layer's biases, [1, out].
    bias_gradients: Vec<Tensor>,
    /// The batch's examples, [in, batch]: laid out anew once for all members, which makes each of their products faster.
    turned: Tensor,
    /// [1, batch]
    ones: Tensor,
}

impl Default for Room {
    fn default() -> Self {
        let [turned, ones] = [(); 2].map(|()| empty(&[0]));
        Self { outputs: Vec::new(), gradients: Vec::new(), bias_gradients: Vec::new(), turned, ones }
    }
}

impl Room {
    fn prepare(&mut self, layers: &[Dense], inputs: &Tensor) {
        let (batch, features) = inputs.size2().expect("examples are rows");
        if self.ones.size() != [1, batch] {
            let given = |layer: &Dense| empty(&[1, batch, width(layer)]);
            self.outputs = layers.iter().map(given).collect();
            self.gradients = layers[..layers.len() - 1].iter().map(given).collect();
            self.bias_gradients = layers.iter().map(|layer| empty(&[1, width(layer)])).collect();
            self.ones = Tensor::ones([1, batch], (Kind::Float, Device::Cpu));
        }
        make_room(&mut self.turned, &[features, batch]);
        transpose(inputs, &self.turned);
    }
}

fn empty(shape: &[i64]) -> Tensor {
    Tensor::empty(shape, (Kind::Float, Device::Cpu))
}

/// Padded.
fn width(layer: &Dense) -> i64 {
    layer.weight.value.size()[2]
}

/// Of a tensor [rows, columns] or [1, rows, columns].
fn whole(tensor: &Tensor) -> Matrix<'_> {
    Matrices::of(tensor).member(0)
}

impl Mlp {
    /// What layers up to the `last` give a member; each one's outputs go where `outputs` has room for them.
    fn forward_of(&self, member: usize, inputs: Matrix<'_>, dropped: Option<&Tensor>, outputs: &[Tensor]) {
        for (index, layer) in self.layers[..outputs.len()].iter().enumerate() {
            let is_last = index + 1 == self.layers.len();
            let then = if is_last { Then::Mask(&self.mask) } else { Then::Relu };
            let below = if index == 0 { inputs } else { whole(&outputs[index - 1]) };
            layer.forward_of(member, below, then, whole(&outputs[index]));
            if let (Some(kept), true) = (dropped, index + 2 == self.layers.len()) {
                let _ = outputs[index].shallow_clone().g_mul_(kept);
            }
        }
    }

    /// [members, batch, padded classes]
    pub(super) fn logits_in_turn(&self, inputs: &Tensor) -> Tensor {
        self.outputs_in_turn(inputs, self.layers.len())
    }

    /// (member, its logits [1, batch, padded classes])
    pub(super) fn logits_by_member(&self, inputs: &Tensor, take: &mut dyn FnMut(Range<usize>, &Tensor)) {
        let inputs = inputs.contiguous();
        let outputs: Vec<Tensor> =
            self.layers.iter().map(|layer| empty(&[1, inputs.size()[0], width(layer)])).collect();
        for member in 0..self.members() {
            self.forward_of(member, whole(&inputs), None, &outputs);
            take(member..member + 1, outputs.last().expect("a network has an output layer"));
        }
    }

    /// [members, batch, padded width], if there is a hidden layer.
    pub(super) fn features_in_turn(&self, inputs: &Tensor) -> Option<Tensor> {
        let hidden = self.layers.len() - 1;
        (hidden > 0).then(|| self.outputs_in_turn(inputs, hidden))
    }

    /// What the last of the first `count` layers gives, of all members.
    fn outputs_in_turn(&self, inputs: &Tensor, count: usize) -> Tensor {
        let inputs = inputs.contiguous();
        let (batch, members) = (inputs.size()[0], self.members() as i64);
        let [below @ .., last] = &self.layers[..count] else { panic!("asked of at least one layer") };
        let all = empty(&[members, batch, width(last)]);
        let mut outputs: Vec<Tensor> = below.iter().map(|layer| empty(&[1, batch, width(layer)])).collect();
        for member in 0..members {
            outputs.push(all.narrow(0, member, 1));
            self.forward_of(member as usize, whole(&inputs), None, &outputs);
            outputs.pop();
        }
        all
    }

    pub(super) fn step_in_turn(
        &mut self,
        inputs: &Tensor,
        dropped: Option<&Tensor>,
        loss: &mut dyn StepLoss,
        sgd: &SgdStep<'_>,
    ) {
        let mut room = std::mem::take(&mut self.room);
        room.prepare(&self.layers, inputs);
        for member in 0..self.members() {
            self.forward_of(member, whole(inputs), dropped, &room.outputs);
            let logits = room.outputs.last().expect("a network has an output layer");
            let gradient = loss.gradient(member..member + 1, logits);
            self.backward_of(member, &gradient, dropped, &room, sgd);
            loss.moved();
        }
        self.room = room;
    }

    /// Moves a member's weights by the gradient on its logits.
    fn backward_of(
        &self,
        member: usize,
        logit_gradient: &Tensor,
        dropped: Option<&Tensor>,
        room: &Room,
        sgd: &SgdStep<'_>,
    ) {
        for (index, layer) in self.layers.iter().enumerate().rev() {
            let gradient = whole(room.gradients.get(index).unwrap_or(logit_gradient));
            let biases = (whole(&room.ones), whole(&room.bias_gradients[index]));
            let Some(below) = index.checked_sub(1) else {
                return layer.step_of(member, whole(&room.turned), gradient, biases, sgd);
            };
            let (outputs, below_gradient) = (whole(&room.outputs[below]), &room.gradients[below]);
            // The gradient below needs the weights as they were in the forward pass.
            layer.gradient_below_of(member, gradient, outputs, whole(below_gradient));
            layer.step_of(member, outputs.turned(), gradient, biases, sgd);
            if let (Some(kept), true) = (dropped, index + 1 == self.layers.len()) {
                let _ = below_gradient.shallow_clone().g_mul_(kept);
            }
        }
    }
}
