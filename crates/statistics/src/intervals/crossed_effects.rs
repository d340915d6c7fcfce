//! Crossed random effects of two factors: seeds and test examples.
//!
//! Every seed is evaluated on the same examples. With y_se the value of seed s (of S) on example e (of E), a_s and b_e
//! their effects and c_se the rest (their interaction),
//!
//! ```text
//! y_se = m + a_s + b_e + c_se
//! ```
//!
//! the variance components follow from the mean squares of the two-way layout with one value a cell (Searle, Casella and
//! McCulloch 1992, Variance Components, 4.7): E(MS_c) = v_c, E(MS_a) = E v_a + v_c, E(MS_b) = S v_b + v_c. The variance
//! of the mean is v_a / S + v_b / E + v_c / (S E). Its first and last part are together the squared standard error of the
//! seeds' means, MS_a / (S E), which the t interval over seeds has; v_b / E is what sampling the test set adds. So the
//! interaction is counted once.

/// The variance components of values by seed and example.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CrossedEffects {
    /// The mean of all values.
    pub mean: f64,
    /// v_a, the seeds' component, at least 0.
    pub seed: f64,
    /// v_b, the examples' component, at least 0.
    pub example: f64,
    /// v_c, the component of their interaction.
    pub interaction: f64,
    /// The number of seeds.
    pub seeds: usize,
    /// The number of examples.
    pub examples: usize,
}

impl CrossedEffects {
    /// Estimates the components. `values`: `[seeds][examples]`; `None` with fewer than two of either.
    ///
    /// # Panics
    /// If seeds differ in their number of examples.
    pub fn of(values: &[Vec<f64>]) -> Option<Self> {
        let (seeds, examples) = (values.len(), values.first()?.len());
        if seeds < 2 || examples < 2 {
            return None;
        }
        assert!(values.iter().all(|seed| seed.len() == examples), "all seeds have the same examples");
        let mut by_example = vec![0.0; examples];
        for seed in values {
            by_example.iter_mut().zip(seed).for_each(|(sum, value)| *sum += value);
        }
        let (rows, columns) = (seeds as f64, examples as f64);
        let mean = by_example.iter().sum::<f64>() / (rows * columns);
        let by_seed = values.iter().map(|seed| seed.iter().sum::<f64>() / columns - mean);
        let of_seeds = columns * by_seed.map(|d| d * d).sum::<f64>();
        let of_examples = rows * by_example.iter().map(|sum| (sum / rows - mean).powi(2)).sum::<f64>();
        let total: f64 = values.iter().flatten().map(|value| (value - mean).powi(2)).sum();
        let mean_square_seeds = of_seeds / (rows - 1.0);
        let mean_square_examples = of_examples / (columns - 1.0);
        let interaction = (total - of_seeds - of_examples).max(0.0) / ((rows - 1.0) * (columns - 1.0));
        Some(Self {
            mean,
            seed: ((mean_square_seeds - interaction) / columns).max(0.0),
            example: ((mean_square_examples - interaction) / rows).max(0.0),
            interaction,
            seeds,
            examples,
        })
    }

    /// v_b / E: the variance that sampling the test set adds to that of the mean over seeds.
    pub fn test_set_variance(&self) -> f64 {
        self.example / self.examples as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, number, numbers};
    use crate::{Resampling, Summary};

    /// Made by `tests/golden/crossed_effects.py` with statsmodels.
    const GOLDEN: &str = include_str!("../../tests/golden/crossed_effects.json");

    #[test]
    fn the_components_equal_those_of_statsmodels_mean_squares() {
        let golden: serde_json::Value = serde_json::from_str(GOLDEN).unwrap();
        for case in golden.as_array().unwrap() {
            let values: Vec<Vec<f64>> = case["values"].as_array().unwrap().iter().map(numbers).collect();
            let found = CrossedEffects::of(&values).unwrap();
            for (name, value) in [
                ("mean", found.mean),
                ("seed", found.seed),
                ("example", found.example),
                ("interaction", found.interaction),
            ] {
                assert!(close(value, number(&case[name]), 1e-9), "{name}: {value}, statsmodels {}", case[name]);
            }
        }
    }

    #[test]
    fn a_table_worked_by_hand() {
        // Means of seeds 1, 2, 3 and of examples 1, 3; the rest is 0 but for one cell of each sign.
        let found = CrossedEffects::of(&[vec![0.0, 2.0], vec![1.0, 3.0], vec![2.0, 4.0]]).unwrap();
        // MS seeds = 2 * 2 / 2 = 2, MS examples = 3 * 2 / 1 = 6, rest 0.
        assert_eq!((found.mean, found.seed, found.example, found.interaction), (2.0, 1.0, 2.0, 0.0));
        assert_eq!(found.test_set_variance(), 1.0);
    }

    #[test]
    fn the_interval_is_never_narrower_than_that_over_seeds_and_counts_the_interaction_once() {
        // Independent answers have no component of seeds or examples: all is interaction, which the seeds' spread has.
        let run = |seed| {
            let mut random = Resampling::new(3, seed);
            (0..400).map(|_| f64::from(u8::from(random.below(100) < 80))).collect::<Vec<f64>>()
        };
        let values: Vec<Vec<f64>> = (0..20).map(run).collect();
        let found = CrossedEffects::of(&values).unwrap();
        let means: Vec<f64> = values.iter().map(|run| run.iter().sum::<f64>() / 400.0).collect();
        let over_seeds = Summary::of(&means).unwrap();
        let both = over_seeds.with_more_variance(found.test_set_variance());
        let widths = [both, over_seeds].map(|summary| summary.half_width().unwrap());
        assert!(widths[0] >= widths[1] && widths[0] < 1.1 * widths[1], "{widths:?}");
        assert!((found.interaction - 0.16).abs() < 0.01, "{found:?}");
    }

    #[test]
    fn one_seed_or_one_example_has_no_components() {
        assert_eq!(CrossedEffects::of(&[]), None);
        assert_eq!(CrossedEffects::of(&[vec![1.0, 0.0]]), None);
        assert_eq!(CrossedEffects::of(&[vec![1.0], vec![0.0]]), None);
    }
}
