//! What a store says that its suite declared, before the suite is run in it once more.

use fractionate_records::{DeclaredClaim, Store, StoreError};

use super::RunError;
use crate::plan::SweepPlan;
use crate::watch::Watch;

/// Says that the manifest is lost, if it is, and sets a damaged one aside: it is written again from the suite.
///
/// # Errors
/// If it is of a newer version or cannot be read, so that nothing is known of it.
pub(super) fn look_at_manifest(store: &Store, watch: &Watch) -> Result<(), RunError> {
    match store.manifest() {
        Ok(_) => {}
        Err(error @ StoreError::Damaged { .. }) => {
            set_aside(&error, "it is written again from the suite", store, watch)?;
        }
        Err(error) if error.is_damage() => {
            if !store.run_names().is_empty() {
                watch.say(format!(
                    "warning: {} has runs and no manifest.json, which is written again from the suite; claims of which it \
                     is not known that they were declared before these runs are marked as exploratory",
                    store.root().display()
                ));
            }
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// The suite's claims, each marked if it was first declared when the store held compared runs.
pub(super) fn declared_claims(
    plan: &SweepPlan<'_>,
    store: &Store,
    watch: &Watch,
) -> Result<Vec<DeclaredClaim>, RunError> {
    if let Err(error @ StoreError::Damaged { .. }) = store.declarations() {
        set_aside(&error, "when claims were declared is taken from manifest.json", store, watch)?;
    }
    let mut claims = plan.sweep().claims.clone();
    store.declare(&mut claims, plan.sweep().first().seeds.len())?;
    Ok(claims)
}

fn set_aside(error: &StoreError, then: &str, store: &Store, watch: &Watch) -> Result<(), RunError> {
    let StoreError::Damaged { path, .. } = error else { return Ok(()) };
    let aside = store.set_file_aside(path)?;
    watch.say(format!("warning: {error}; set aside as {}, and {then}", aside.display()));
    Ok(())
}
