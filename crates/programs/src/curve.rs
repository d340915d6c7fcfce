//! `metrics.jsonl`: what a program said of its epochs.

use std::collections::BTreeMap;

use fractionate_records::{EpochRow, Scores};
use serde_json::Value;

/// The learning curve: a row for each epoch of which the lines have an accuracy and a likelihood, and the `last` one, whose
/// scores are those of the logits. The last line of an epoch counts; others, and what is no such line, are the program's
/// own.
pub(crate) fn curve(lines: &[u8], last: EpochRow) -> Vec<EpochRow> {
    let mut rows = BTreeMap::new();
    for line in String::from_utf8_lossy(lines).lines() {
        let Ok(line) = serde_json::from_str::<Value>(line) else { continue };
        let Some(epoch) = line["epoch"].as_u64().map(|epoch| epoch as usize) else { continue };
        let (validation, test) = (scores(&line, "validation"), scores(&line, "test"));
        if (1..last.epoch).contains(&epoch) && (validation.is_some() || test.is_some()) {
            rows.insert(epoch, EpochRow { epoch, train: None, validation, test });
        }
    }
    rows.into_values().chain([last]).collect()
}

/// Scores that a run can have.
fn scores(line: &Value, split: &str) -> Option<Scores> {
    let number = |what: &str| line[format!("{split}_{what}")].as_f64();
    let (accuracy, nll) = (number("accuracy")?, number("nll")?);
    ((0.0..=1.0).contains(&accuracy) && nll >= 0.0).then_some(Scores { accuracy, nll })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_those_of_the_lines_with_scores_and_the_last_is_that_of_the_logits() {
        let last = Scores { accuracy: 0.9, nll: 0.3 };
        let last = EpochRow { epoch: 3, train: None, validation: Some(last), test: None };
        let lines = b"{\"epoch\": 1, \"validation_accuracy\": 0.5, \"validation_nll\": 1.5}\nno line\n{\"epoch\": 2, \"train_loss\": 3}\n\
            {\"epoch\": 2, \"validation_accuracy\": 7, \"validation_nll\": 1.5}\n{\"epoch\": 3, \"validation_accuracy\": 0.1, \"validation_nll\": 9}";
        let found = curve(lines, last);
        assert_eq!(found.iter().map(|row| row.epoch).collect::<Vec<_>>(), [1, 3]);
        assert_eq!((found[0].validation.unwrap().nll, found[1]), (1.5, last));
    }
}
