//! Fully connected networks of any depth with ReLU, with the backward pass written out.

mod sequential;

use std::ops::Range;

use fractionate_ablation::networks;
use tch::Tensor;

use self::sequential::Workspace;
use super::class_mask::class_mask;
use super::dense::{Dense, Inputs, Then};
use super::network::{Network, StepLoss};
use super::product_strategy::ProductStrategy;
use super::trained_network::TrainedNetwork;
use crate::host::is_for;
use crate::optimiser::{Parameter, SgdStep};
use crate::padding::padded;

/// The network, for the registry.
pub(super) const NETWORK: TrainedNetwork = TrainedNetwork {
    descriptor: networks::MLP,
    build: |config, shape, members, weights, device| {
        let widths = [&[shape.features], config.widths("hidden"), &[shape.classes]].concat();
        let on_host = is_for(device.device());
        Box::new(Mlp {
            layers: widths.windows(2).map(|w| Dense::new(w[0], w[1], members, weights)).collect(),
            mask: class_mask(shape.classes, device),
            dropout: config.number("dropout"),
            strategy: if on_host { ProductStrategy::Sequential } else { ProductStrategy::Batched },
            workspace: Workspace::default(),
        })
    },
};

/// Stacked MLPs.
#[derive(Debug)]
struct Mlp {
    layers: Vec<Dense>,
    mask: Tensor,
    dropout: f64,
    strategy: ProductStrategy,
    /// For sequential steps.
    workspace: Workspace,
}

impl Network for Mlp {
    fn parameters(&self) -> Vec<&Parameter> {
        self.layers.iter().flat_map(|layer| [&layer.weight, &layer.bias]).collect()
    }

    /// As PyTorch's `Linear` keeps weights: [out, in].
    fn named_parameters(&self, member: usize) -> Vec<(String, Tensor)> {
        let parts = self.layers.iter().enumerate().flat_map(|(index, layer)| {
            let (inputs, outputs) = layer.sizes;
            let weight = layer.weight.members[member].0.narrow(0, 0, inputs as i64).narrow(1, 0, outputs as i64);
            let bias = layer.bias.members[member].0.squeeze_dim(0).narrow(0, 0, outputs as i64);
            [(format!("layers.{index}.weight"), weight.transpose(0, 1)), (format!("layers.{index}.bias"), bias)]
        });
        parts.collect()
    }

    fn pads_batches(&self) -> bool {
        true
    }

    fn dropout(&self) -> Option<(usize, f64)> {
        let last_hidden = self.layers.len().checked_sub(2)?;
        (self.dropout > 0.0).then(|| (padded(self.layers[last_hidden].sizes.1), self.dropout))
    }

    fn step(&mut self, inputs: &Tensor, dropped: Option<&Tensor>, loss: &mut dyn StepLoss, sgd: &SgdStep<'_>) {
        match self.strategy {
            ProductStrategy::Batched => self.step_batched(inputs, dropped, loss, sgd),
            ProductStrategy::Sequential => {
                sequential::step(&mut self.layers, &self.mask, &mut self.workspace, (inputs, dropped), loss, sgd);
            }
        }
    }

    fn logits_in_parts(&self, inputs: &Tensor, take: &mut dyn FnMut(Range<usize>, &Tensor)) {
        match self.strategy {
            ProductStrategy::Batched => take(0..self.members(), &self.forward(inputs, None).1),
            ProductStrategy::Sequential => sequential::logits_by_member(&self.layers, &self.mask, inputs, take),
        }
    }

    /// The last hidden activations; the examples themselves, once for each member, where there is no hidden layer.
    fn features(&self, inputs: &Tensor) -> Tensor {
        let features = match self.strategy {
            ProductStrategy::Batched => self.forward(inputs, None).0.pop(),
            ProductStrategy::Sequential => sequential::features(&self.layers, &self.mask, inputs),
        };
        features.unwrap_or_else(|| inputs.unsqueeze(0).expand([self.members() as i64, -1, -1], false))
    }

    fn force(&mut self, strategy: ProductStrategy) {
        if strategy == ProductStrategy::Batched || is_for(self.mask.device()) {
            self.strategy = strategy;
        }
    }

    fn strategy(&self) -> String {
        vec![self.strategy.name(); self.layers.len()].join(", ")
    }
}

impl Mlp {
    fn members(&self) -> usize {
        self.layers[0].members()
    }

    /// The hidden activations, layer by layer, and the logits, of all members.
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

    fn step_batched(&mut self, inputs: &Tensor, dropped: Option<&Tensor>, loss: &mut dyn StepLoss, sgd: &SgdStep<'_>) {
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
}
