//! Small convolutional networks, one member after the other: each one's arithmetic is its own in every cohort.

use std::ops::Range;

use fractionate_ablation::networks;
use fractionate_data::ExampleShape;
use fractionate_records::ModelConfig;
use tch::{Kind, Tensor, no_grad};

use super::class_mask::class_mask;
use super::initial_weights::InitialWeights;
use super::network::{Network, StepLoss};
use super::product_strategy::ProductStrategy;
use super::trained_network::TrainedNetwork;
use crate::DeviceChoice;
use crate::optimiser::{Parameter, SgdStep};
use crate::padding::padded;

/// The network, for the registry.
pub(super) const NETWORK: TrainedNetwork = TrainedNetwork { descriptor: networks::CNN, build };

fn build(
    config: &ModelConfig,
    ExampleShape { features, picture, classes }: ExampleShape,
    members: usize,
    weights: &mut InitialWeights,
    device: DeviceChoice,
) -> Box<dyn Network> {
    let (channels, dense) = (config.widths("channels"), config.whole("dense"));
    let mut parameters = Vec::new();
    let mut add = |(weight, bias): (Tensor, Tensor)| {
        parameters.push(Parameter::repeated(&weight, members));
        parameters.push(Parameter::repeated(&bias, members));
    };
    let picture = picture.expect("a suite is checked: only pictures are given to a cnn");
    let mut inputs = features / (picture.0 * picture.1);
    for &outputs in channels {
        add(weights.convolution(inputs, outputs));
        inputs = outputs;
    }
    let side = |pixels: usize| pixels >> channels.len();
    let flat = inputs * side(picture.0) * side(picture.1);
    add(weights.dense(flat, dense, (flat, padded(dense))));
    add(weights.dense(dense, classes, (padded(dense), padded(classes))));
    Box::new(Cnn {
        parameters,
        stages: channels.len(),
        features,
        picture,
        classes,
        mask: class_mask(classes, device),
        dropout: config.number("dropout"),
        dense,
    })
}

/// Stacked CNNs.
#[derive(Debug)]
struct Cnn {
    /// Weight and bias of each convolution, then of the dense and of the output layer.
    parameters: Vec<Parameter>,
    stages: usize,
    features: usize,
    /// Height and width of a picture.
    picture: (usize, usize),
    classes: usize,
    mask: Tensor,
    dropout: f64,
    dense: usize,
}

impl Network for Cnn {
    fn parameters(&self) -> Vec<&Parameter> {
        self.parameters.iter().collect()
    }

    fn named_parameters(&self, member: usize) -> Vec<(String, Tensor)> {
        let value = |index: usize| self.parameters[index].members[member].0.shallow_clone();
        let (dense, classes) = (self.dense as i64, self.classes as i64);
        let first = 2 * self.stages;
        let mut parts: Vec<(String, Tensor)> = Vec::new();
        for stage in 0..self.stages {
            parts.push((format!("stages.{stage}.weight"), value(2 * stage)));
            parts.push((format!("stages.{stage}.bias"), value(2 * stage + 1)));
        }
        parts.push(("dense.weight".to_owned(), value(first).narrow(1, 0, dense).transpose(0, 1)));
        parts.push(("dense.bias".to_owned(), value(first + 1).narrow(0, 0, dense)));
        let output = value(first + 2).narrow(0, 0, dense).narrow(1, 0, classes);
        parts.push(("output.weight".to_owned(), output.transpose(0, 1)));
        parts.push(("output.bias".to_owned(), value(first + 3).narrow(0, 0, classes)));
        parts
    }

    fn pads_batches(&self) -> bool {
        true
    }

    fn dropout(&self) -> Option<(usize, f64)> {
        (self.dropout > 0.0).then(|| (padded(self.dense), self.dropout))
    }

    fn step(&mut self, inputs: &Tensor, dropped: Option<&Tensor>, loss: &mut dyn StepLoss, sgd: &SgdStep<'_>) {
        let pictures = self.pictures(inputs);
        for member in 0..self.members() {
            let leaves: Vec<Tensor> =
                self.parameters_of(member).iter().map(|p| p.detach().set_requires_grad(true)).collect();
            let logits = self.forward(&pictures, &leaves, dropped);
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
            let logits = no_grad(|| self.forward(&pictures, &self.parameters_of(member), None));
            take(member..member + 1, &logits.unsqueeze(0));
        }
    }

    /// The dense layer's outputs.
    fn features(&self, inputs: &Tensor) -> Tensor {
        let pictures = self.pictures(inputs);
        let hidden = |member| no_grad(|| self.hidden(&pictures, &self.parameters_of(member)));
        Tensor::stack(&(0..self.members()).map(hidden).collect::<Vec<_>>(), 0)
    }

    /// There is but one: convolutions are never batched over members.
    fn force(&mut self, _: ProductStrategy) {}

    fn strategy(&self) -> String {
        ProductStrategy::Sequential.name().to_owned()
    }
}

impl Cnn {
    fn members(&self) -> usize {
        self.parameters[0].members.len()
    }

    fn parameters_of(&self, member: usize) -> Vec<Tensor> {
        self.parameters.iter().map(|p| p.members[member].0.shallow_clone()).collect()
    }

    /// [batch, channels, height, width], channels last in memory: convolutions are as fast, and pooling runs over
    /// whole vectors of channels.
    fn pictures(&self, inputs: &Tensor) -> Tensor {
        let (height, width) = (self.picture.0 as i64, self.picture.1 as i64);
        let rows = inputs.size()[0];
        let planes = inputs.narrow(1, 0, self.features as i64).reshape([rows, -1, height * width]);
        // Through one flat axis, so that the strides say "channels last" for a single channel too.
        let pixels = planes.transpose(1, 2).reshape([rows, -1]);
        pixels.view([rows, height, width, -1]).permute([0, 3, 1, 2])
    }

    /// One member's logits [batch, padded classes].
    fn forward(&self, pictures: &Tensor, parameters: &[Tensor], dropped: Option<&Tensor>) -> Tensor {
        let mut hidden = self.hidden(pictures, parameters);
        if let Some(kept) = dropped {
            hidden = hidden.g_mul(kept);
        }
        let [.., output, output_bias] = parameters else { unreachable!("an output layer comes last") };
        output_bias.addmm(&hidden, output) + self.mask.view([-1])
    }

    /// One member's outputs of the dense layer [batch, padded width].
    fn hidden(&self, pictures: &Tensor, parameters: &[Tensor]) -> Tensor {
        let mut x = pictures.shallow_clone();
        for stage in parameters[..2 * self.stages].chunks_exact(2) {
            // Pooling before ReLU: the same numbers (both are monotone) on a quarter of the pixels.
            x = x.conv2d(&stage[0], Some(&stage[1]), [1, 1], [1, 1], [1, 1], 1);
            x = x.max_pool2d([2, 2], [2, 2], [0, 0], [1, 1], false).relu();
        }
        let [dense, dense_bias, ..] = &parameters[2 * self.stages..] else {
            unreachable!("two dense layers follow the stages");
        };
        dense_bias.addmm(&x.flatten(1, -1), dense).relu()
    }
}
