//! `result.json`: the last thing that a program writes.

use std::path::Path;

use fractionate_records::OwnFolder;
use serde::Deserialize;

use crate::cell_file::CELL_FORMAT;

/// The name of the file.
pub(crate) const RESULT: &str = "result.json";

/// What a program says of a run: `result.json`. Further keys are the program's own.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ResultFile {
    /// [`CELL_FORMAT`].
    pub format: u32,
    /// The run's name, as in `cell.json`.
    pub cell: String,
    /// A hash of the initial weights: equal for runs that start from the same.
    pub initial_weights: Option<String>,
    /// A hash of the batch order: equal for runs that see the same batches.
    pub batch_order: Option<String>,
    /// The epoch (from 1) whose student the logits are of; without it the last.
    pub epoch: Option<usize>,
    /// Where the training stopped giving numbers; then there are no logits.
    pub diverged: Option<Diverged>,
    /// Mean negative log-likelihood on the validation examples, in nats, where predictions are given in place of logits.
    pub validation_nll: Option<f64>,
    /// The same on the test examples.
    pub test_nll: Option<f64>,
}

/// Where a training stopped giving numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Diverged {
    /// From 1.
    pub epoch: usize,
    /// Within the epoch, from 1; 1 where the program does not count steps.
    pub step: Option<usize>,
}

/// Longer texts are no hashes.
const LONGEST_HASH: usize = 128;

impl ResultFile {
    /// Reads what a program wrote for a run of so many epochs; `None` if it wrote none.
    ///
    /// # Errors
    /// What is wrong with the file, in a sentence.
    pub(crate) fn read(store: &OwnFolder, cell: &Path, id: &str, epochs: usize) -> Result<Option<Self>, String> {
        let name = cell.join(RESULT);
        if store.kind(&name).is_none() {
            return Ok(None);
        }
        let bytes = store.read(&name).map_err(|error| error.to_string())?;
        let read: Self = serde_json::from_slice(&bytes)
            .map_err(|error| format!("{RESULT} is not what a program writes at its end: {error}"))?;
        read.check(id, epochs).map_or(Ok(Some(read)), Err)
    }

    /// What is wrong with it.
    fn check(&self, id: &str, epochs: usize) -> Option<String> {
        if self.format != CELL_FORMAT {
            return Some(format!("{RESULT} has format {}, and this version reads format {CELL_FORMAT}", self.format));
        }
        if self.cell != id {
            return Some(format!("{RESULT} is of the cell {:?}, and this cell is {id}", self.cell));
        }
        for (key, hash) in [("initial_weights", &self.initial_weights), ("batch_order", &self.batch_order)] {
            let is_hash = |text: &String| {
                !text.is_empty() && text.len() <= LONGEST_HASH && text.bytes().all(|byte| byte.is_ascii_graphic())
            };
            if hash.as_ref().is_some_and(|text| !is_hash(text)) {
                return Some(format!(
                    "`{key}` of {RESULT} is no hash: 1 to {LONGEST_HASH} printable characters without spaces"
                ));
            }
        }
        let epoch = self.epoch.or(self.diverged.map(|diverged| diverged.epoch));
        epoch
            .filter(|epoch| !(1..=epochs).contains(epoch))
            .map(|epoch| format!("{RESULT} speaks of epoch {epoch}, and the run has the epochs 1 to {epochs}"))
    }
}
