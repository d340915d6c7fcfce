//! Resampling with replacement, from random streams named by a seed and an index.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::bounded::bounded;

/// A random stream: always the same numbers for the same seed and index.
#[derive(Debug, Clone)]
pub struct Resampling(ChaCha8Rng);

impl Resampling {
    /// The stream of this seed and index.
    pub fn new(seed: u64, index: u64) -> Self {
        let mut key = [0u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&index.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Uniform in 0..n, without bias.
    ///
    /// # Panics
    /// If n is 0.
    pub fn below(&mut self, n: usize) -> usize {
        bounded(n as u64, || self.0.next_u64()) as usize
    }

    /// 64 fair coins.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// `some` of 0..n without replacement, at most all.
    pub fn some_of(&mut self, n: usize, some: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..n).collect();
        let some = some.min(n);
        for i in 0..some {
            let from = i + self.below(n - i);
            all.swap(i, from);
        }
        all.truncate(some);
        all
    }

    /// How often each of n things is drawn in n draws with replacement.
    pub fn counts(&mut self, n: usize) -> Vec<u32> {
        let mut counts = vec![0; n];
        for _ in 0..n {
            counts[self.below(n)] += 1;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_its_seeds_and_indexs_own() {
        let draws =
            |seed, index| (0..20).map(|_| 0).scan(Resampling::new(seed, index), |r, _: i32| Some(r.below(1_000)));
        assert!(draws(1, 2).eq(draws(1, 2)));
        assert!(!draws(1, 2).eq(draws(2, 2)) && !draws(1, 2).eq(draws(1, 1)));
    }

    #[test]
    fn some_things_are_drawn_once_each_and_all_of_them_are_all() {
        let mut some = Resampling::new(0, 0).some_of(10, 10);
        some.sort_unstable();
        assert!(some.into_iter().eq(0..10));
        let some = Resampling::new(0, 0).some_of(1_000, 30);
        let distinct: std::collections::BTreeSet<usize> = some.iter().copied().collect();
        assert!(some.len() == 30 && distinct.len() == 30 && some.iter().all(|&i| i < 1_000));
    }

    #[test]
    fn n_draws_are_of_n_things_and_every_thing_is_drawn_as_often_as_any_other() {
        let mut random = Resampling::new(0, 0);
        let mut sums = [0u32; 7];
        for _ in 0..10_000 {
            let counts = random.counts(7);
            assert_eq!(counts.iter().sum::<u32>(), 7);
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        // Five standard errors of a binomial count of 70,000 at 1/7.
        assert!(sums.iter().all(|&sum| (f64::from(sum) - 10_000.0).abs() < 5.0 * 92.6), "{sums:?}");
    }
}
