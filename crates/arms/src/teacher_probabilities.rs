//! The teacher's softened probabilities.

use fractionate_records::Temperature;

/// p = softmax(v / T) of every example: n rows of K entries in f64, each row at least 0 and summing to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct TeacherProbabilities {
    rows: Vec<f64>,
    classes: usize,
}

/// Why numbers are not a teacher's probabilities.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProbabilitiesError {
    /// The numbers do not fill rows of K >= 2.
    #[error("{numbers} numbers do not fill rows of {classes} classes (at least 2)")]
    Shape {
        /// How many numbers were given.
        numbers: usize,
        /// How many classes they were said to be of.
        classes: usize,
    },
    /// A logit that is not finite.
    #[error("the teacher's logit of class {class} for example {example} is {value}")]
    NotFinite {
        /// The example, from 0.
        example: usize,
        /// The class, from 0.
        class: usize,
        /// The logit.
        value: f32,
    },
    /// A row that is no distribution.
    #[error("the teacher's probabilities for example {example} have a negative entry or sum to {sum} instead of 1")]
    NotADistribution {
        /// The example, from 0.
        example: usize,
        /// The row's sum.
        sum: f64,
    },
}

impl TeacherProbabilities {
    /// How far a row's sum may lie from 1.
    const SUM_TOLERANCE: f64 = 1e-9;

    /// The softmax of row-major logits at temperature T, in f64 and with the row's largest logit subtracted first, so
    /// that no logits overflow.
    ///
    /// # Errors
    /// If the logits do not fill rows of `classes` (at least 2), or one is not finite.
    pub fn from_logits(logits: &[f32], classes: usize, temperature: Temperature) -> Result<Self, ProbabilitiesError> {
        check_shape(logits.len(), classes)?;
        if let Some(at) = logits.iter().position(|v| !v.is_finite()) {
            let (example, class) = (at / classes, at % classes);
            return Err(ProbabilitiesError::NotFinite { example, class, value: logits[at] });
        }
        let mut rows = Vec::with_capacity(logits.len());
        for row in logits.chunks_exact(classes) {
            let largest = f64::from(row.iter().copied().fold(f32::NEG_INFINITY, f32::max));
            let start = rows.len();
            rows.extend(row.iter().map(|&v| ((f64::from(v) - largest) / temperature.get()).exp()));
            let sum: f64 = rows[start..].iter().sum();
            rows[start..].iter_mut().for_each(|p| *p /= sum);
        }
        Ok(Self { rows, classes })
    }

    /// Takes row-major probabilities as they are: a teacher that is known and not trained.
    ///
    /// # Errors
    /// If the numbers do not fill rows of `classes` (at least 2), or a row has a negative entry or a sum further than
    /// 1e-9 from 1.
    pub fn from_probabilities(rows: Vec<f64>, classes: usize) -> Result<Self, ProbabilitiesError> {
        check_shape(rows.len(), classes)?;
        for (example, row) in rows.chunks_exact(classes).enumerate() {
            let sum: f64 = row.iter().sum();
            // Written so that NaN is refused.
            if !(row.iter().all(|&p| p >= 0.0) && (sum - 1.0).abs() <= Self::SUM_TOLERANCE) {
                return Err(ProbabilitiesError::NotADistribution { example, sum });
            }
        }
        Ok(Self { rows, classes })
    }

    /// K.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// n.
    pub fn examples(&self) -> usize {
        self.rows.len() / self.classes
    }

    /// The probabilities of one example.
    ///
    /// # Panics
    /// If there is no such example.
    pub fn row(&self, example: usize) -> &[f64] {
        &self.rows[example * self.classes..(example + 1) * self.classes]
    }

    /// All probabilities, row by row.
    pub fn as_slice(&self) -> &[f64] {
        &self.rows
    }

    /// The rows, one after the other.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.rows.chunks_exact(self.classes)
    }
}

fn check_shape(numbers: usize, classes: usize) -> Result<(), ProbabilitiesError> {
    if classes >= 2 && numbers.is_multiple_of(classes) {
        Ok(())
    } else {
        Err(ProbabilitiesError::Shape { numbers, classes })
    }
}

/// The class with the largest entry; the first of them where several have it.
pub(crate) fn top_class(row: &[f64]) -> usize {
    (0..row.len()).fold(0, |top, k| if row[k] > row[top] { k } else { top })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_several_largest_entries_is_the_top_class() {
        assert_eq!(top_class(&[0.2, 0.4, 0.4]), 1);
    }

    fn at(logits: &[f32], temperature: f64) -> Vec<f64> {
        let t = Temperature::try_from(temperature).unwrap();
        TeacherProbabilities::from_logits(logits, logits.len(), t).unwrap().rows
    }

    #[test]
    fn probabilities_are_those_worked_out_by_hand() {
        // exp(1/2) : exp(0) = 1.6487212707 : 1
        let p = at(&[1.0, 0.0], 2.0);
        assert!((p[0] - 0.622_459_331_201_854_6).abs() < 1e-15, "{p:?}");
    }

    #[test]
    fn extreme_logits_and_temperatures_neither_overflow_nor_give_nan() {
        assert_eq!(at(&[f32::MAX, f32::MIN], f64::MIN_POSITIVE), [1.0, 0.0]);
        assert_eq!(at(&[f32::MAX, f32::MIN], f64::MAX), [0.5, 0.5]);
        assert_eq!(at(&[1e4, 1e4, -1e4], 1.0), [0.5, 0.5, 0.0]);
    }

    #[test]
    fn what_is_no_distribution_is_refused() {
        let of = |rows: &[f64]| TeacherProbabilities::from_probabilities(rows.to_vec(), 2);
        assert!(of(&[0.5, 0.5, 0.25, 0.75]).is_ok());
        assert!(matches!(of(&[0.5, 0.5, 0.5, 0.6]), Err(ProbabilitiesError::NotADistribution { example: 1, .. })));
        assert!(of(&[1.5, -0.5]).is_err());
        assert!(of(&[f64::NAN, 1.0]).is_err());
        assert!(matches!(of(&[1.0]), Err(ProbabilitiesError::Shape { .. })));
    }

    #[test]
    fn a_logit_that_is_not_finite_is_named() {
        let t = Temperature::ONE;
        let error = TeacherProbabilities::from_logits(&[0.0, 1.0, f32::INFINITY, 0.0], 2, t).unwrap_err();
        assert_eq!(error, ProbabilitiesError::NotFinite { example: 1, class: 0, value: f32::INFINITY });
    }
}
