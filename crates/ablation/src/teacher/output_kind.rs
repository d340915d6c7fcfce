//! What the numbers of another program's teacher are, and how they become logits.

use serde::Serialize;

/// What the numbers of a teacher's file, or the outputs of its module, are. All become logits at T = 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OutputKind {
    /// Their form.
    pub form: OutputForm,
    /// The temperature that they were made at: 1 unless somebody softened them.
    pub temperature: f64,
    /// The smallest probability that counts; smaller ones, zeros included, are raised to it.
    pub floor: Option<f64>,
}

/// The form of a teacher's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutputForm {
    /// What goes into a softmax.
    Logits,
    /// What comes out of it, as shares of 1 or in percent.
    Probabilities,
    /// Its logarithms.
    LogProbabilities,
}

impl OutputKind {
    /// Logits at T = 1.
    pub const LOGITS: Self = Self { form: OutputForm::Logits, temperature: 1.0, floor: None };

    /// Turns rows of numbers into logits at T = 1. An error completes "FILE ...", and calls the numbers `name`.
    ///
    /// # Errors
    /// If they cannot be of that form.
    pub fn to_logits(self, values: &mut [f64], classes: usize, name: &str) -> Result<(), String> {
        match self.form {
            OutputForm::Logits => check_logits(values, classes, name)?,
            OutputForm::Probabilities => self.of_probabilities(values, classes, name)?,
            OutputForm::LogProbabilities => self.of_logarithms(values, classes, name)?,
        }
        if self.temperature != 1.0 {
            values.iter_mut().for_each(|value| *value *= self.temperature);
        }
        Ok(())
    }

    fn of_probabilities(self, values: &mut [f64], classes: usize, name: &str) -> Result<(), String> {
        if let Some(at) = values.iter().position(|&value| !value.is_finite() || value < 0.0) {
            return Err(format!("holds {} in {name}, {}: probabilities are 0 or more", values[at], place(at, classes)));
        }
        let sums: Vec<f64> = values.chunks_exact(classes).map(|row| row.iter().sum()).collect();
        // Two decimals of each of many classes add up to something near 1 alone.
        let slack = (0.005 * classes as f64).clamp(0.05, 0.3);
        let near = |whole: f64| sums.iter().position(|sum| (sum / whole - 1.0).abs() > slack);
        if let (Some(row), Some(_)) = (near(1.0), near(100.0)) {
            return Err(format!(
                "has a sum of {} in row {row} of {name} (counted from 0): the probabilities of an example add up to 1, \
                 or to 100 in percent; divide counts by their sum, and of sigmoids save the logits",
                sums[row]
            ));
        }
        for (row, sum) in values.chunks_exact_mut(classes).zip(&sums) {
            row.iter_mut().for_each(|value| *value /= sum);
        }
        self.raise(values, classes, name)?;
        values.iter_mut().for_each(|value| *value = value.ln());
        Ok(())
    }

    fn of_logarithms(self, values: &mut [f64], classes: usize, name: &str) -> Result<(), String> {
        if let Some(at) = values.iter().position(|value| value.is_nan()) {
            return Err(format!(
                "holds NaN in {name}, {}: logarithms of probabilities are 0 or less",
                place(at, classes)
            ));
        }
        values.iter_mut().for_each(|value| *value = value.exp());
        let sums = values.chunks_exact(classes).map(|row| row.iter().sum::<f64>());
        if let Some((row, sum)) = sums.enumerate().find(|(_, sum)| (sum - 1.0).abs() > 0.05) {
            return Err(format!(
                "has probabilities that add up to {sum} in row {row} of {name} (counted from 0), where they add up to \
                 1: are these logits? Then leave `kind` out"
            ));
        }
        self.raise(values, classes, name)?;
        values.iter_mut().for_each(|value| *value = value.ln());
        Ok(())
    }

    /// Raises probabilities to the floor; without one there must be no zero.
    fn raise(self, values: &mut [f64], classes: usize, name: &str) -> Result<(), String> {
        if let Some(floor) = self.floor {
            values.iter_mut().for_each(|value| *value = value.max(floor));
            return Ok(());
        }
        let zeros = values.iter().filter(|&&value| value == 0.0).count();
        let Some(first) = values.iter().position(|&value| value == 0.0) else { return Ok(()) };
        Err(format!(
            "holds {zeros} zeros among the probabilities in {name}, the first {}, and the logarithm of 0 is infinite: \
             say what they count as, for example `floor = 1e-6`",
            place(first, classes)
        ))
    }
}

/// `at row 7 and class 3 (counted from 0)`.
fn place(at: usize, classes: usize) -> String {
    format!("at row {} and class {} (counted from 0)", at / classes, at % classes)
}

/// Refuses what is not finite, and what looks like probabilities.
fn check_logits(values: &[f64], classes: usize, name: &str) -> Result<(), String> {
    if let Some(at) = values.iter().position(|&value| !(value as f32).is_finite()) {
        return Err(format!("holds {} in {name}, {}: logits are finite", values[at] as f32, place(at, classes)));
    }
    let Some(what) = disguise(values, classes) else { return Ok(()) };
    Err(format!(
        "holds what look like probabilities in {name}, {what}: logits are wanted; save what goes into the softmax, or \
         write `kind = \"probabilities\"`"
    ))
}

/// Rows.
const FEW: usize = 10;

