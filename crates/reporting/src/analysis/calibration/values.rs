//! A pool's right answers in points, arm by arm and term by term.

use fractionate_records::{Pool, PoolRows, Term};

use crate::error::ReportError;

/// The fixed setting's accuracies.
pub(crate) struct PoolValues {
    arms: Vec<String>,
    /// Percent of test examples, [arms][seeds].
    accuracies: Vec<Vec<f64>>,
}

impl PoolValues {
    /// # Errors
    /// If a student diverged: what is left would be a choice of seeds.
    pub(crate) fn of(pool: &Pool) -> Result<Self, ReportError> {
        let Pool { description, rows } = pool;
        refuse_diverged(&rows.right, description.arms.len())?;
        refuse_diverged(&rows.grid_right, description.grid.len())?;
        let accuracies = |arm| {
            let right = rows.right.iter().skip(arm).step_by(description.arms.len());
            right.map(|&right| percent(right, description.data.test_examples)).collect()
        };
        Ok(Self { arms: description.arms.clone(), accuracies: (0..description.arms.len()).map(accuracies).collect() })
    }

    /// The accuracy of an arm at every seed, in percent.
    pub(crate) fn arm(&self, name: &str) -> &[f64] {
        let position = self.arms.iter().position(|arm| arm == name);
        &self.accuracies[position.expect("a pool has the arms of the decomposition")]
    }

    /// A term at every seed, in points.
    pub(crate) fn term(&self, term: Term) -> Vec<f64> {
        let mut sums = vec![0.0; self.accuracies[0].len()];
        for (arm, factor) in term.factors() {
            sums.iter_mut().zip(self.arm(arm)).for_each(|(sum, accuracy)| *sum += factor * accuracy);
        }
        sums
    }
}

/// Right answers in percent.
pub(crate) fn percent(right: u16, examples: usize) -> f64 {
    100.0 * f64::from(right) / examples as f64
}

fn refuse_diverged(right: &[u16], students: usize) -> Result<(), ReportError> {
    let diverged = |count: &&u16| **count == PoolRows::DIVERGED;
    match right.iter().position(|count| diverged(&count)) {
        None => Ok(()),
        Some(first) => {
            Err(ReportError::Diverged { students: right.iter().filter(diverged).count(), first_seed: first / students })
        }
    }
}
