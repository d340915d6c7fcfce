//! A fully connected layer of all members.

use tch::{Device, Kind, Tensor};

use crate::initial_weights::InitialWeights;
use crate::padding::padded;
use crate::sgd::{Parameter, SgdStep};

/// How a layer's products are formed. Both give the same bits where the self-check of a cohort says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// One batched product for all members.
    Together,
    /// A product for each member, so that its weight is still in the cache when it is moved.
    InTurn,
}

/// What goes into a layer.
#[derive(Debug)]
pub(crate) enum Inputs<'a> {
    /// The same for all members: [batch, in].
    Shared(&'a Tensor),
    /// Each member's own: [members, batch, in].
    Own(&'a Tensor),
}

/// Weights [members, in, out] and biases [members, 1, out] of a fully connected layer, padded.
#[derive(Debug)]
pub(crate) struct Dense {
    pub(crate) weight: Parameter,
    pub(crate) bias: Parameter,
    pub(crate) way: Way,
    /// Inputs and outputs without padding.
    pub(crate) sizes: (usize, usize),
}

/// From this many weights on a member's share is worth keeping in the cache: measured on a processor with 2 MiB of
/// second-level cache, where ten members of 784 x 32 are faster together and ten of 784 x 128 in turn.
const IN_TURN_FROM: usize = 1 << 16;

impl Dense {
    pub(crate) fn new(
        inputs: usize,
        outputs: usize,
        members: usize,
        weights: &mut InitialWeights,
        device: Device,
    ) -> Self {
        let size = (padded(inputs), padded(outputs));
        let (weight, bias) = weights.dense(inputs, outputs, size);
        let large = size.0 * size.1 >= IN_TURN_FROM;
        Self {
            weight: Parameter::repeated(&weight, members),
            bias: Parameter::repeated(&bias.unsqueeze(0), members),
            // A GPU wants few large launches instead.
            way: if large && device == Device::Cpu { Way::InTurn } else { Way::Together },
            sizes: (inputs, outputs),
        }
    }

    fn members(&self) -> i64 {
        self.weight.value.size()[0]
    }

    /// [members, batch, out]
    pub(crate) fn forward(&self, inputs: &Inputs<'_>) -> Tensor {
        match self.way {
            Way::Together => self.bias.value.baddbmm(&inputs.stacked(self.members()), &self.weight.value, 1.0, 1.0),
            Way::InTurn => {
                let shape = [self.members(), inputs.batch(), self.weight.value.size()[2]];
                let outputs = Tensor::empty(shape, (Kind::Float, self.weight.value.device()));
                for (member, output) in outputs.unbind(0).iter().enumerate() {
                    let (weight, bias) = (&self.weight.members[member].0, &self.bias.members[member].0);
                    let _ = bias.addmm_out(output, &inputs.of(member), weight);
                }
                outputs
            }
        }
    }

    /// The gradient on the inputs, [members, batch, in], from that on the outputs.
    pub(crate) fn input_gradient(&self, gradient: &Tensor) -> Tensor {
        match self.way {
            Way::Together => gradient.bmm(&self.weight.value.transpose(1, 2)),
            Way::InTurn => {
                let shape = [self.members(), gradient.size()[1], self.weight.value.size()[1]];
                let result = Tensor::empty(shape, (Kind::Float, gradient.device()));
                for (member, out) in result.unbind(0).iter().enumerate() {
                    let weight = &self.weight.members[member].0;
                    let _ = gradient.select(0, member as i64).mm_out(out, &weight.transpose(0, 1));
                }
                result
            }
        }
    }

    /// Moves weights and biases by the gradient on the outputs, [members, batch, out].
    pub(crate) fn step(&mut self, inputs: &Inputs<'_>, gradient: &Tensor, sgd: &SgdStep<'_>) {
        let ones = Tensor::ones([1, 1, gradient.size()[1]], (Kind::Float, gradient.device()));
        // A product, not a sum over the batch: a sum's order can depend on how many members lie beside it.
        match self.way {
            Way::Together => {
                let bias = ones.expand([self.members(), 1, -1], false).bmm(gradient);
                sgd.update(&mut self.bias, bias);
                let left = inputs.stacked_transposed(self.members());
                sgd.update_by_product(&mut self.weight, &left, gradient);
            }
            Way::InTurn => {
                let transposed = inputs.shared_transposed();
                for (member, gradient) in gradient.unbind(0).iter().enumerate() {
                    // A batched product of one: at a few hundred multiplications `mm` sums in another order.
                    let bias = ones.bmm(&gradient.unsqueeze(0)).squeeze_dim(0);
                    sgd.update_member(&mut self.bias, member, bias);
                    let left =
                        transposed.as_ref().map_or_else(|| inputs.of(member).transpose(0, 1), Tensor::shallow_clone);
                    sgd.update_member_by_product(&mut self.weight, member, &left, gradient);
                }
            }
        }
    }
}

impl Inputs<'_> {
    fn batch(&self) -> i64 {
        match self {
            Self::Shared(x) => x.size()[0],
            Self::Own(x) => x.size()[1],
        }
    }

    fn of(&self, member: usize) -> Tensor {
        match self {
            Self::Shared(x) => x.shallow_clone(),
            Self::Own(x) => x.select(0, member as i64),
        }
    }

    fn stacked(&self, members: i64) -> Tensor {
        match self {
            Self::Shared(x) => x.unsqueeze(0).expand([members, -1, -1], false),
            Self::Own(x) => x.shallow_clone(),
        }
    }

    fn stacked_transposed(&self, members: i64) -> Tensor {
        match self {
            Self::Shared(x) => x.transpose(0, 1).contiguous().unsqueeze(0).expand([members, -1, -1], false),
            Self::Own(x) => x.transpose(1, 2),
        }
    }

    /// Laid out anew once for all members, which makes each of their products faster.
    fn shared_transposed(&self) -> Option<Tensor> {
        match self {
            Self::Shared(x) => Some(x.transpose(0, 1).contiguous()),
            Self::Own(_) => None,
        }
    }
}
