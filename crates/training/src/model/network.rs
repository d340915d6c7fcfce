//! A network: students of one architecture, stacked.

use std::fmt::Debug;
use std::ops::Range;

use fractionate_ablation::NamedWeights;
use tch::Tensor;

use super::product_strategy::ProductStrategy;
use crate::checkpoint::MemberTensor;
use crate::optimiser::{Parameter, SgdStep};
use crate::padding::padded;
use crate::weights::{copy_into, push_tensor};

/// What a step asks of the loss.
pub(crate) trait StepLoss {
    /// Its gradient on the `logits` of some members, of the same shape; the next call may overwrite it.
    fn gradient(&mut self, members: Range<usize>, logits: &Tensor) -> Tensor;

    /// Those members' weights have been moved.
    fn moved(&mut self);
}

/// What a step changes without a gradient, such as the running statistics of a batch normalisation.
#[derive(Debug)]
pub(crate) struct Buffer {
    /// The name in a file of weights.
    pub(crate) name: String,
    /// 32-bit numbers [members, ...], sharing memory with the network's own.
    pub(crate) values: Tensor,
}

/// Students of one architecture, stacked. Parameters and buffers carry a leading member axis.
///
/// [`Network::step`] runs the network in training mode: with dropout and the batch's statistics, which it also notes in
/// the buffers. [`Network::logits_in_parts`] and [`Network::features`] run it in evaluation mode: without dropout and on
/// the buffers as they are. What is the same for every network stands in the `impl` below: so no network can forget its
/// buffers in a checkpoint, a file of weights or a self-check.
pub(crate) trait Network: Debug {
    /// What a gradient moves; one parameter at least.
    fn parameters(&self) -> Vec<&Parameter>;

    /// What a step changes without a gradient.
    fn buffers(&self) -> Vec<Buffer> {
        Vec::new()
    }

    /// A member's parameters by name, without padding, sharing memory with the network; shaped as PyTorch keeps them.
    fn named_parameters(&self, member: usize) -> Vec<(String, Tensor)>;

    /// Whether a batch may be padded with examples whose loss counts 0. A network with batch statistics says no, and
    /// gets exactly the batch.
    fn pads_batches(&self) -> bool;

    /// Width (padded) and rate of the layer that has dropout, if any has.
    fn dropout(&self) -> Option<(usize, f64)>;

    /// One training step of all members on `inputs` [batch, padded features]. `dropped` [batch, dropout's width] is the
    /// mask of dropout, the same for all members.
    fn step(&mut self, inputs: &Tensor, dropped: Option<&Tensor>, loss: &mut dyn StepLoss, sgd: &SgdStep<'_>);

    /// Gives the logits of `inputs` [batch, padded features] to `take` for some members after the other, in their order:
    /// (members, their logits [members of the range, batch, padded classes]). The next call may overwrite what is given.
    fn logits_in_parts(&self, inputs: &Tensor, take: &mut dyn FnMut(Range<usize>, &Tensor));

    /// The inputs of the last layer [members, batch, padded width], of `inputs` [batch, padded features].
    fn features(&self, inputs: &Tensor) -> Tensor;

    /// Computes every product by this strategy from now on, where network and device can.
    fn force(&mut self, strategy: ProductStrategy);

    /// How products are computed, layer by layer, for the record.
    fn strategy(&self) -> String;
}

impl dyn Network + '_ {
    /// Rows of a batch of so many examples.
    pub(crate) fn batch_rows(&self, examples: usize) -> usize {
        if self.pads_batches() { padded(examples) } else { examples }
    }

    /// Logits [members, batch, padded classes] of `inputs` [batch, padded features]; padded classes are at -1e30.
    pub(crate) fn logits(&self, inputs: &Tensor) -> Tensor {
        let mut parts = Vec::new();
        self.logits_in_parts(inputs, &mut |_, logits| parts.push(logits.copy()));
        Tensor::cat(&parts, 0)
    }

    /// A member's parameters and buffers, without padding, by name.
    pub(crate) fn weights_of(&self, member: usize) -> NamedWeights {
        let mut weights = NamedWeights::default();
        self.named_parts(member).into_iter().for_each(|(name, part)| push_tensor(&mut weights, name, &part));
        weights
    }

    /// Gives a member what `weights_of` gave.
    ///
    /// # Errors
    /// If a weight is missing or of another shape.
    pub(crate) fn load(&mut self, member: usize, weights: &NamedWeights) -> Result<(), String> {
        self.named_parts(member).iter().try_for_each(|(name, part)| copy_into(weights, name, part))
    }

    /// A member's parameters and buffers by name, without padding, sharing memory.
    pub(super) fn named_parts(&self, member: usize) -> Vec<(String, Tensor)> {
        let buffers = self.buffers().into_iter().map(|buffer| (buffer.name, buffer.values.select(0, member as i64)));
        self.named_parameters(member).into_iter().chain(buffers).collect()
    }

    /// A member's parameters as they are, padding included, then its buffers; sharing memory.
    pub(crate) fn tensors_of(&self, member: usize) -> Vec<Tensor> {
        let parameters = self.parameters().into_iter().map(|parameter| parameter.members[member].0.shallow_clone());
        let buffers = self.buffers().into_iter().map(|buffer| buffer.values.select(0, member as i64));
        parameters.chain(buffers).collect()
    }

    /// All that a step changes, member by member, sharing memory: parameters with their velocities, and buffers.
    pub(crate) fn state(&self) -> Vec<MemberTensor> {
        let mut parts = Vec::new();
        for (n, parameter) in self.parameters().into_iter().enumerate() {
            for (member, (value, velocity)) in parameter.members.iter().enumerate() {
                parts.push(MemberTensor::new(format!("parameter {n}"), member, value.shallow_clone()));
                parts.push(MemberTensor::new(format!("velocity {n}"), member, velocity.shallow_clone()));
            }
        }
        for Buffer { name, values } in self.buffers() {
            let of_members = values.unbind(0).into_iter().enumerate();
            parts.extend(of_members.map(|(member, values)| MemberTensor::new(name.clone(), member, values)));
        }
        parts
    }
}
