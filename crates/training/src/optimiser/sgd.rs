//! SGD with momentum on plain tensors, each member with its own learning rate and weight decay.

use fractionate_ablation::Member;
use fractionate_records::TrainingConfig;
use tch::{Device, Kind, Tensor};

use crate::host::blas::{Onto, multiply};
use crate::host::matrix::{Matrices, MatricesMut, Matrix, MatrixMut};
use crate::host::passes::{accelerate, advance, begin_velocity, look_ahead};
use crate::loss::column;

/// The optimiser's numbers for a whole training.
#[derive(Debug)]
pub(crate) struct Sgd {
    momentum: f64,
    /// The same on the device, without axes.
    momentum_tensor: Tensor,
    nesterov: bool,
    /// Minus the learning rate, [steps, members].
    minus_learning_rates: Tensor,
    /// [members, 1, 1]
    weight_decays: Tensor,
    /// The same learning_rates and decays in the host's memory.
    host: HostNumbers,
}

/// [steps][members], and by member.
#[derive(Debug)]
struct HostNumbers {
    minus_learning_rates: Vec<f32>,
    weight_decays: Vec<f32>,
}

/// The optimiser's numbers for one step.
#[derive(Debug)]
pub(crate) struct SgdStep<'a> {
    momentum: f64,
    momentum_tensor: &'a Tensor,
    nesterov: bool,
    /// [members, 1, 1]
    minus_learning_rate: Tensor,
    weight_decay: &'a Tensor,
    /// Minus the learning_rates of the step and the weight decays, by member.
    host: (&'a [f32], &'a [f32]),
}

/// A stacked parameter [members, ...] with its velocity, and views of each member's part.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) value: Tensor,
    velocity: Tensor,
    /// Value and velocity of each member, sharing memory with the stack.
    pub(crate) members: Vec<(Tensor, Tensor)>,
}

/// The matrices of a parameter that lies in the host's memory.
#[derive(Debug)]
pub(crate) struct HostParameter<'a> {
    values: MatricesMut<'a>,
    velocities: MatricesMut<'a>,
}

impl HostParameter<'_> {
    /// Its values, to read.
    pub(crate) fn values(&self) -> Matrices<'_> {
        self.values.as_matrices()
    }

    fn member_mut(&mut self, member: usize) -> (MatrixMut<'_>, MatrixMut<'_>) {
        (self.values.member_mut(member), self.velocities.member_mut(member))
    }
}

impl Parameter {
    /// The same initial value for every member.
    pub(crate) fn repeated(initial: &Tensor, members: usize) -> Self {
        let mut shape = vec![members as i64];
        shape.extend(initial.size());
        let value = initial.unsqueeze(0).expand(&shape, false).contiguous().copy();
        let velocity = value.zeros_like();
        let members = value.unbind(0).into_iter().zip(velocity.unbind(0)).collect();
        Self { value, velocity, members }
    }

    /// In the host's memory, where it has to be.
    pub(crate) fn on_host(&mut self) -> HostParameter<'_> {
        let [values, velocities] = [&mut self.value, &mut self.velocity].map(MatricesMut::from_tensor);
        HostParameter { values, velocities }
    }
}

impl Sgd {
    pub(crate) fn new(training: &TrainingConfig, members: &[Member], factors: &[f64], device: Device) -> Self {
        let learning_rates: Vec<f32> = factors
            .iter()
            .flat_map(|factor| members.iter().map(move |m| -(m.settings.learning_rate * factor) as f32))
            .collect();
        let shape = [factors.len() as i64, members.len() as i64];
        Self {
            momentum: training.momentum,
            momentum_tensor: Tensor::from(training.momentum as f32).to_device(device),
            nesterov: training.nesterov,
            minus_learning_rates: Tensor::from_slice(&learning_rates).view(shape).to_device(device),
            weight_decays: column(members, |m| m.settings.weight_decay, device),
            host: HostNumbers {
                minus_learning_rates: learning_rates,
                weight_decays: members.iter().map(|m| m.settings.weight_decay as f32).collect(),
            },
        }
    }

    /// One whose steps move no weight and leave each gradient in the place of the velocity: for what needs a student's whole
    /// gradient before any of its weights moves ([`super::WholeGradient`]).
    pub(crate) fn collecting_gradients(members: usize, steps: usize, device: Device) -> Self {
        let zeros = |shape: &[i64]| Tensor::zeros(shape, (Kind::Float, device));
        Self {
            momentum: 0.0,
            momentum_tensor: zeros(&[]),
            nesterov: false,
            minus_learning_rates: zeros(&[steps as i64, members as i64]),
            weight_decays: zeros(&[members as i64, 1, 1]),
            host: HostNumbers { minus_learning_rates: vec![0.0; steps * members], weight_decays: vec![0.0; members] },
        }
    }

