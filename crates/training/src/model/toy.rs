//! A network for tests, with batch statistics and buffers: one layer whose sums are centred over the batch, as a batch
//! normalisation centres them, and over a running mean where it is evaluated.

use std::ops::Range;

use fractionate_ablation::ExampleCost;
use fractionate_ablation::networks::{Allowed, ForeignNames, NetworkDescriptor, NetworkOption};
use fractionate_data::ExampleShape;
use fractionate_records::ModelConfig;
use tch::{Kind, Tensor, no_grad};

use super::class_mask::class_mask;
use super::network::{Buffer, Network, StepLoss};
use super::product_strategy::ProductStrategy;
use super::trained_network::TrainedNetwork;
use crate::optimiser::{Parameter, SgdStep};
use crate::padding::padded;

/// A configuration of it.
pub(crate) fn config() -> ModelConfig {
    ModelConfig::new("toy").with("momentum", 0.1)
}

static TOY: NetworkDescriptor = NetworkDescriptor {
    name: "toy",
    meaning: "one layer whose sums are centred over the batch",
    options: &[NetworkOption {
        key: "momentum",
        meaning: "what a batch's mean counts in the running mean",
        allowed: Allowed::Share,
        example: "0.1",
    }],
    from_paper_name: |_| None,
    misfit: |_, _| None,
    short_name: |_, shape| format!("toy {}-{}", shape.features, shape.classes),
    cost: |_, shape| ExampleCost {
        forward_multiply_adds: (shape.features * shape.classes) as f64,
        training_passes: 2.0,
    },
    most_members: 8,
    last_layer: |_| "weight".to_owned(),
    foreign_names: ForeignNames::NONE,
};

/// The network, for the registry.
pub(super) const NETWORK: TrainedNetwork = TrainedNetwork {
    descriptor: &TOY,
    build: |config, ExampleShape { features, classes, .. }, members, weights, device| {
        let (weight, bias) = weights.dense(features, classes, (padded(features), padded(classes)));
        let zeros = |size: usize| Tensor::zeros([members as i64, size as i64], (Kind::Float, device.device()));
        Box::new(Toy {
            parameters: [&weight, &bias].map(|initial| Parameter::repeated(initial, members)),
            running_mean: zeros(padded(classes)),
            momentum: config.number("momentum"),
            examples: zeros(1),
            mask: class_mask(classes, device).view([-1]),
            sizes: (features as i64, classes as i64),
        })
    },
};

#[derive(Debug)]
struct Toy {
    /// Weight [features, classes] and bias [classes] of each member, padded.
    parameters: [Parameter; 2],
    /// [members, padded classes]
    running_mean: Tensor,
    momentum: f64,
    /// How many examples were trained on, [members, 1].
    examples: Tensor,
    mask: Tensor,
    sizes: (i64, i64),
}

impl Toy {
    fn sums(&self, member: usize, inputs: &Tensor) -> Tensor {
        inputs.matmul(&self.parameters[0].members[member].0)
    }

    fn logits(&self, member: usize, sums: &Tensor, mean: &Tensor) -> Tensor {
        sums - mean + &self.parameters[1].members[member].0 + &self.mask
    }
}

impl Network for Toy {
    fn parameters(&self) -> Vec<&Parameter> {
        self.parameters.iter().collect()
    }

    fn buffers(&self) -> Vec<Buffer> {
        [("running_mean", &self.running_mean), ("examples", &self.examples)]
            .map(|(name, values)| Buffer { name: name.to_owned(), values: values.shallow_clone() })
            .into()
    }

    fn named_parameters(&self, member: usize) -> Vec<(String, Tensor)> {
        let [weight, bias] = [0, 1].map(|index| self.parameters[index].members[member].0.shallow_clone());
        let (features, classes) = self.sizes;
        let weight = weight.narrow(0, 0, features).narrow(1, 0, classes).transpose(0, 1);
        vec![("weight".to_owned(), weight), ("bias".to_owned(), bias.narrow(0, 0, classes))]
    }

    fn pads_batches(&self) -> bool {
        false
    }

    fn dropout(&self) -> Option<(usize, f64)> {
        None
    }

    fn step(&mut self, inputs: &Tensor, _: Option<&Tensor>, loss: &mut dyn StepLoss, sgd: &SgdStep<'_>) {
        for member in 0..self.parameters[0].members.len() {
            let sums = self.sums(member, inputs);
            let mean = sums.mean_dim([0i64].as_slice(), false, Kind::Float);
            let gradient = loss.gradient(member..member + 1, &self.logits(member, &sums, &mean).unsqueeze(0));
            let gradient = gradient.squeeze_dim(0);
            let centred = &gradient - gradient.mean_dim([0i64].as_slice(), true, Kind::Float);
            let bias = gradient.sum_dim_intlist([0i64].as_slice(), false, Kind::Float);
            sgd.update_member(&mut self.parameters[0], member, inputs.transpose(0, 1).matmul(&centred));
            sgd.update_member(&mut self.parameters[1], member, bias);
            let _ = self
                .running_mean
                .select(0, member as i64)
                .g_mul_scalar_(1.0 - self.momentum)
                .g_add_(&(mean * self.momentum));
            let _ = self.examples.select(0, member as i64).g_add_scalar_(inputs.size()[0] as f64);
            loss.moved();
        }
    }

    fn logits_in_parts(&self, inputs: &Tensor, take: &mut dyn FnMut(Range<usize>, &Tensor)) {
        for member in 0..self.parameters[0].members.len() {
            let mean = self.running_mean.select(0, member as i64);
            let logits = no_grad(|| self.logits(member, &self.sums(member, inputs), &mean));
            take(member..member + 1, &logits.unsqueeze(0));
        }
    }

    fn features(&self, inputs: &Tensor) -> Tensor {
        inputs.unsqueeze(0).expand([self.parameters[0].members.len() as i64, -1, -1], false)
    }

    fn force(&mut self, _: ProductStrategy) {}

    fn strategy(&self) -> String {
        ProductStrategy::Sequential.name().to_owned()
    }
}
