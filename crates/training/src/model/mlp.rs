//! Fully connected networks of any depth with ReLU, with the backward pass written out.

mod in_turn;

use std::ops::Range;

use tch::Tensor;

use self::in_turn::Room;
use super::dense::{Dense, Inputs, Then, Way};
use super::{StepLoss, class_mask};
use crate::host::matrix;
use crate::model::initial_weights::InitialWeights;
use crate::optimiser::{Parameter, SgdStep};
use crate::padding::padded;
use crate::{DeviceChoice, ExampleShape};

/// Stacked MLPs.
#[derive(Debug)]
pub(crate) struct Mlp {
    layers: Vec<Dense>,
    mask: Tensor,
    dropout: f64,
    way: Way,
    /// For steps of members in turn.
    room: Room,
}

impl Mlp {
    pub(crate) fn new(
        hidden: &[usize],
        dropout: f64,
        shape: ExampleShape,
        members: usize,
        weights: &mut InitialWeights,
        device: DeviceChoice,
    ) -> Self {
        let widths: Vec<usize> = [&[shape.features], hidden, &[shape.classes]].concat();
        let layers = widths.windows(2).map(|w| Dense::new(w[0], w[1], members, weights)).collect();
        let way = if matrix::is_for(device.device()) { Way::InTurn } else { Way::Together };
        Self { layers, mask: class_mask(shape.classes, device), dropout, way, room: Room::default() }
    }

    pub(crate) fn dropout(&self) -> (usize, f64) {
        let hidden = self.layers.len().checked_sub(2).map_or(0, |last| padded(self.layers[last].sizes.1));
        (hidden, self.dropout)
    }

    fn members(&self) -> usize {
        self.layers[0].members()
    }

    /// Forms products in this way from now on, where this device can.
    pub(crate) fn force(&mut self, way: Way) {
        if way == Way::Together || matrix::is_for(self.mask.device()) {
            self.way = way;
        }
    }

    /// Layer by layer: a record's word for it.
    pub(crate) fn strategy(&self) -> String {
        let way = match self.way {
            Way::Together => "together",
            Way::InTurn => "in turn",
        };
        vec![way; self.layers.len()].join(", ")
    }

    pub(crate) fn logits_in_parts(&self, inputs: &Tensor, take: &mut dyn FnMut(Range<usize>, &Tensor)) {
        match self.way {
            Way::Together => take(0..self.members(), &self.forward(inputs, None).1),
            Way::InTurn => self.logits_by_member(inputs, take),
        }
    }

    /// The last hidden activations; the examples themselves, once for each member, where there is no hidden layer.
    pub(crate) fn features(&self, inputs: &Tensor) -> Tensor {
        let features = match self.way {
            Way::Together => self.forward(inputs, None).0.pop(),
            Way::InTurn => self.features_in_turn(inputs),
        };
        features.unwrap_or_else(|| inputs.unsqueeze(0).expand([self.members() as i64, -1, -1], false))
    }

    /// The hidden activations, layer by layer, and the logits; members together.
    fn forward(&self, inputs: &Tensor, dropped: Option<&Tensor>) -> (Vec<Tensor>, Tensor) {
        let mut hidden: Vec<Tensor> = Vec::new();
        for (index, layer) in self.layers.iter().enumerate() {
            let is_last = index + 1 == self.layers.len();
            let then = if is_last { Then::Mask(&self.mask) } else { Then::Relu };
            let mut outputs = match hidden.last() {
                None => layer.forward(&Inputs::Shared(inputs), then),
                Some(below) => layer.forward(&Inputs::Own(below), then),
            };
            if is_last {
                return (hidden, outputs);
            }
            if let (Some(kept), true) = (dropped, index + 2 == self.layers.len()) {
                let _ = outputs.g_mul_(kept);
            }
            hidden.push(outputs);
        }
        unreachable!("a network has an output layer")
    }

    pub(crate) fn step(
        &mut self,
        inputs: &Tensor,
        dropped: Option<&Tensor>,
        loss: &mut dyn StepLoss,
        sgd: &SgdStep<'_>,
    ) {
        match self.way {
            Way::Together => self.step_together(inputs, dropped, loss, sgd),
            Way::InTurn => self.step_in_turn(inputs, dropped, loss, sgd),
        }
    }

    fn step_together(&mut self, inputs: &Tensor, dropped: Option<&Tensor>, loss: &mut dyn StepLoss, sgd: &SgdStep<'_>) {
        let (hidden, logits) = self.forward(inputs, dropped);
        let mut gradient = loss.gradient(0..self.members(), &logits);
        for (index, layer) in self.layers.iter_mut().enumerate().rev() {
            let Some(below) = index.checked_sub(1).map(|i| &hidden[i]) else {
                layer.step(&Inputs::Shared(inputs), &gradient, sgd);
                break;
            };
            // The gradient below needs the weights as they were in the forward pass.
            let mut below_gradient = layer.gradient_below(&gradient, below);
            layer.step(&Inputs::Own(below), &gradient, sgd);
            if let (Some(kept), true) = (dropped, index == hidden.len()) {
                let _ = below_gradient.g_mul_(kept);
            }
            gradient = below_gradient;
        }
        loss.moved();
    }

    /// A member's weights and biases without padding, sharing memory with the parameters; as PyTorch's Linear keeps them:
    /// [out, in].
    pub(crate) fn named_parts(&self, member: usize) -> Vec<(String, Tensor)> {
        let parts = self.layers.iter().enumerate().flat_map(|(index, layer)| {
            let (inputs, outputs) = layer.sizes;
            let weight = layer.weight.members[member].0.narrow(0, 0, inputs as i64).narrow(1, 0, outputs as i64);
            let bias = layer.bias.members[member].0.squeeze_dim(0).narrow(0, 0, outputs as i64);
            [(format!("layers.{index}.weight"), weight.transpose(0, 1)), (format!("layers.{index}.bias"), bias)]
        });
        parts.collect()
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.layers.iter().flat_map(|layer| [&layer.weight, &layer.bias])
    }

    pub(crate) fn parameters_of(&self, member: usize) -> Vec<Tensor> {
        let both = |layer: &Dense| [&layer.weight, &layer.bias].map(|p| p.members[member].0.shallow_clone());
        self.layers.iter().flat_map(both).collect()
    }
}