/// What gives numbers away that are no logits: no network gives logits of one sum, or all between 0 and 1.
fn disguise(values: &[f64], classes: usize) -> Option<String> {
    if values.iter().any(|&value| value < 0.0) {
        return None;
    }
    let sums: Vec<f64> = values.chunks_exact(classes).map(|row| row.iter().sum()).collect();
    let n = sums.len() as f64;
    let mean = sums.iter().sum::<f64>() / n;
    let deviation = (sums.iter().map(|sum| (sum - mean).powi(2)).sum::<f64>() / n).sqrt();
    // Of a few rows a near-constant sum says nothing by itself; nor does it where all numbers are large and alike, as
    // those of logits with something added to all.
    let whole = [1.0, 100.0].iter().any(|whole| (mean / whole - 1.0).abs() < 0.03);
    let smallest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let uneven = smallest < 0.5 * mean / classes as f64;
    if deviation <= 0.05 * mean && (whole || (uneven && sums.len() >= FEW)) {
        return Some(format!("none below 0 and every row adding up to about {}", (100.0 * mean).round() / 100.0));
    }
    values.iter().all(|&value| value <= 1.0).then(|| "all of them between 0 and 1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The softmax of rows of made-up logits.
    fn softmax(logits: &[[f64; 3]]) -> Vec<f64> {
        let row = |row: &[f64; 3]| {
            let sum: f64 = row.iter().map(|v| v.exp()).sum();
            row.map(|v| v.exp() / sum)
        };
        logits.iter().flat_map(row).collect()
    }

    const LOGITS: [[f64; 3]; 4] = [[2.0, -1.0, 0.5], [0.0, 3.0, -2.0], [-1.0, 0.5, 4.0], [1.0, 1.0, -1.5]];

    fn refused(mut values: Vec<f64>) -> Option<String> {
        OutputKind::LOGITS.to_logits(&mut values, 3, "`logits`").err()
    }

    #[test]
    fn probabilities_in_every_disguise_are_refused_as_logits_and_logits_are_not() {
        let exact = softmax(&LOGITS);
        let rounded: Vec<f64> = exact.iter().map(|p| (p * 100.0).round() / 100.0).collect();
        let percent: Vec<f64> = exact.iter().map(|p| (p * 100.0).round()).collect();
        let sigmoid: Vec<f64> = LOGITS.as_flattened().iter().map(|v| 1.0 / (1.0 + (-v).exp())).collect();
        let softened = softmax(&LOGITS.map(|row| row.map(|v| v / 20.0)));
        for values in [&exact, &rounded, &percent, &sigmoid, &softened] {
            let reason = refused(values.clone()).unwrap();
            assert!(reason.contains("kind = \"probabilities\""), "{reason}");
        }
        let logarithms: Vec<f64> = exact.iter().map(|p| p.ln()).collect();
        let through_relu: Vec<f64> = LOGITS.as_flattened().iter().map(|v| v.max(0.0)).collect();
        for values in [LOGITS.as_flattened().to_vec(), logarithms, through_relu] {
            assert_eq!(refused(values), None);
        }
    }

    /// Differences from the row's first, which a softmax does not see.
    fn differences(values: &[f64]) -> Vec<f64> {
        values.chunks_exact(3).flat_map(|row| row.iter().map(|v| v - row[0]).collect::<Vec<_>>()).collect()
    }

    #[test]
    fn probabilities_and_their_logarithms_become_the_logits_that_they_were_made_from() {
        let at_4 = softmax(&LOGITS.map(|row| row.map(|v| v / 4.0)));
        let logarithms: Vec<f64> = at_4.iter().map(|p| p.ln()).collect();
        let percent: Vec<f64> = at_4.iter().map(|p| 100.0 * p).collect();
        for (form, values) in [
            (OutputForm::Probabilities, &at_4),
            (OutputForm::Probabilities, &percent),
            (OutputForm::LogProbabilities, &logarithms),
        ] {
            let mut values = values.clone();
            OutputKind { form, temperature: 4.0, floor: None }.to_logits(&mut values, 3, "it").unwrap();
            for (found, expected) in differences(&values).iter().zip(differences(LOGITS.as_flattened())) {
                assert!((found - expected).abs() < 1e-12, "{found} {expected}");
            }
        }
    }

    #[test]
    fn zeros_need_a_declared_floor() {
        let kind = OutputKind { form: OutputForm::Probabilities, temperature: 1.0, floor: None };
        let values = vec![0.5, 0.5, 0.0];
        let reason = kind.to_logits(&mut values.clone(), 3, "`logits`").unwrap_err();
        assert!(reason.contains("holds 1 zeros") && reason.contains("floor = 1e-6"), "{reason}");
        let mut floored = values;
        OutputKind { floor: Some(1e-4), ..kind }.to_logits(&mut floored, 3, "`logits`").unwrap();
        assert!((floored[2] - 1e-4f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn what_is_not_of_the_declared_form_is_refused() {
        let of = |form| OutputKind { form, temperature: 1.0, floor: None };
        let said = |form, mut values: Vec<f64>| of(form).to_logits(&mut values, 3, "`logits`").unwrap_err();
        let sigmoid = vec![0.9, 0.8, 0.7, 0.1, 0.1, 0.1];
        assert!(said(OutputForm::Probabilities, sigmoid).contains("of sigmoids save the logits"));
        assert!(said(OutputForm::Probabilities, vec![1.1, -0.1, 0.0]).contains("at row 0 and class 1"));
        assert!(said(OutputForm::LogProbabilities, vec![2.0, 1.0, 0.0]).contains("are these logits?"));
    }
}
