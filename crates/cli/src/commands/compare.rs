//! `fractionate compare`: suites compared.

use std::collections::BTreeSet;

use fractionate_records::{Store, StoreError};
use fractionate_reporting::compare as compare_with_first;

use crate::arguments::CompareArguments;
use crate::failure::Failure;
use crate::terminal::{print, say};

pub(crate) fn compare(arguments: &CompareArguments) -> Result<u8, Failure> {
    let stores: Vec<Store> = arguments.folders.iter().map(|folder| Store::open(folder)).collect::<Result<_, _>>()?;
    let compared = compare_with_first(&stores)?;
    print(&if arguments.json {
        let text = serde_json::to_string_pretty(&compared)
            .map_err(|error| Failure::Failed(format!("error: the comparison cannot be written as JSON: {error}")))?;
        format!("{text}\n")
    } else {
        compared.iter().map(|comparison| comparison.terminal()).collect::<Vec<_>>().join("\n")
    })?;
    let mut failed = false;
    for store in stores.iter().filter(|store| !store.is_imported()) {
        for error in damage(store)? {
            say(&format!("error: left out: {error}"));
            failed = true;
        }
    }
    Ok(u8::from(failed))
}

/// Runs and teachers of a store that are there and cannot be read.
fn damage(store: &Store) -> Result<Vec<StoreError>, StoreError> {
    let manifest = store.manifest()?;
    let keys: BTreeSet<_> = manifest.configurations.iter().filter_map(|of| of.teacher.as_ref()).collect();
    let teachers = keys.into_iter().filter_map(|key| store.teacher(key).err());
    let damaged = teachers.filter(|error| matches!(error, StoreError::Damaged { .. }));
    Ok(damaged.chain(store.scan(&manifest).problems.into_iter().map(|problem| problem.error)).collect())
}
