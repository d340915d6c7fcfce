//! Correct answers weighted by how often each example was drawn: the inner loop of every bootstrap over examples.

use rayon::prelude::*;

/// How often each example was drawn in one resample.
pub type Weights = Vec<u8>;

/// Weights from counts, which stay far below 256 when as many draws are made as there are examples.
pub fn weights(counts: &[u32]) -> Weights {
    counts.iter().map(|&count| u8::try_from(count).unwrap_or(u8::MAX)).collect()
}

/// Correct answers of every run in every resample, runs x resamples.
pub fn weighted_counts(runs: &[&[bool]], draws: &[Weights]) -> Vec<Vec<u32>> {
    let most: Vec<u8> = draws.iter().map(|weights| weights.iter().copied().max().unwrap_or(0)).collect();
    let of_run = |right: &&[bool]| -> Vec<u32> {
        draws.iter().zip(&most).map(|(weights, &most)| weighted_count(right, weights, most)).collect()
    };
    runs.par_iter().map(of_run).collect()
}

/// Bytes that are added up side by side.
const LANES: usize = 32;

/// The weights of the right answers, summed. Bytes are added to bytes as long as they cannot overflow, so that the loop
/// runs over whole vector registers.
fn weighted_count(right: &[bool], weights: &[u8], most: u8) -> u32 {
    let block = LANES * usize::from(u8::MAX / most.max(1));
    let mut total = 0;
    for (right, weights) in right.chunks(block).zip(weights.chunks(block)) {
        let mut sums = [0u8; LANES];
        let (right, weights) = (right.chunks_exact(LANES), weights.chunks_exact(LANES));
        let rest = right.remainder().iter().zip(weights.remainder());
        total += rest.map(|(right, weight)| u32::from(*right) * u32::from(*weight)).sum::<u32>();
        for (right, weights) in right.zip(weights) {
            for lane in 0..LANES {
                // All bits where the answer is right, none where it is not.
                sums[lane] = sums[lane].wrapping_add(weights[lane] & u8::from(right[lane]).wrapping_neg());
            }
        }
        total += sums.iter().map(|&sum| u32::from(sum)).sum::<u32>();
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Resampling;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_plain_sum_whatever_the_weights(
            examples in proptest::collection::vec((any::<bool>(), 0u8..=255), 0..9_000), most in 0u8..=255,
        ) {
            let right: Vec<bool> = examples.iter().map(|e| e.0).collect();
            let weights: Vec<u8> = examples.iter().map(|e| e.1.min(most)).collect();
            let plain: u32 = examples.iter().zip(&weights).map(|(e, w)| if e.0 { u32::from(*w) } else { 0 }).sum();
            prop_assert_eq!(weighted_counts(&[&right], &[weights]), vec![vec![plain]]);
        }
    }

    #[test]
    fn all_right_is_as_many_as_were_drawn() {
        let drawn = weights(&Resampling::new(1, 0).counts(10_000));
        assert_eq!(weighted_counts(&[&[true; 10_000], &[false; 10_000]], &[drawn]), [[10_000], [0]]);
    }
}
