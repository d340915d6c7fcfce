//! The two-way bootstrap over seeds x test examples.
//!
//! An interval over seeds is conditional on the one test set that all runs share. Here both are resampled with replacement:
//! examples and seeds get weights, the same for all runs, so that every weighted sum of runs comes from the same resamples.
//! The interval ends at the 2.5% and 97.5% quantiles. The interaction of seeds and examples is counted more than once (Owen
//! 2007), so the interval errs on the wide side; with n seeds, their own variance is counted (n - 1) / n times.

use rayon::prelude::*;

use crate::{Interval, Resampling, Weights, quantile, weighted_counts, weights};

/// The usual number of resamples.
const MOST_RESAMPLES: usize = 2_000;

/// The fewest resamples with a usable 2.5% quantile.
const FEWEST_RESAMPLES: usize = 200;

/// The number of resamples for so many runs x examples: 2,000, or as many as keep the work within `operations`, but at
/// least 200.
pub fn resamples_within(operations: f64, runs: usize, examples: usize) -> usize {
    let affordable = operations / (runs as f64 * examples as f64).max(1.0);
    (affordable as usize).clamp(FEWEST_RESAMPLES, MOST_RESAMPLES)
}

/// Correct answers of runs over resamples of seeds x test examples.
#[derive(Debug, Clone)]
pub struct TwoWayBootstrap {
    examples: usize,
    /// [runs][draws].
    right: Vec<Vec<u32>>,
    /// How often each seed was drawn, [draws][seeds].
    seeds: Vec<Vec<u32>>,
}

impl TwoWayBootstrap {
    /// Resamples `draws` times. `runs`: whether each test example was classified correctly, the same examples for all. `None` without runs,
    /// examples or seeds, or where runs differ in their number of examples.
    pub fn new(runs: &[&[bool]], seeds: usize, draws: usize, seed: u64) -> Option<Self> {
        let examples = runs.first().map(|run| run.len()).filter(|&n| n > 0 && seeds > 0)?;
        if runs.iter().any(|run| run.len() != examples) {
            return None;
        }
        let example_weights = |draw: usize| weights(&Resampling::new(seed, 2 * draw as u64).counts(examples));
        // A few resamples at a time: their weights stay in the cache while the loop passes over the runs.
        const AT_A_TIME: usize = 64;
        let mut right: Vec<Vec<u32>> = vec![Vec::with_capacity(draws); runs.len()];
        for start in (0..draws).step_by(AT_A_TIME) {
            let range = start..(start + AT_A_TIME).min(draws);
            let drawn: Vec<Weights> = range.into_par_iter().map(example_weights).collect();
            for (all, new) in right.iter_mut().zip(weighted_counts(runs, &drawn)) {
                all.extend(new);
            }
        }
        let seed_weights = |draw: usize| Resampling::new(seed, 2 * draw as u64 + 1).counts(seeds);
        Some(Self { examples, right, seeds: (0..draws).map(seed_weights).collect() })
    }

    /// The same from given resamples: how often each example and each seed was drawn. `None` as above, and where the lengths
    /// differ.
    pub fn from_weights(runs: &[&[bool]], examples: &[Vec<u8>], seeds: Vec<Vec<u32>>) -> Option<Self> {
        let size = runs.first().map(|run| run.len()).filter(|&n| n > 0)?;
        let fit = runs.iter().all(|run| run.len() == size) && examples.iter().all(|draw| draw.len() == size);
        let drawn = examples.len() == seeds.len() && seeds.windows(2).all(|pair| pair[0].len() == pair[1].len());
        (fit && drawn).then(|| Self { examples: size, right: weighted_counts(runs, examples), seeds })
    }

    /// The number of resamples.
    pub fn resamples(&self) -> usize {
        self.seeds.len()
    }

