//! From the logits (or predictions) that a program wrote to scores.

use std::path::Path;

use fractionate_ablation::score;
use fractionate_data::{Array, Numbers, read_npy};
use fractionate_records::{OwnFolder, Scores};
use fractionate_statistics::argmax;

/// What a program gave for one split.
#[derive(Debug)]
pub(crate) struct SplitResult {
    pub(crate) scores: Scores,
    pub(crate) predictions: Vec<u16>,
    /// Examples x classes, row by row; absent where the program gave predictions alone.
    pub(crate) logits: Option<Vec<f32>>,
}

/// A split as files name it, and its labels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Labelled<'a> {
    /// `validation`, `test`.
    pub(crate) split: &'static str,
    pub(crate) labels: &'a [u16],
    pub(crate) classes: usize,
    /// What `result.json` says of the likelihood, which predictions do not tell.
    pub(crate) nll: Option<f64>,
}

impl Labelled<'_> {
    /// Reads and checks `SPLIT_logits.npy` or `SPLIT_predictions.npy` of a cell.
    ///
    /// # Errors
    /// What is missing or wrong, in a sentence.
    pub(crate) fn read(self, store: &OwnFolder, cell: &Path) -> Result<SplitResult, String> {
        let (logits, predictions) = (format!("{}_logits.npy", self.split), format!("{}_predictions.npy", self.split));
        if store.kind(cell.join(&logits)).is_some() {
            let array = self.array(store, cell, &logits, self.classes)?;
            return self.of_logits(&logits, array);
        }
        if store.kind(cell.join(&predictions)).is_some() {
            let array = self.array(store, cell, &predictions, 1)?;
            return self.of_predictions(&predictions, array);
        }
        Err(format!("it wrote neither {logits} nor {predictions}"))
    }

    /// An array with a row of `width` numbers for each example. Its length is looked at before it is read.
    fn array(self, store: &OwnFolder, cell: &Path, name: &str, width: usize) -> Result<Array, String> {
        let bytes = store.length(cell.join(name)).map_err(|error| error.to_string())?;
        let (rows, most) = (self.labels.len(), (self.labels.len() * width * 8 + (1 << 16)) as u64);
        let wanted = if width == 1 { format!("[{rows}]") } else { format!("[{rows}, {width}]") };
        if bytes > most {
            return Err(format!("{name} has {bytes} bytes, and an array of shape {wanted} has at most {most}"));
        }
        let bytes = store.read(cell.join(name)).map_err(|error| error.to_string())?;
        let array = read_npy(&bytes).map_err(|error| format!("{name} {error}"))?;
        let is_wanted = match array.shape[..] {
            [found] => width == 1 && found == rows,
            [found, columns] => (found, columns) == (rows, width),
            _ => false,
        };
        if is_wanted {
            return Ok(array);
        }
        Err(format!(
            "{name} has the shape {:?}, and {wanted} is wanted: a row for each {} example",
            array.shape, self.split
        ))
    }

    fn of_logits(self, name: &str, array: Array) -> Result<SplitResult, String> {
        let logits: Vec<f32> = match array.numbers {
            Numbers::Float32(values) => values,
            Numbers::Float64(values) => values.into_iter().map(|value| value as f32).collect(),
            other => return Err(format!("{name} holds {}, and floating-point numbers are wanted", other.kind())),
        };
        if let Some(at) = logits.iter().position(|z| !z.is_finite()) {
            let (row, column) = (at / self.classes, at % self.classes);
            return Err(format!(
                "{name} holds {} in row {row}, column {column}: a program whose training diverged says so in result.json, \
                 \"diverged\": {{\"epoch\": N}}",
                logits[at]
            ));
        }
        let scores = score(&logits, self.labels, self.classes);
        let predictions = logits.chunks_exact(self.classes).map(|row| argmax(row) as u16).collect();
        Ok(SplitResult { scores, predictions, logits: Some(logits) })
    }

    fn of_predictions(self, name: &str, array: Array) -> Result<SplitResult, String> {
        let whole: Vec<i64> = match array.numbers {
            Numbers::Bytes(values) => values.into_iter().map(i64::from).collect(),
            Numbers::Integers(values) => values,
            other => return Err(format!("{name} holds {}, and classes (whole numbers) are wanted", other.kind())),
        };
        let class = |&class: &i64| u16::try_from(class).ok().filter(|class| usize::from(*class) < self.classes);
        if let Some(row) = whole.iter().position(|value| class(value).is_none()) {
            let last = self.classes - 1;
            return Err(format!("{name} predicts class {} in row {row}: the classes are 0 to {last}", whole[row]));
        }
        let key = format!("{}_nll", self.split);
        let nll = self.nll.filter(|nll| *nll >= 0.0).ok_or_else(|| {
            format!("{name} stands in place of logits, and so result.json needs `{key}`: at least 0, in nats")
        })?;
        let predictions: Vec<u16> = whole.iter().filter_map(class).collect();
        let right = predictions.iter().zip(self.labels).filter(|(predicted, label)| predicted == label).count();
        let scores = Scores { accuracy: right as f64 / self.labels.len() as f64, nll };
        Ok(SplitResult { scores, predictions, logits: None })
    }
}