    /// The numbers of a step, counted from 0 over the whole training.
    pub(crate) fn step(&self, step: usize) -> SgdStep<'_> {
        let members = self.host.weight_decays.len();
        SgdStep {
            momentum: self.momentum,
            momentum_tensor: &self.momentum_tensor,
            nesterov: self.nesterov,
            minus_learning_rate: self.minus_learning_rates.select(0, step as i64).view([-1, 1, 1]),
            weight_decay: &self.weight_decays,
            host: (&self.host.minus_learning_rates[step * members..][..members], &self.host.weight_decays),
        }
    }
}

impl SgdStep<'_> {
    /// Moves all members of a parameter; `gradient` [members, ...] is used up.
    pub(crate) fn update(&self, parameter: &mut Parameter, mut gradient: Tensor) {
        let ones = vec![1i64; parameter.value.dim() - 1];
        let shape = [&[-1], &ones[..]].concat();
        let learning_rate = self.minus_learning_rate.view(&shape[..]);
        let weight_decay = self.weight_decay.view(&shape[..]);
        self.descend(&mut parameter.value, &mut parameter.velocity, &mut gradient, &learning_rate, &weight_decay);
    }

    /// Moves one member of a parameter; the gradient is used up.
    pub(crate) fn update_member(&self, parameter: &mut Parameter, member: usize, mut gradient: Tensor) {
        let (learning_rate, weight_decay) = self.numbers_of(member);
        let (value, velocity) = &mut parameter.members[member];
        self.descend(value, velocity, &mut gradient, &learning_rate, &weight_decay);
    }

    /// Moves all members of a weight by the gradient `left` x `right`, both [members, ., .].
    pub(crate) fn update_by_product(&self, weight: &mut Parameter, left: &Tensor, right: &Tensor) {
        if self.nesterov {
            return self.update(weight, left.bmm(right));
        }
        let Parameter { value, velocity, .. } = weight;
        let _ = velocity.g_mul_scalar_(self.momentum);
        let _ = velocity.addcmul_(value, self.weight_decay);
        let _ = velocity.baddbmm_(left, right);
        let _ = value.addcmul_(velocity, &self.minus_learning_rate);
    }

    /// Moves one member of a parameter in the host's memory; the gradient is used up.
    pub(crate) fn update_in_place(
        &self,
        parameter: &mut HostParameter<'_>,
        member: usize,
        gradient: &mut MatrixMut<'_>,
    ) {
        let (mut value, mut velocity) = parameter.member_mut(member);
        let (momentum, minus_learning_rate) = (self.momentum as f32, self.host.0[member]);
        accelerate(value.as_matrix(), gradient, &mut velocity, momentum, self.host.1[member]);
        if self.nesterov {
            look_ahead(velocity.as_matrix(), gradient, momentum);
            advance(gradient.as_matrix(), &mut value, minus_learning_rate);
        } else {
            advance(velocity.as_matrix(), &mut value, minus_learning_rate);
        }
    }

    /// Moves one member of a weight in the host's memory by the gradient `left` x `right`.
    pub(crate) fn update_in_place_by_product(
        &self,
        weight: &mut HostParameter<'_>,
        member: usize,
        left: Matrix<'_>,
        right: Matrix<'_>,
    ) {
        let (mut value, mut velocity) = weight.member_mut(member);
        if self.nesterov {
            let size = [value.rows() as i64, value.columns() as i64];
            let mut gradient = Tensor::empty(size, (Kind::Float, Device::Cpu));
            let mut gradient = MatricesMut::from_tensor(&mut gradient);
            multiply(left, right, &mut gradient.member_mut(member), Onto::Nothing);
            return self.update_in_place(weight, member, &mut gradient.member_mut(member));
        }
        begin_velocity(value.as_matrix(), &mut velocity, self.momentum as f32, self.host.1[member]);
        multiply(left, right, &mut velocity, Onto::Sum);
        advance(velocity.as_matrix(), &mut value, self.host.0[member]);
    }

    /// Minus the learning rate and the weight decay of a member, as tensors without axes.
    fn numbers_of(&self, member: usize) -> (Tensor, Tensor) {
        let of = |column: &Tensor| column.view([-1]).select(0, member as i64);
        (of(&self.minus_learning_rate), of(self.weight_decay))
    }

    /// v = mu v + g + wd w; w = w - learning rate v (Nesterov: w - learning rate (g + wd w + mu v)). PyTorch's form of SGD.
    ///
    /// The functions by product add the gradient into the velocity as it is formed: one pass over memory less.
    fn descend(
        &self,
        value: &mut Tensor,
        velocity: &mut Tensor,
        gradient: &mut Tensor,
        minus_learning_rate: &Tensor,
        weight_decay: &Tensor,
    ) {
        let _ = gradient.addcmul_(value, weight_decay);
        let _ = velocity.g_mul_scalar_(self.momentum);
        let _ = velocity.g_add_(gradient);
        if self.nesterov {
            let _ = gradient.addcmul_(velocity, self.momentum_tensor);
            let _ = value.addcmul_(gradient, minus_learning_rate);
        } else {
            let _ = value.addcmul_(velocity, minus_learning_rate);
        }
    }
}
