//! Random numbers by name: every draw of a run comes from a stream that its seed and purpose name.
//!
//! Streams are ChaCha8 (counter-based, portable), keyed by a hash of seed, purpose and index, so that what one part
//! of a run draws never depends on what another part drew before: arms of one seed share initial weights and batch
//! orders because they ask the same streams. The distributions are written out here because a library's may change
//! their consumption of the stream between versions, and with it every number.

use fractionate_records::Seed;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream's numbers are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Initial weights; the index is the layer.
    Initialisation,
    /// The order of the examples; the index is the epoch.
    BatchOrder,
    /// Which units are dropped; the index is the step.
    Dropout,
    /// Permutations of soft targets.
    ArmShuffle,
    /// Which examples are for validation.
    Split,
    /// The synthetic world; the index tells its draws apart.
    World,
    /// Which examples diagnostics are recorded of; the index tells the splits apart.
    Diagnostics,
    /// Random views of pictures; the index is the epoch.
    View,
    /// Which rectangles of pictures are stretched; the index is the epoch.
    ResizedCrop,
    /// Which pictures are mixed, and how; the index is the epoch.
    Mixing,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::Initialisation => "initialisation",
            Self::BatchOrder => "batch order",
            Self::Dropout => "dropout",
            Self::ArmShuffle => "arm shuffle",
            Self::Split => "split",
            Self::World => "world",
            Self::Diagnostics => "diagnostics",
            Self::View => "view",
            Self::ResizedCrop => "resized crop",
            Self::Mixing => "mixing",
        }
    }
}

/// A stream of random numbers.
///
/// ```
/// use fractionate_records::Seed;
/// use fractionate_data::{Purpose, RandomStream};
///
/// let order = |seed| RandomStream::new(Seed(seed), Purpose::BatchOrder, 1).permutation(100);
/// assert_eq!(order(0), order(0));
/// assert_ne!(order(0), order(1));
/// ```
#[derive(Debug, Clone)]
pub struct RandomStream(ChaCha8Rng);

impl RandomStream {
    /// The stream of this seed, purpose and index: always the same numbers.
    pub fn new(seed: Seed, purpose: Purpose, index: u64) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("fractionate random stream");
        hasher.update(purpose.name().as_bytes());
        hasher.update(&seed.0.to_le_bytes());
        hasher.update(&index.to_le_bytes());
        Self(ChaCha8Rng::from_seed(*hasher.finalize().as_bytes()))
    }

    /// Uniform in [0, 1), with 53 random bits.
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform in 0..n, without bias (Lemire 2019).
    ///
    /// # Panics
    /// If n is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        fractionate_statistics::bounded(n, || self.0.next_u64())
    }

    /// Standard normal (Box and Muller 1958, the cosine alone: every draw takes two uniform numbers). The same bits on
    /// every machine.
    pub fn normal(&mut self) -> f64 {
        // 1 - u lies in (0, 1]: its logarithm is finite.
        let radius = (-2.0 * libm::log(1.0 - self.uniform())).sqrt();
        radius * libm::cos(std::f64::consts::TAU * self.uniform())
    }

    /// From Beta(alpha, alpha), alpha above 0: in [0, 1] also where alpha is small, and each of two gamma variables rounds
    /// to 0. The same bits on every machine.
    pub fn symmetric_beta(&mut self, alpha: f64) -> f64 {
        let (one, other) = (self.log_gamma_variable(alpha), self.log_gamma_variable(alpha));
        1.0 / (1.0 + libm::exp(other - one))
    }

    /// The logarithm of a gamma variable of scale 1 (Marsaglia and Tsang 2000).
    fn log_gamma_variable(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = libm::log(1.0 - self.uniform()) / shape;
            return self.log_gamma_variable(shape + 1.0) + boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = 1.0 + c * x;
            let v = v * v * v;
            let u = 1.0 - self.uniform();
            if v > 0.0 && libm::log(u) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                return libm::log(d * v);
            }
        }
    }

    /// A uniform permutation of 0..n (Fisher-Yates).
    pub fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for i in (1..n).rev() {
            order.swap(i, self.below(i as u64 + 1) as usize);
        }
        order
    }

    /// A uniform cyclic permutation of 0..n (Sattolo 1986): no element keeps its place, for n >= 2.
    pub fn cyclic_permutation(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for i in (1..n).rev() {
            order.swap(i, self.below(i as u64) as usize);
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn streams_of_other_seeds_purposes_or_indices_differ() {
        let first = |s, p, i| RandomStream::new(Seed(s), p, i).uniform();
        let base = first(0, Purpose::BatchOrder, 0);
        assert_eq!(base, first(0, Purpose::BatchOrder, 0));
        assert_ne!(base, first(1, Purpose::BatchOrder, 0));
        assert_ne!(base, first(0, Purpose::Initialisation, 0));
        assert_ne!(base, first(0, Purpose::BatchOrder, 1));
    }

    #[test]
    fn uniform_numbers_have_the_mean_and_variance_of_the_unit_interval() {
        let mut stream = RandomStream::new(Seed(7), Purpose::Initialisation, 0);
        let draws: Vec<f64> = (0..100_000).map(|_| stream.uniform()).collect();
        let mean = draws.iter().sum::<f64>() / 1e5;
        let variance = draws.iter().map(|u| (u - mean).powi(2)).sum::<f64>() / 1e5;
        // five standard errors
        assert!((mean - 0.5).abs() < 5.0 * (1.0 / 12.0f64 / 1e5).sqrt(), "{mean}");
        assert!((variance - 1.0 / 12.0).abs() < 5.0 * (1.0 / 180.0f64 / 1e5).sqrt(), "{variance}");
    }

    #[test]
    fn a_symmetric_beta_variable_has_the_mean_and_variance_of_its_distribution() {
        for alpha in [0.001, 0.2, 1.0, 3.0] {
            let mut stream = RandomStream::new(Seed(7), Purpose::Mixing, 0);
            let draws: Vec<f64> = (0..100_000).map(|_| stream.symmetric_beta(alpha)).collect();
            assert!(draws.iter().all(|b| (0.0..=1.0).contains(b)));
            let mean = draws.iter().sum::<f64>() / 1e5;
            let variance = draws.iter().map(|b| (b - 0.5).powi(2)).sum::<f64>() / 1e5;
            // Var = 1 / (4 (2 alpha + 1)); its square's mean is at most 1/16: five standard errors.
            let expected = 0.25 / (2.0 * alpha + 1.0);
            assert!((mean - 0.5).abs() < 5.0 * (expected / 1e5).sqrt(), "{alpha}: {mean}");
            assert!((variance - expected).abs() < 5.0 * (1.0 / 16.0f64 / 1e5).sqrt(), "{alpha}: {variance}");
        }
    }

    proptest! {
        #[test]
        fn a_permutation_holds_every_element_once(seed: u64, n in 0usize..200) {
            let mut order = RandomStream::new(Seed(seed), Purpose::BatchOrder, 0).permutation(n);
            order.sort_unstable();
            prop_assert!(order.into_iter().eq(0..n));
        }

        #[test]
        fn a_cyclic_permutation_is_one_cycle(seed: u64, n in 2usize..200) {
            let next = RandomStream::new(Seed(seed), Purpose::ArmShuffle, 0).cyclic_permutation(n);
            let mut at = 0;
            for step in 1..=n {
                at = next[at];
                prop_assert_eq!(at == 0, step == n);
            }
        }
    }
}
