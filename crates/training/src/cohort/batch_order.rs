//! Which examples each step of each epoch sees: the same for all arms of a seed.

use std::ops::Range;

use fractionate_data::{Purpose, RandomStream};
use fractionate_records::Seed;

/// The order of all batches of a training.
#[derive(Debug, Clone, Copy)]
pub struct BatchOrder {
    seed: Seed,
    examples: usize,
    batch_size: usize,
}

impl BatchOrder {
    /// The order of `examples` in batches of `batch_size`; the last batch of an epoch holds what is left.
    ///
    /// # Panics
    /// If there are no examples or batches hold none.
    pub fn new(seed: Seed, examples: usize, batch_size: usize) -> Self {
        assert!(examples > 0 && batch_size > 0);
        Self { seed, examples, batch_size: batch_size.min(examples) }
    }

    /// Steps in an epoch.
    pub fn steps(&self) -> usize {
        self.examples.div_ceil(self.batch_size)
    }

    /// The examples of an epoch (from 1) in their order.
    pub fn epoch(&self, epoch: usize) -> Vec<usize> {
        RandomStream::new(self.seed, Purpose::BatchOrder, epoch as u64).permutation(self.examples)
    }

    /// Where in an epoch's order the batch of a step (from 0) lies.
    pub(crate) fn batch(&self, step: usize) -> Range<usize> {
        step * self.batch_size..((step + 1) * self.batch_size).min(self.examples)
    }

    /// A hash over the order of `epochs` epochs, 16 hex digits.
    pub fn hash(&self, epochs: usize) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("fractionate batch order");
        hasher.update(&(self.batch_size as u64).to_le_bytes());
        for epoch in 1..=epochs {
            for example in self.epoch(epoch) {
                hasher.update(&(example as u32).to_le_bytes());
            }
        }
        hasher.finalize().to_hex()[..16].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_epoch_sees_every_example_once() {
        let order = BatchOrder::new(Seed(3), 101, 25);
        assert_eq!(order.steps(), 5);
        let mut seen: Vec<usize> = (0..5).flat_map(|s| order.epoch(2)[order.batch(s)].to_vec()).collect();
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..101));
    }

    #[test]
    fn the_order_depends_on_seed_and_epoch_alone() {
        let hash = |seed| BatchOrder::new(Seed(seed), 100, 10).hash(3);
        assert_eq!(hash(1), hash(1));
        assert_ne!(hash(1), hash(2));
        assert_ne!(BatchOrder::new(Seed(1), 100, 10).epoch(1), BatchOrder::new(Seed(1), 100, 10).epoch(2));
    }
}
