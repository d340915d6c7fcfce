//! A fully connected layer of all members.

use tch::{Device, Kind, Tensor};

use crate::host_matrix::{self, Matrices, Onto, add_row, multiply, relu, relu_gradient, repeat_row, sum_rows};
use crate::initial_weights::InitialWeights;
use crate::padding::padded;
use crate::sgd::{Parameter, SgdStep};

/// How a layer's products are formed. Both give the same bits where the self-check of a cohort says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// One batched product for all members, by libtorch's operators: a GPU wants few large launches.
    Together,
    /// A product for each member, straight in the processor's memory: its numbers are still in the cache when the next
    /// pass over them comes.
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

/// What happens to a layer's sums.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Then<'a> {
    /// max(., 0)
    Relu,
    /// Padded classes are masked with [1, 1, padded classes].
    Mask(&'a Tensor),
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
        Self {
            weight: Parameter::repeated(&weight, members),
            bias: Parameter::repeated(&bias.unsqueeze(0), members),
            way: if host_matrix::is_for(device) { Way::InTurn } else { Way::Together },
            sizes: (inputs, outputs),
        }
    }

    /// Forms products in this way from now on, where this device can.
    pub(crate) fn force(&mut self, way: Way) {
        if way == Way::Together || host_matrix::is_for(self.weight.value.device()) {
            self.way = way;
        }
    }

    fn members(&self) -> usize {
        self.weight.members.len()
    }

    /// [members, batch, columns], not yet anything.
    fn room(&self, batch: i64, columns: i64) -> Tensor {
        Tensor::empty([self.members() as i64, batch, columns], (Kind::Float, self.weight.value.device()))
    }

    /// [members, batch, out]
    pub(crate) fn forward(&self, inputs: &Inputs<'_>, then: Then<'_>) -> Tensor {
        match self.way {
            Way::Together => {
                let stacked = inputs.stacked(self.members() as i64);
                let mut outputs = self.bias.value.baddbmm(&stacked, &self.weight.value, 1.0, 1.0);
                let _ = match then {
                    Then::Relu => outputs.relu_(),
                    Then::Mask(mask) => outputs.g_add_(mask),
                };
                outputs
            }
            Way::InTurn => {
                let outputs = self.room(inputs.batch(), self.weight.value.size()[2]);
                let (weights, biases) = (Matrices::of(&self.weight.value), Matrices::of(&self.bias.value));
                let (left, sums) = (inputs.matrices(), Matrices::of(&outputs));
                for member in 0..self.members() {
                    let sums = sums.member(member);
                    repeat_row(biases.member(member), sums);
                    multiply(left.member(member), weights.member(member), sums, Onto::Sum);
                    match then {
                        Then::Relu => relu(sums),
                        Then::Mask(mask) => add_row(Matrices::of(mask).member(0), sums),
                    }
                }
                outputs
            }
        }
    }

    /// The gradient on what the layer below gave before its ReLU, [members, batch, in], from that on this layer's sums;
    /// `below` is what it gave after.
    pub(crate) fn gradient_below(&self, gradient: &Tensor, below: &Tensor) -> Tensor {
        match self.way {
            Way::Together => {
                let through = gradient.bmm(&self.weight.value.transpose(1, 2));
                below.threshold_backward(&through, 0.0)
            }
            Way::InTurn => {
                let result = self.room(gradient.size()[1], self.weight.value.size()[1]);
                let [gradients, weights, outputs, results] =
                    [gradient, &self.weight.value, below, &result].map(Matrices::of);
                for member in 0..self.members() {
                    let result = results.member(member);
                    multiply(gradients.member(member), weights.member(member).turned(), result, Onto::Nothing);
                    relu_gradient(outputs.member(member), result);
                }
                result
            }
        }
    }

    /// Moves weights and biases by the gradient on the sums, [members, batch, out].
    pub(crate) fn step(&mut self, inputs: &Inputs<'_>, gradient: &Tensor, sgd: &SgdStep<'_>) {
        // A product, not a sum over the batch: a sum's order can depend on how many members lie beside it.
        match self.way {
            Way::Together => {
                let ones = Tensor::ones([1, 1, gradient.size()[1]], (Kind::Float, gradient.device()));
                let bias = ones.expand([self.members() as i64, 1, -1], false).bmm(gradient);
                sgd.update(&mut self.bias, bias);
                let left = inputs.stacked_transposed(self.members() as i64);
                sgd.update_by_product(&mut self.weight, &left, gradient);
            }
            Way::InTurn => {
                let bias_gradient = Tensor::empty([1, gradient.size()[2]], (Kind::Float, gradient.device()));
                let bias_gradient = Matrices::of(&bias_gradient).member(0);
                let ones = Tensor::ones([1, gradient.size()[1]], (Kind::Float, Device::Cpu));
                let (ones, gradients) = (Matrices::of(&ones).member(0), Matrices::of(gradient));
                let turned = inputs.shared_transposed();
                let lefts = turned.as_ref().map_or_else(|| inputs.matrices(), Matrices::of);
                for member in 0..self.members() {
                    let gradient = gradients.member(member);
                    sum_rows(ones, gradient, bias_gradient);
                    sgd.update_in_place(&self.bias, member, bias_gradient);
                    let left = lefts.member(member);
                    let left = if turned.is_some() { left } else { left.turned() };
                    sgd.update_in_place_by_product(&self.weight, member, left, gradient);
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

    fn matrices(&self) -> Matrices<'_> {
        match self {
            Self::Shared(x) | Self::Own(x) => Matrices::of(x),
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