    /// The 95% interval of a sum of runs with factors, averaged over seeds, as a share of the examples. `at`: each seed's
    /// position with its runs' positions and factors; seeds may be left out. `None` with fewer than two seeds.
    ///
    /// # Panics
    /// If a position is not one of the seeds or runs.
    pub fn interval(&self, at: &[(usize, Vec<(usize, f64)>)]) -> Option<Interval> {
        if at.len() < 2 {
            return None;
        }
        let estimate = |(draw, seeds): (usize, &Vec<u32>)| {
            let weight: u32 = at.iter().map(|(seed, _)| seeds[*seed]).sum();
            let of_seed = |(seed, runs): &(usize, Vec<(usize, f64)>)| {
                let sum: f64 = runs.iter().map(|(run, factor)| factor * f64::from(self.right[*run][draw])).sum();
                f64::from(seeds[*seed]) * sum
            };
            // A resample without any of these seeds has no estimate.
            let sum: f64 = at.iter().map(of_seed).sum();
            (weight > 0).then(|| sum / (f64::from(weight) * self.examples as f64))
        };
        let mut estimates: Vec<f64> = self.seeds.iter().enumerate().filter_map(estimate).collect();
        if estimates.is_empty() {
            return None;
        }
        estimates.sort_unstable_by(f64::total_cmp);
        Some(Interval { low: quantile(&estimates, 0.025), high: quantile(&estimates, 0.975) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seeds x examples that are right in so many of 100 draws, each with its own noise.
    fn runs(seeds: usize, examples: usize, percent: usize, name: u64) -> Vec<Vec<bool>> {
        let run = |seed| {
            let mut random = Resampling::new(name, seed as u64);
            (0..examples).map(|_| random.below(100) < percent).collect()
        };
        (0..seeds).map(run).collect()
    }

    fn slices(runs: &[Vec<bool>]) -> Vec<&[bool]> {
        runs.iter().map(Vec::as_slice).collect()
    }

    /// Every seed's own run.
    fn each(seeds: usize) -> Vec<(usize, Vec<(usize, f64)>)> {
        (0..seeds).map(|seed| (seed, vec![(seed, 1.0)])).collect()
    }

    #[test]
    fn the_interval_of_given_draws_is_that_worked_out_by_hand() {
        // Two seeds, right in 1 and 3 of 4 examples; three draws of examples and seeds.
        let draws = TwoWayBootstrap {
            examples: 4,
            right: vec![vec![0, 1, 2], vec![3, 4, 2]],
            seeds: vec![vec![1, 1], vec![0, 2], vec![2, 0]],
        };
        // (0 + 3) / 8, 4 / 4, 2 / 4: quantiles of 0.375, 0.5, 1.
        let found = draws.interval(&each(2)).unwrap();
        assert!((found.low - (0.375 + 0.05 * 0.125)).abs() < 1e-12, "{found:?}");
        assert!((found.high - (0.5 + 0.95 * 0.5)).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn it_is_numpys_for_the_same_draws() {
        use crate::golden::{close, golden, number, numbers};
        let case = &golden()["two_way"];
        let counts = |name: &str| -> Vec<Vec<u32>> {
            case[name].as_array().unwrap().iter().map(|row| numbers(row).iter().map(|v| *v as u32).collect()).collect()
        };
        let right: Vec<Vec<bool>> = counts("right").iter().map(|row| row.iter().map(|v| *v == 1).collect()).collect();
        let drawn: Vec<Weights> = counts("example_weights").iter().map(|row| weights(row)).collect();
        let draws = TwoWayBootstrap::from_weights(&slices(&right), &drawn, counts("seed_weights")).unwrap();
        // The runs of one arm, then those of the other.
        let seeds = right.len() / 2;
        let difference: Vec<_> = (0..seeds).map(|s| (s, vec![(s, 1.0), (seeds + s, -1.0)])).collect();
        let found = draws.interval(&difference).unwrap();
        assert!(close(found.low, number(&case["low"]), 1e-12) && close(found.high, number(&case["high"]), 1e-12));
    }

    #[test]
    fn its_width_is_that_of_seeds_and_examples_together() {
        // Independent answers: the variance is p (1 - p) / (seeds x examples), of which each way of drawing counts one.
        let (seeds, examples) = (20, 500);
        let runs = runs(seeds, examples, 80, 1);
        let draws = TwoWayBootstrap::new(&slices(&runs), seeds, 2_000, 7).unwrap();
        let found = draws.interval(&each(seeds)).unwrap();
        let deviation = (3.0 * 0.16 / (seeds * examples) as f64).sqrt();
        let half = 0.5 * (found.high - found.low) / (1.96 * deviation);
        assert!((0.85..1.15).contains(&half), "{half}");
    }

    #[test]
    fn equal_arms_differ_by_nothing_since_they_share_their_draws() {
        let runs = runs(5, 300, 70, 2);
        let twice: Vec<&[bool]> = slices(&runs).into_iter().chain(slices(&runs)).collect();
        let draws = TwoWayBootstrap::new(&twice, 5, 300, 1).unwrap();
        let difference: Vec<_> = (0..5).map(|s| (s, vec![(s, 1.0), (5 + s, -1.0)])).collect();
        assert_eq!(draws.interval(&difference), Some(Interval { low: 0.0, high: 0.0 }));
    }

    #[test]
    fn one_seed_or_unequal_runs_have_no_interval() {
        let (one, other) = (vec![true; 10], vec![true; 9]);
        assert!(TwoWayBootstrap::new(&[&one, &other], 2, 10, 0).is_none());
        assert!(TwoWayBootstrap::new(&[], 2, 10, 0).is_none());
        assert_eq!(TwoWayBootstrap::new(&[&one], 1, 10, 0).unwrap().interval(&each(1)), None);
    }

    #[test]
    fn large_stores_get_fewer_draws() {
        assert_eq!(resamples_within(2e10, 110, 10_000), 2_000);
        assert_eq!(resamples_within(2e10, 2_000, 10_000), 1_000);
        assert_eq!(resamples_within(2e10, 10_000, 10_000), 200);
        assert_eq!(resamples_within(0.0, 0, 0), 200);
    }
}
