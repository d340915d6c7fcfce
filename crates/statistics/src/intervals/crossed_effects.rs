//! Crossed random effects of two factors, as seeds and test examples or teachers and seeds.
//!
//! Every level of the one factor meets every level of the other. With y_re the value at row r (of R: seeds) and column e
//! (of E: test examples), a_r and b_e their effects and c_re the rest (their interaction),
//!
//! ```text
//! y_re = m + a_r + b_e + c_re
//! ```
//!
//! the variance components follow from the mean squares of the two-way layout with one value a cell (Searle, Casella and
//! McCulloch 1992, Variance Components, 4.7): E(MS_c) = v_c, E(MS_a) = E v_a + v_c, E(MS_b) = R v_b + v_c. The variance
//! of the mean is v_a / R + v_b / E + v_c / (R E). Its first and last part are together the squared standard error of the
//! rows' means, MS_a / (R E), which the t interval over rows has; v_b / E is what sampling the columns adds. So the
//! interaction is counted once.

/// The variance components of values by row and column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CrossedEffects {
    /// The mean of all values.
    pub mean: f64,
    /// v_a, the rows' component, at least 0.
    pub row: f64,
    /// v_b, the columns' component, at least 0.
    pub column: f64,
    /// v_c, the component of their interaction.
    pub interaction: f64,
    /// MS_a / (R E): the squared standard error of the mean over rows, with R - 1 degrees of freedom.
    pub over_rows: f64,
    /// The number of rows.
    pub rows: usize,
    /// The number of columns.
    pub columns: usize,
}

impl CrossedEffects {
    /// Estimates the components. `values`: `[rows][columns]`; `None` with fewer than two of either.
    ///
    /// # Panics
    /// If rows differ in their number of columns.
    pub fn of(values: &[Vec<f64>]) -> Option<Self> {
        let (rows, columns) = (values.len(), values.first()?.len());
        if rows < 2 || columns < 2 {
            return None;
        }
        assert!(values.iter().all(|row| row.len() == columns), "all rows have the same columns");
        let mut by_column = vec![0.0; columns];
        for row in values {
            by_column.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
        let (r, c) = (rows as f64, columns as f64);
        let mean = by_column.iter().sum::<f64>() / (r * c);
        let by_row = values.iter().map(|row| row.iter().sum::<f64>() / c - mean);
        let of_rows = c * by_row.map(|d| d * d).sum::<f64>();
        let of_columns = r * by_column.iter().map(|sum| (sum / r - mean).powi(2)).sum::<f64>();
        let total: f64 = values.iter().flatten().map(|value| (value - mean).powi(2)).sum();
        let mean_square_rows = of_rows / (r - 1.0);
        let mean_square_columns = of_columns / (c - 1.0);
        let interaction = (total - of_rows - of_columns).max(0.0) / ((r - 1.0) * (c - 1.0));
        Some(Self {
            mean,
            row: ((mean_square_rows - interaction) / c).max(0.0),
            column: ((mean_square_columns - interaction) / r).max(0.0),
            interaction,
            over_rows: mean_square_rows / (r * c),
            rows,
            columns,
        })
    }

    /// v_b / E: the variance that sampling the columns adds to that of the mean over rows.
    pub fn column_variance(&self) -> f64 {
        self.column / self.columns as f64
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
                ("seed", found.row),
                ("example", found.column),
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
        assert_eq!((found.mean, found.row, found.column, found.interaction), (2.0, 1.0, 2.0, 0.0));
        assert_eq!((found.column_variance(), found.over_rows), (1.0, 2.0 / 6.0));
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
        let both = over_seeds.with_more_variance(found.column_variance());
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
