//! Exponential moving averages of the weights over the steps.
//!
//! Running statistics of batch normalisation are averaged alike.

use tch::{Tensor, no_grad};

/// The averages of all members.
#[derive(Debug)]
pub(crate) struct WeightAverage {
    decay: f64,
    /// What is averaged, sharing memory with the network.
    own: Vec<Tensor>,
    averages: Vec<Tensor>,
}

impl WeightAverage {
    /// Averages that begin with the network as it is after its first step. `own`: one member's parameter or buffer each,
    /// sharing memory with the network.
    pub(crate) fn new(decay: f64, own: Vec<Tensor>) -> Self {
        Self { decay, averages: own.iter().map(Tensor::copy).collect(), own }
    }

    /// Takes up the weights after a step, counted from 0 over the whole training.
    pub(crate) fn take_up(&mut self, step: usize) {
        no_grad(|| {
            for (own, average) in self.own.iter_mut().zip(&mut self.averages) {
                if step == 0 {
                    average.copy_(own);
                } else {
                    let _ = average.lerp_(own, 1.0 - self.decay);
                }
            }
        });
    }

    /// Puts the averages into the network and its weights into their place; a second call puts both back.
    pub(crate) fn swap(&mut self) {
        no_grad(|| {
            for (own, average) in self.own.iter_mut().zip(&mut self.averages) {
                let kept = own.copy();
                own.copy_(average);
                average.copy_(&kept);
            }
        });
    }

    /// The averages, in the order in which what is averaged was given; sharing memory.
    pub(crate) fn state(&self) -> &[Tensor] {
        &self.averages
    }
}
