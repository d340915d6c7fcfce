//! A fully connected layer of all members.

use tch::{Kind, Tensor};

use super::initial_weights::InitialWeights;
use crate::host::blas::{Onto, multiply, sum_rows};
use crate::host::matrix::{Matrices, Matrix, MatrixMut};
use crate::host::passes::{add_row, relu, relu_gradient, repeat_row};
use crate::optimiser::{HostParameter, Parameter, SgdStep};
use crate::padding::padded;

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
    /// Inputs and outputs without padding.
    pub(crate) sizes: (usize, usize),
}

impl Dense {
    pub(crate) fn new(inputs: usize, outputs: usize, members: usize, weights: &mut InitialWeights) -> Self {
        let size = (padded(inputs), padded(outputs));
        let (weight, bias) = weights.dense(inputs, outputs, size);
        Self {
            weight: Parameter::repeated(&weight, members),
            bias: Parameter::repeated(&bias.unsqueeze(0), members),
            sizes: (inputs, outputs),
        }
    }

    pub(crate) fn members(&self) -> usize {
        self.weight.members.len()
    }

    /// [members, batch, out]
    pub(crate) fn forward(&self, inputs: &Inputs<'_>, then: Then<'_>) -> Tensor {
        let stacked = inputs.stacked(self.members() as i64);
        let mut outputs = self.bias.value.baddbmm(&stacked, &self.weight.value, 1.0, 1.0);
        let _ = match then {
            Then::Relu => outputs.relu_(),
            Then::Mask(mask) => outputs.g_add_(mask),
        };
        outputs
    }

    /// The gradient on what the layer below gave before its ReLU, [members, batch, in], from that on this layer's sums;
    /// `below` is what it gave after.
    pub(crate) fn gradient_below(&self, gradient: &Tensor, below: &Tensor) -> Tensor {
        let through = gradient.bmm(&self.weight.value.transpose(1, 2));
        below.threshold_backward(&through, 0.0)
    }

    /// Moves weights and biases by the gradient on the sums, [members, batch, out].
    pub(crate) fn step(&mut self, inputs: &Inputs<'_>, gradient: &Tensor, sgd: &SgdStep<'_>) {
        // A product, not a sum over the batch: a sum's order can depend on how many members there are.
        let ones = Tensor::ones([1, 1, gradient.size()[1]], (Kind::Float, gradient.device()));
        let bias = ones.expand([self.members() as i64, 1, -1], false).bmm(gradient);
        sgd.update(&mut self.bias, bias);
        let left = inputs.stacked_transposed(self.members() as i64);
        sgd.update_by_product(&mut self.weight, &left, gradient);
    }

    /// In the host's memory, where it has to be.
    pub(crate) fn on_host(&self) -> HostDense<'_> {
        let [weight, bias] = [&self.weight.value, &self.bias.value].map(Matrices::from_tensor);
        HostDense { weight, bias }
    }

    /// The same, to be moved.
    pub(crate) fn on_host_mut(&mut self) -> HostDenseMut<'_> {
        HostDenseMut { weight: self.weight.on_host(), bias: self.bias.on_host() }
    }
}

/// A layer that lies in the host's memory: what it gives for one member.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HostDense<'a> {
    weight: Matrices<'a>,
    bias: Matrices<'a>,
}

/// A layer that lies in the host's memory: what moves one member.
#[derive(Debug)]
pub(crate) struct HostDenseMut<'a> {
    weight: HostParameter<'a>,
    bias: HostParameter<'a>,
}

/// [`Then`], with the mask [1, padded classes] in the host's memory.
#[derive(Debug, Clone, Copy)]
pub(crate) enum HostThen<'a> {
    Relu,
    Mask(Matrix<'a>),
}

impl HostDense<'_> {
    /// What [`Dense::forward`] gives of one member.
    pub(crate) fn forward(&self, member: usize, inputs: Matrix<'_>, then: HostThen<'_>, outputs: &mut MatrixMut<'_>) {
        repeat_row(self.bias.member(member), outputs);
        multiply(inputs, self.weight.member(member), outputs, Onto::Sum);
        match then {
            HostThen::Relu => relu(outputs),
            HostThen::Mask(mask) => add_row(mask, outputs),
        }
    }

    /// What [`Dense::gradient_below`] gives of one member.
    pub(crate) fn gradient_below(
        &self,
        member: usize,
        gradient: Matrix<'_>,
        below: Matrix<'_>,
        out: &mut MatrixMut<'_>,
    ) {
        multiply(gradient, self.weight.member(member).transposed(), out, Onto::Nothing);
        relu_gradient(below, out);
    }
}

impl HostDenseMut<'_> {
    /// What it gives with the weights as they are.
    pub(crate) fn as_dense(&self) -> HostDense<'_> {
        HostDense { weight: self.weight.values(), bias: self.bias.values() }
    }

    /// Moves a member's weights and biases. `inputs` are transposed, [in, batch]; `ones` [1, batch]; `bias_gradient` [1, out]
    /// is overwritten.
    pub(crate) fn step(
        &mut self,
        member: usize,
        inputs: Matrix<'_>,
        gradient: Matrix<'_>,
        (ones, bias_gradient): (Matrix<'_>, &mut MatrixMut<'_>),
        sgd: &SgdStep<'_>,
    ) {
        sum_rows(ones, gradient, bias_gradient);
        sgd.update_in_place(&mut self.bias, member, bias_gradient);
        sgd.update_in_place_by_product(&mut self.weight, member, inputs, gradient);
    }
}

impl Inputs<'_> {
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
}
