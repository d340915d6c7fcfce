//! What the students are trained to match.

/// rho of every example: n rows of K entries in f32, each row at least 0 and summing to 1 within 1e-6.
#[derive(Debug, Clone, PartialEq)]
pub struct SoftTargets {
    rows: Vec<f32>,
    classes: usize,
}

impl SoftTargets {
    /// Casts an arm's rows, computed in f64, to f32: the only cast on the way.
    pub(crate) fn from_rows(rows: &[f64], classes: usize) -> Self {
        Self { rows: rows.iter().map(|&p| p as f32).collect(), classes }
    }

    /// All targets, row by row.
    pub fn as_slice(&self) -> &[f32] {
        &self.rows
    }

    /// The same, kept.
    pub fn into_vec(self) -> Vec<f32> {
        self.rows
    }

    /// K.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// n.
    pub fn examples(&self) -> usize {
        self.rows.len() / self.classes
    }

    /// The mean over the examples of -sum rho ln rho, in nats: what CE(rho, q) exceeds KL(rho || q) by.
    pub fn mean_entropy(&self) -> f64 {
        let information = |p: f32| if p > 0.0 { -f64::from(p) * f64::from(p).ln() } else { 0.0 };
        self.rows.iter().map(|&p| information(p)).sum::<f64>() / self.examples() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entropy_of_a_certain_and_a_flat_row_is_half_the_logarithm_of_k() {
        let targets = SoftTargets::from_rows(&[1.0, 0.0, 0.0, 0.0, 0.25, 0.25, 0.25, 0.25], 4);
        assert!((targets.mean_entropy() - 4f64.ln() / 2.0).abs() < 1e-12);
    }
}
