//! What of a run's record cannot be true together.

use crate::{EpochRow, Outcome, Predictions, RunRecord, Scores, SplitLabels};

impl RunRecord {
    /// What no run can have scored, or what one part of the record says and another denies, to stand after `it has` or
    /// the run's name and `has`.
    pub fn contradiction(&self) -> Option<String> {
        let Outcome::Finished { epoch, validation, test } = self.outcome else { return None };
        let scores = [("validation", Some(validation)), ("test", test)];
        let of_row = |row: &EpochRow| [("validation", row.validation), ("test", row.test)];
        if let Some(words) = scores.into_iter().find_map(impossible) {
            return Some(words);
        }
        if let Some((row, words)) =
            self.curve.iter().find_map(|row| Some((row, of_row(row).into_iter().find_map(impossible)?)))
        {
            return Some(format!("{words}, after epoch {}", row.epoch));
        }
        let epochs = self.config.training.epochs;
        if !(1..=epochs).contains(&epoch) {
            return Some(format!("scores of epoch {epoch}, and was trained for {epochs}"));
        }
        let row = self.curve.iter().find(|row| row.epoch == epoch)?;
        scores.into_iter().zip(of_row(row)).find_map(|((split, stated), (_, of_curve))| {
            let (stated, of_curve) = (stated?, of_curve?);
            (stated != of_curve).then(|| {
                format!(
                    "a {split} accuracy of {} and an NLL of {}, where its own curve has {} and {} after epoch {epoch}",
                    stated.accuracy, stated.nll, of_curve.accuracy, of_curve.nll
                )
            })
        })
    }

    /// What the predictions, held against the labels, deny of the scores, in the same words as
    /// [`RunRecord::contradiction`].
    pub fn contradiction_of_predictions(&self, predictions: &Predictions, labels: &SplitLabels) -> Option<String> {
        let Outcome::Finished { validation, test, .. } = self.outcome else { return None };
        let denied = |split: &str, scores: Scores, predicted: &[u16], labels: &[u16]| {
            if predicted.len() != labels.len() {
                return Some(format!("{} {split} predictions for {} examples", predicted.len(), labels.len()));
            }
            let right = predicted.iter().zip(labels).filter(|(predicted, label)| predicted == label).count();
            let stated = scores.accuracy * labels.len() as f64;
            ((stated - right as f64).abs() > 0.5 + 1e-6).then(|| {
                format!(
                    "a {split} accuracy of {}, where {right} of {} predictions are right",
                    scores.accuracy,
                    labels.len()
                )
            })
        };
        let of_test = || match (test, &predictions.test) {
            (Some(scores), Some(predicted)) => denied("test", scores, predicted, &labels.test),
            (Some(_), None) => Some("test scores without test predictions".to_owned()),
            (None, _) => None,
        };
        denied("validation", validation, &predictions.validation, &labels.validation).or_else(of_test)
    }
}

/// What no run can have scored.
fn impossible((split, scores): (&str, Option<Scores>)) -> Option<String> {
    let Scores { accuracy, nll } = scores?;
    if !(0.0..=1.0).contains(&accuracy) {
        return Some(format!("a {split} accuracy of {accuracy}, which is not a share"));
    }
    (nll.is_nan() || nll < 0.0).then(|| format!("a {split} NLL of {nll}, which is below 0"))
}
