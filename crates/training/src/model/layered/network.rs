//! Members of a network of layers, in training and in evaluation.

use std::ops::Range;

use fractionate_data::ExampleShape;
use tch::{Kind, Tensor, no_grad};

use super::layer::{Layer, MemberTensors, forward};
use crate::model::network::{Buffer, Network, StepLoss};
use crate::model::product_strategy::ProductStrategy;
use crate::optimiser::{Parameter, SgdStep};
use crate::padding::padded;

/// Stacked networks of layers.
#[derive(Debug)]
pub(super) struct LayeredNetwork {
    /// From pictures to the inputs of the last layer.
    pub(super) body: Vec<Layer>,
    pub(super) head: Layer,
    pub(super) parameters: Vec<Parameter>,
    pub(super) parameter_names: Vec<String>,
    /// [members, ...]
    pub(super) buffers: Vec<Tensor>,
    pub(super) buffer_names: Vec<String>,
    /// Position of the weights, inputs and outputs of each dense layer, without padding.
    pub(super) dense: Vec<(usize, usize, usize)>,
    pub(super) shape: ExampleShape,
    /// [padded classes]
    pub(super) mask: Tensor,
    /// The rate of dropout before the last layer; 0 where there is none.
    pub(super) dropout: f64,
}

impl Network for LayeredNetwork {
    fn parameters(&self) -> Vec<&Parameter> {
        self.parameters.iter().collect()
    }

    fn buffers(&self) -> Vec<Buffer> {
        let named = self.buffer_names.iter().zip(&self.buffers);
        named.map(|(name, values)| Buffer { name: name.clone(), values: values.shallow_clone() }).collect()
    }

    fn named_parameters(&self, member: usize) -> Vec<(String, Tensor)> {
        let of = |(at, name): (usize, &String)| {
            let value = self.parameters[at].members[member].0.shallow_clone();
            let dense = self.dense.iter().find(|(weight, ..)| (*weight..weight + 2).contains(&at));
            let value = match dense {
                Some(&(weight, inputs, outputs)) if weight == at => {
                    value.narrow(0, 0, inputs as i64).narrow(1, 0, outputs as i64).transpose(0, 1)
                }
                Some(&(.., outputs)) => value.narrow(0, 0, outputs as i64),
                None => value,
            };
            (name.clone(), value)
        };
        self.parameter_names.iter().enumerate().map(of).collect()
    }

    /// A batch normalisation's statistics are those of the batch alone.
    fn pads_batches(&self) -> bool {
        self.buffers.is_empty()
    }

    fn dropout(&self) -> Option<(usize, f64)> {
        let (_, inputs, _) = self.dense.last().expect("the last layer is a dense one");
        (self.dropout > 0.0).then(|| (padded(*inputs), self.dropout))
    }

    fn step(&mut self, inputs: &Tensor, dropped: Option<&Tensor>, loss: &mut dyn StepLoss, sgd: &SgdStep<'_>) {
        let pictures = self.pictures(inputs);
        for member in 0..self.members() {
            let leaves: Vec<Tensor> =
                self.parameters_of(member).iter().map(|p| p.detach().set_requires_grad(true)).collect();
            let (_, logits) = self.forward(&pictures, member, &leaves, Some(dropped));
            let gradient = loss.gradient(member..member + 1, &logits.detach().unsqueeze(0));
            // The inner product with a constant has that constant as its gradient on the logits.
            let through = (&logits * gradient.squeeze_dim(0)).sum(Kind::Float);
            let gradients = Tensor::run_backward(&[through], &leaves, false, false);
            no_grad(|| {
                for (parameter, gradient) in self.parameters.iter_mut().zip(gradients) {
                    // Kept out of the way of autograd, which may hand out a gradient that it shares.
                    sgd.update_member(parameter, member, gradient.copy());
                }
            });
            loss.moved();
        }
    }

    fn logits_in_parts(&self, inputs: &Tensor, take: &mut dyn FnMut(Range<usize>, &Tensor)) {
        let pictures = self.pictures(inputs);
        for member in 0..self.members() {
            let (_, logits) = no_grad(|| self.forward(&pictures, member, &self.parameters_of(member), None));
            take(member..member + 1, &logits.unsqueeze(0));
        }
    }

    fn features(&self, inputs: &Tensor) -> Tensor {
        let pictures = self.pictures(inputs);
        let features = |member| no_grad(|| self.forward(&pictures, member, &self.parameters_of(member), None).0);
        Tensor::stack(&(0..self.members()).map(features).collect::<Vec<_>>(), 0)
    }

    /// There is but one: convolutions are never batched over members.
    fn force(&mut self, _: ProductStrategy) {}

    fn strategy(&self) -> String {
        ProductStrategy::Sequential.name().to_owned()
    }
}

impl LayeredNetwork {
    fn members(&self) -> usize {
        self.parameters[0].members.len()
    }

    fn parameters_of(&self, member: usize) -> Vec<Tensor> {
        self.parameters.iter().map(|p| p.members[member].0.shallow_clone()).collect()
    }

    /// [batch, channels, height, width], channels last in memory: convolutions are faster, and pooling runs over whole
    /// vectors of channels.
    fn pictures(&self, inputs: &Tensor) -> Tensor {
        let picture = self.shape.picture.expect("a suite is checked: only pictures are given to a network of layers");
        let (height, width) = (picture.0 as i64, picture.1 as i64);
        let rows = inputs.size()[0];
        let planes = inputs.narrow(1, 0, self.shape.features as i64).reshape([rows, -1, height * width]);
        // Through one flat axis, so that the strides say "channels last" for a single channel too.
        let pixels = planes.transpose(1, 2).reshape([rows, -1]);
        pixels.view([rows, height, width, -1]).permute([0, 3, 1, 2])
    }

    /// One member's inputs of the last layer without dropout, and its logits [batch, padded classes]. In training there is
    /// `dropped`, the mask of dropout if the network has any.
    fn forward(
        &self,
        pictures: &Tensor,
        member: usize,
        parameters: &[Tensor],
        dropped: Option<Option<&Tensor>>,
    ) -> (Tensor, Tensor) {
        let buffers: Vec<Tensor> = self.buffers.iter().map(|values| values.select(0, member as i64)).collect();
        let of = MemberTensors { parameters, buffers: &buffers, training: dropped.is_some() };
        let features = forward(&self.body, pictures, &of);
        let kept = match dropped.flatten() {
            Some(kept) => &features * kept,
            None => features.shallow_clone(),
        };
        let logits = forward(std::slice::from_ref(&self.head), &kept, &of) + &self.mask;
        (features, logits)
    }
}
