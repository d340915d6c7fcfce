//! Where a cohort's checkpoint lies, and what becomes of a damaged one.

use fractionate_records::{Store, StoreError};

use crate::CODE_FORMAT;
use crate::plan::RunPlan;
use crate::trainer::{CheckpointFile, Trainer};
use crate::watch::Watch;

/// The name of a cohort's checkpoint: a hash of all that its numbers and its recorded diagnostics depend on.
/// `teachers` are the hashes of the logits, run by run.
pub(super) fn cohort_key(runs: &[RunPlan], teachers: &[Option<String>]) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("fractionate checkpoint of a cohort");
    // Which tensors there are is the code's affair.
    let mut add = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    add(env!("CARGO_PKG_VERSION"));
    add(&CODE_FORMAT.to_string());
    for (run, teacher) in runs.iter().zip(teachers) {
        add(run.id.as_str());
        add(teacher.as_deref().unwrap_or_default());
        add(&format!("{:?}", run.diagnostics));
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// A training's checkpoint by its key; a damaged one is set aside, and said to be.
pub(crate) fn open_checkpoint(
    key: &str,
    what: &str,
    every: f64,
    store: &Store,
    trainer: &dyn Trainer,
    watch: &Watch,
) -> Result<CheckpointFile, StoreError> {
    let checkpoint = CheckpointFile { path: store.checkpoint_file(key), key: key.to_owned(), every };
    match trainer.saved_epoch(&checkpoint) {
        Ok(Some(epoch)) => watch.say(format!("{what}: goes on in epoch {epoch}")),
        Ok(None) => {}
        Err(error @ StoreError::Damaged { .. }) => {
            let aside = store.set_checkpoint_aside(key)?;
            watch.say(format!("{error}; set aside as {}, and {what} starts again", aside.display()));
        }
        Err(error) => return Err(error),
    }
    Ok(checkpoint)
}
