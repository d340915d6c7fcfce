//! The synthetic world: hierarchical classes with a knob for each level of the teacher's knowledge, so that the truth
//! is known.
//!
//! C super-classes of S sub-classes (K = C S) have the directions `w = sqrt(tau) mu_c + sqrt(1 - tau) nu_cs` in R^D,
//! mu and nu orthonormal. An input is x ~ N(0, I_D), a class's score is
//! `g_k(x) = beta (w_k . x + sum over m of sin(a_m (w_k . x) + b_m))`, the non-linearity of Ma et al. 2018's multi-task
//! generator, and softmax(g) is the oracle teacher. All of it is f64 with a sine and exponential of its own, the same
//! bits on every machine.

mod data;
mod directions;
mod examples;
mod options;
mod planted;
mod scores;

pub(crate) use data::Oracle;
pub use data::WorldTeaching;
pub use examples::WorldExamples;
pub use options::{LabelRule, WorldError, WorldOptions, WorldProblem};
pub use planted::Planted;

use fractionate_records::Seed;

use crate::{Purpose, RandomStream};
use directions::class_directions;
use scores::{Wave, waves};

/// A world with its class directions and waves drawn. Worlds of one seed that differ in tau, beta or beta's spread
/// share everything that these do not change: inputs, orthonormal directions, waves.
#[derive(Debug, Clone, PartialEq)]
pub struct World {
    options: WorldOptions,
    /// w_k, K rows of D, each of length 1.
    directions: Vec<Vec<f64>>,
    waves: Vec<Wave>,
}

/// What a stream of the world's seed is for. Each has its own, so that one knob never moves what another draws.
#[derive(Debug, Clone, Copy)]
enum Draw {
    Directions = 0,
    Waves = 1,
    Inputs = 2,
    Beta = 3,
    Labels = 4,
    Noise = 5,
}

/// The world's two sets of examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Train = 0,
    Test = 1,
}

impl World {
    /// Draws the directions and waves that the options describe.
    ///
    /// # Errors
    /// If the options are not those of a world; all problems at once.
    pub fn new(options: WorldOptions) -> Result<Self, WorldError> {
        options.check()?;
        let directions = class_directions(&options, &mut stream(&options, Draw::Directions, Part::Train));
        let waves = waves(options.terms, &mut stream(&options, Draw::Waves, Part::Train));
        Ok(Self { options, directions, waves })
    }

    /// What the world was made from.
    pub fn options(&self) -> &WorldOptions {
        &self.options
    }

    /// w_k, K rows of D: of length 1, with cosine tau inside a super-class and 0 across.
    pub fn directions(&self) -> &[Vec<f64>] {
        &self.directions
    }

    /// The training examples: always the same ones. Label noise is in these alone.
    pub fn train(&self) -> WorldExamples {
        examples::draw(self, Part::Train)
    }

    /// The test examples: always the same ones, with no label noise.
    pub fn test(&self) -> WorldExamples {
        examples::draw(self, Part::Test)
    }

    /// The teacher's probabilities in a planted world, after temperature, of examples with these labels and oracle's
    /// scores (row by row); `None` where the oracle softmax(g) teaches. Halves and rotations are dealt out in the
    /// order of the examples given, class by class.
    pub fn planted_probabilities(&self, labels: &[u16], scores: &[f64]) -> Option<Vec<f64>> {
        self.options.planted.map(|planted| planted.probabilities(&self.options, labels, scores))
    }
}

fn stream(options: &WorldOptions, draw: Draw, part: Part) -> RandomStream {
    RandomStream::new(Seed(options.seed), Purpose::World, 2 * draw as u64 + part as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four super-classes of two in twelve dimensions, unplanted, without noise.
    pub(super) fn options() -> WorldOptions {
        WorldOptions {
            super_classes: 4,
            sub_classes: 2,
            dimension: 12,
            tau: 0.5,
            terms: 3,
            beta: 2.0,
            beta_spread: 0.0,
            imbalance: 0.0,
            label: LabelRule::Argmax,
            label_noise: 0.0,
            seed: 0,
            train_examples: 400,
            test_examples: 40,
            planted: None,
        }
    }

    #[test]
    fn a_world_says_everything_that_is_wrong_with_it() {
        let error = World::new(WorldOptions { dimension: 3, tau: -0.5, ..options() }).unwrap_err();
        assert_eq!(error.problems.len(), 2);
        assert_eq!(
            error.to_string(),
            "dimension is 3, and 4 super-classes and 8 classes need as many orthogonal directions: at least 12; tau is \
             -0.5; a cosine here lies in 0 to 1"
        );
    }
}
