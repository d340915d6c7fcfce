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
        for sentence in damage(store)? {
            say(&format!("error: left out: {sentence}"));
            failed = true;
        }
    }
    Ok(u8::from(failed))
}

/// What of a store is there and cannot be read, in sentences.
fn damage(store: &Store) -> Result<BTreeSet<String>, StoreError> {
    let manifest = store.manifest()?;
    // Teachers are compared too.
    let teachers = manifest.configurations.iter().filter_map(|of| of.teacher.as_ref());
    let absent = teachers.filter(|key| !store.has_teacher(key)).map(|key| store.teacher_folder(key));
    let absent = absent.map(|folder| format!("{} is not there", folder.display()));
    let files = manifest
        .configurations
        .iter()
        .flat_map(|of| store.damaged_inputs(of.teacher.as_ref(), false, &of.data, of.runs.iter().map(|run| &run.id)));
    let files = files.map(|file| format!("{} is damaged: {}", store.root().join(file.path).display(), file.reason));
    Ok(absent
        .chain(files)
        .chain(store.scan(&manifest).problems.into_iter().map(|problem| problem.error.to_string()))
        .collect())
}
