//! Runs that cannot be read or that contradict the manifest, with their sentences.

use std::collections::BTreeMap;
use std::path::Path;

use fractionate_records::{Imported, Role, RunId, Store, StoreError, StoreProblem, is_temporary};
use serde::Serialize;

use crate::numbers;
use crate::source::declared::DeclaredRun;
use crate::source::run::Run;

/// A run that is there but cannot be read or used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnreadableRun {
    /// Its name in the store.
    pub id: String,
    /// What is wrong, in one sentence.
    pub reason: String,
}

/// A problem of the store in one sentence, with paths as seen from the store.
pub fn unreadable(problem: &StoreProblem) -> UnreadableRun {
    let id = problem.folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let record = format!("runs/{id}/record.json");
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let again = "run the suite again: it is set aside and repeated";
    let reason = match &problem.error {
        StoreError::Io { source, path, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            format!("runs/{id} is half a run, without {}; {again}.", name(path))
        }
        StoreError::Io { source, path, .. } => format!("runs/{id}/{} cannot be read: {source}.", name(path)),
        StoreError::Damaged { reason, path } => format!("runs/{id}/{} is damaged ({reason}); {again}.", name(path)),
        StoreError::Newer { found, .. } => {
            let known = fractionate_records::FORMAT_VERSION;
            format!(
                "{record} has format {found}, and this version reads formats up to {known}: use a newer fractionate."
            )
        }
        other => format!("{record} cannot be read: {other}."),
    };
    UnreadableRun { id, reason }
}

/// Predictions of an import that cannot be read.
pub fn unreadable_predictions(imported: &Imported, error: &StoreError) -> UnreadableRun {
    let name = imported.right.clone().unwrap_or_default();
    let why = match error {
        StoreError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => "is not there".to_owned(),
        StoreError::Io { source, .. } => format!("cannot be read: {source}"),
        StoreError::Damaged { reason, .. } => format!("is damaged ({reason})"),
        other => format!("cannot be read: {other}"),
    };
    let reason = format!("{name} {why}, so that there are no intervals over test examples; import the table again.");
    UnreadableRun { id: name, reason }
}

/// Planned runs, by their place in the configuration, that contradict their record or another planned run.
pub fn contradictions<'a>(
    runs: &[DeclaredRun],
    record: impl Fn(&RunId) -> Option<&'a Run>,
) -> Vec<(usize, UnreadableRun)> {
    let mut found = Vec::new();
    let mut cells: BTreeMap<(Role, &str, u64), Vec<usize>> = BTreeMap::new();
    for (place, run) in runs.iter().enumerate() {
        let config = record(&run.id).and_then(|record| record.config.as_ref());
        if let Some(config) = config.filter(|config| config.arm != run.arm || config.seed != run.seed) {
            let reason = format!(
                "runs/{} is `{}` at seed {} by its record and `{}` at seed {} by manifest.json: it is left out.",
                run.id, config.arm, config.seed, run.arm, run.seed
            );
            found.push((place, UnreadableRun { id: run.id.to_string(), reason }));
        } else if matches!(run.role, Role::Tuned | Role::Fixed) {
            cells.entry((run.role, &run.arm, run.seed.0)).or_default().push(place);
        }
    }
    for ((role, arm, seed), places) in cells {
        let ids: Vec<String> = places.iter().map(|&place| runs[place].id.to_string()).collect();
        if ids.iter().all(|id| *id == ids[0]) {
            continue;
        }
        let reason = format!(
            "`{arm}` at seed {seed} ({}) is {} different runs by manifest.json, {}: none of them counts.",
            role.name(),
            ids.len(),
            numbers::list(&ids)
        );
        found.extend(places.iter().map(|&place| (place, UnreadableRun { id: ids[0].clone(), reason: reason.clone() })));
    }
    found
}

/// Folders under a temporary name, left by a stopped process.
pub fn unfinished_folders(store: &Store) -> usize {
    let entries = store.folder().entries("runs").unwrap_or_default();
    entries.iter().filter(|entry| is_temporary(entry.text())).count()
}
