//! Compares two runs: their configurations, circumstances and hashes.

use fractionate_records::{Provenance, RunId, RunRecord, Store, StoreError};

use crate::model::run_difference::{ComparedRun, RunDifference};
use crate::source::configuration::{differences, leaves_of};

/// Reads two runs, each in its store, and compares them.
///
/// # Errors
/// If one of them cannot be read.
pub fn run_difference(first: (&Store, &RunId), other: (&Store, &RunId)) -> Result<RunDifference, StoreError> {
    let read = |(store, id): (&Store, &RunId)| Ok::<_, StoreError>((store.record(id)?, store.provenance(id).ok()));
    let ((first, first_from), (other, other_from)) = (read(first)?, read(other)?);
    let teacher = first.teacher_logits.as_ref().zip(other.teacher_logits.as_ref());
    Ok(RunDifference {
        configuration: differences(&leaves_of(&first.config, ""), &leaves_of(&other.config, "")),
        provenance: match (&first_from, &other_from) {
            (Some(first), Some(other)) => differences(&circumstances(first), &circumstances(other)),
            _ => Vec::new(),
        },
        same_initial_weights: first.initial_weights == other.initial_weights,
        same_batch_order: first.batch_order == other.batch_order,
        same_teacher: teacher.map(|(first, other)| first == other),
        same_id_other_numbers: first.id == other.id && first != other,
        first: ComparedRun::of(&first),
        other: ComparedRun::of(&other),
    })
}

impl ComparedRun {
    fn of(record: &RunRecord) -> Self {
        Self {
            id: record.id.to_string(),
            arm: record.config.arm.clone(),
            seed: record.config.seed.0,
            outcome: record.outcome.clone(),
        }
    }
}

/// What may differ between machines, without times.
fn circumstances(provenance: &Provenance) -> std::collections::BTreeMap<String, String> {
    let Provenance { version, device, cpu_capability, .. } = provenance;
    let pairs = [("version", version), ("device", device), ("cpu_capability", cpu_capability)];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value.clone())).collect()
}
