//! Where a cohort's checkpoint lies, and what becomes of a damaged one.

use fractionate_records::{Store, StoreError};
use fractionate_training::{CODE_FORMAT, Checkpoints};

use crate::plan::RunPlan;
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

/// Opens a checkpoint by its key; a damaged one is set aside, and said to be.
pub(crate) fn open_checkpoints(
    key: &str,
    what: &str,
    every: f64,
    store: &Store,
    watch: &Watch,
) -> Result<Checkpoints, StoreError> {
    let path = store.checkpoint_file(key);
    let checkpoints = match Checkpoints::open(&path, key, every) {
        Err(error @ StoreError::Damaged { .. }) => {
            let aside = store.set_checkpoint_aside(key)?;
            watch.say(format!("{error}; set aside as {}, and {what} begins anew", aside.display()));
            Checkpoints::open(&path, key, every)?
        }
        opened => opened?,
    };
    if let Some(epoch) = checkpoints.saved_in_epoch() {
        watch.say(format!("{what}: goes on in epoch {epoch}"));
    }
    Ok(checkpoints)
}
