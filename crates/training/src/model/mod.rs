//! Architectures over stacked parameters: one batch in, the logits of all members out.

mod classifier;
mod cnn;
mod dense;
pub(crate) mod initial_weights;
mod mlp;

use std::ops::Range;

use fractionate_records::{ModelConfig, Seed};
use tch::{Kind, Tensor};

pub use classifier::load_classifier;
pub(crate) use cnn::Cnn;
pub(crate) use dense::Way;
pub(crate) use mlp::Mlp;

use crate::model::initial_weights::InitialWeights;
use crate::optimiser::{Parameter, SgdStep};
use crate::padding::padded;
use crate::weights::NamedWeights;
use crate::{DeviceChoice, ExampleShape};

/// What a step asks of the loss.
pub(crate) trait StepLoss {
    /// Its gradient on the `logits` of some members, of the same shape; the next call may overwrite it.
    fn gradient(&mut self, members: Range<usize>, logits: &Tensor) -> Tensor;

    /// Those members' weights have been moved.
    fn moved(&mut self);
}

/// Students of one architecture, stacked.
#[derive(Debug)]
pub(crate) enum Model {
    Mlp(Mlp),
    Cnn(Cnn),
}

impl Model {
    /// All members with the same initial weights; also their hash.
    pub(crate) fn new(
        config: &ModelConfig,
        shape: ExampleShape,
        members: usize,
        seed: Seed,
        device: DeviceChoice,
    ) -> (Self, String) {
        let mut weights = InitialWeights::new(seed, device);
        let model = match config {
            ModelConfig::Mlp { hidden, dropout } => {
                Self::Mlp(Mlp::new(hidden, *dropout, shape, members, &mut weights, device))
            }
            ModelConfig::Cnn { channels, dense, dropout } => {
                Self::Cnn(Cnn::new(channels, *dense, *dropout, shape, members, &mut weights, device))
            }
        };
        (model, weights.hash_of_all())
    }

    /// Logits [members, batch, padded classes] of `inputs` [batch, padded features]; padded classes are at -1e30.
    pub(crate) fn logits(&self, inputs: &Tensor) -> Tensor {
        let mut parts = Vec::new();
        self.logits_in_parts(inputs, &mut |_, logits| parts.push(logits.copy()));
        Tensor::cat(&parts, 0)
    }

    /// The same, given to `take` for some members after the other, in their order: (members, their logits). What is given
    /// may be overwritten by the next.
    pub(crate) fn logits_in_parts(&self, inputs: &Tensor, take: &mut dyn FnMut(Range<usize>, &Tensor)) {
        match self {
            Self::Mlp(mlp) => mlp.logits_in_parts(inputs, take),
            Self::Cnn(cnn) => cnn.logits_in_parts(inputs, take),
        }
    }

    /// The inputs of the last layer [members, batch, padded width], of `inputs` [batch, padded features].
    pub(crate) fn features(&self, inputs: &Tensor) -> Tensor {
        match self {
            Self::Mlp(mlp) => mlp.features(inputs),
            Self::Cnn(cnn) => cnn.features(inputs),
        }
    }

    /// Gives a member the weights that [`Model::weights_of`] gave.
    ///
    /// # Errors
    /// If a weight is missing or of another shape.
    pub(crate) fn load(&mut self, member: usize, weights: &NamedWeights) -> Result<(), String> {
        let parts = match self {
            Self::Mlp(mlp) => mlp.named_parts(member),
            Self::Cnn(cnn) => cnn.named_parts(member),
        };
        parts.iter().try_for_each(|(name, part)| weights.copy_into(name, part))
    }

    /// One step of all members on `inputs` [batch, padded features].
    pub(crate) fn step(
        &mut self,
        inputs: &Tensor,
        dropped: Option<&Tensor>,
        loss: &mut dyn StepLoss,
        sgd: &SgdStep<'_>,
    ) {
        match self {
            Self::Mlp(mlp) => mlp.step(inputs, dropped, loss, sgd),
            Self::Cnn(cnn) => cnn.step(inputs, dropped, loss, sgd),
        }
    }

    /// Width (padded) and rate of the layer that has dropout, if any has.
    pub(crate) fn dropout(&self) -> Option<(usize, f64)> {
        let (width, rate) = match self {
            Self::Mlp(mlp) => mlp.dropout(),
            Self::Cnn(cnn) => cnn.dropout(),
        };
        (rate > 0.0 && width > 0).then_some((width, rate))
    }

    /// A member's weights, unpadded, by name.
    pub(crate) fn weights_of(&self, member: usize) -> NamedWeights {
        let parts = match self {
            Self::Mlp(mlp) => mlp.named_parts(member),
            Self::Cnn(cnn) => cnn.named_parts(member),
        };
        let mut weights = NamedWeights::default();
        parts.into_iter().for_each(|(name, part)| weights.push(name, &part));
        weights
    }

    /// A member's parameters as they are, padding included.
    pub(crate) fn parameters_of(&self, member: usize) -> Vec<Tensor> {
        match self {
            Self::Mlp(mlp) => mlp.parameters_of(member),
            Self::Cnn(cnn) => cnn.parameters_of(member),
        }
    }

    /// All that a step changes, sharing memory: padded, of all members.
    pub(crate) fn state(&self) -> Vec<Tensor> {
        match self {
            Self::Mlp(mlp) => mlp.parameters().flat_map(Parameter::state).collect(),
            Self::Cnn(cnn) => cnn.parameters().flat_map(Parameter::state).collect(),
        }
    }

    /// Forms every product in this way from now on; a CNN has but one.
    pub(crate) fn force(&mut self, way: Way) {
        if let Self::Mlp(mlp) = self {
            mlp.force(way);
        }
    }

    /// How products are formed, layer by layer, for the record.
    pub(crate) fn strategy(&self) -> String {
        match self {
            Self::Mlp(mlp) => mlp.strategy(),
            Self::Cnn(_) => "members in turn".to_owned(),
        }
    }
}

/// Added to the logits of padded classes: their probability is then exactly 0, and so is every gradient through them.
/// Finite, because 0 * infinity is not 0.
pub(crate) const MASKED: f64 = -1e30;

/// [1, 1, padded classes]: 0 for classes, [`MASKED`] for padding.
fn class_mask(classes: usize, device: DeviceChoice) -> Tensor {
    let mask = Tensor::zeros([1, 1, padded(classes) as i64], (Kind::Float, device.device()));
    let _ = mask.narrow(2, classes as i64, (padded(classes) - classes) as i64).fill_(MASKED);
    mask
}
