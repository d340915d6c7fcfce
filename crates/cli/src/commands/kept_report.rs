//! What a report said, kept in its store, so that a `run` with nothing left to do need not make the report again, nor
//! read every byte of every run again.

use std::collections::HashSet;
use std::fs::{self, DirEntry, Metadata};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use fractionate_ablation::SweepPlan;
use fractionate_records::{Manifest, RunId, Store};
use rayon::prelude::*;
use serde_json::{Value, json};

/// In the store's folder: the report's holds only what `report` writes, and is given away whole.
const FILE: &str = ".report-said.json";

/// What a report said, while everything that it was made of is as it was.
pub(crate) struct Kept {
    plain: String,
    coloured: String,
    /// How many runs there are, where the run that made the report left nothing to do and nothing failed.
    settled: Option<usize>,
}

impl Kept {
    /// What the report said, plain or with colours.
    pub(crate) fn said(&self, colour: bool) -> &str {
        if colour { &self.coloured } else { &self.plain }
    }

    /// How many runs a suite has in this store, if all are there as planned and nothing is left to do or to look at again.
    pub(crate) fn all_done(&self, plan: &SweepPlan<'_>, store: &Store) -> Option<usize> {
        let is_settled = |plan: &SweepPlan<'_>| {
            let suite = store.folder().read("suite.toml").ok()?;
            (suite == plan.sweep().to_toml().as_bytes() && !store.has_unfinished()).then_some(())?;
            let there = store.manifest().ok()?;
            let choices: Vec<_> = there.configurations.iter().map(|found| found.choices.clone()).collect();
            (choices.len() == plan.configurations.len()).then_some(())?;
            let mut planned = plan.manifest(&choices);
            planned.claims.clone_from(&there.claims);
            let same_claims = planned.claims.len() == plan.sweep().claims.len();
            (same_claims && planned == there).then_some(())
        };
        let runs = self.settled?;
        // Files of the user's may have changed since.
        let own = plan.sweep().configurations.iter().all(|found| found.suite.input_files().is_empty());
        own.then(|| is_settled(plan)).flatten().map(|()| runs)
    }
}

/// What the report said; nothing if what it was made of, it itself or the program is no longer as it was.
pub(crate) fn kept(store: &Store) -> Option<Kept> {
    let kept: Value = serde_json::from_slice(&store.folder().read(FILE).ok()?).ok()?;
    let (plain, coloured) = (kept["plain"].as_str()?.to_owned(), kept["coloured"].as_str()?.to_owned());
    let settled = kept["settled"].as_u64().map(|runs| runs as usize);
    let is_whole = kept["checksum"].as_str() == Some(&checksum(&plain, &coloured, settled));
    let is_same = kept["state"].as_str() == Some(&state(store)?);
    (is_whole && is_same).then_some(Kept { plain, coloured, settled })
}

/// The runs of a store's suite, every byte of which was checked when nothing but this report was made of them.
pub(crate) fn checked_runs(store: &Store) -> HashSet<RunId> {
    store.manifest().iter().flat_map(Manifest::runs).map(|run| run.id.clone()).collect()
}

/// Keeps what a report said that has just been made, and how many runs there are if nothing is left to do and nothing
/// failed. Where that fails it is made again next time.
pub(crate) fn keep(store: &Store, plain: &str, coloured: &str, settled: Option<usize>) {
    if let Some(state) = state(store) {
        let checksum = checksum(plain, coloured, settled);
        let kept = json!({
            "state": state, "checksum": checksum, "plain": plain, "coloured": coloured, "settled": settled,
        });
        let _ = store.folder().write_unsynced(FILE, kept.to_string().as_bytes());
    }
}

fn checksum(plain: &str, coloured: &str, settled: Option<usize>) -> String {
    let mut hasher = DefaultHasher::new();
    (plain, coloured, settled).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Hash of the sizes and times of everything that a report is made of or consists of, and of the program.
fn state(store: &Store) -> Option<String> {
    let mut hasher = DefaultHasher::new();
    let root = store.root();
    // The report's text names its files by the path that was given.
    root.hash(&mut hasher);
    of_file(&fs::metadata(std::env::current_exe().ok()?).ok()?, &mut hasher);
    for entry in store.folder().entries("").ok()?.iter().filter(|entry| !entry.text().starts_with('.')) {
        let data = fs::symlink_metadata(root.join(&entry.name)).ok()?;
        if !data.is_dir() {
            entry.name.hash(&mut hasher);
            of_file(&data, &mut hasher);
        }
    }
    for folder in ["runs", "teacher", "report"] {
        of_folder(&root.join(folder), &mut hasher)?;
    }
    let index = String::from_utf8(store.folder().read("report/files.txt").ok()?).ok()?;
    let is_whole = index.lines().all(|name| store.folder().has_file(Path::new("report").join(name)));
    is_whole.then(|| format!("{:016x}", hasher.finish()))
}

/// Nothing of what is hidden: half-written folders and locks.
fn of_folder(folder: &Path, hasher: &mut DefaultHasher) -> Option<()> {
    let is_hidden = |entry: &DirEntry| entry.file_name().to_string_lossy().starts_with('.');
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).ok()?.flatten().filter(|entry| !is_hidden(entry)).map(|entry| entry.path()).collect();
    entries.sort_unstable();
    // Side by side: a suite has thousands of runs.
    let hashes: Vec<u64> = entries.par_iter().map(|path| of_entry(path)).collect::<Option<_>>()?;
    (entries, hashes).hash(hasher);
    Some(())
}

fn of_entry(path: &Path) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    let data = fs::symlink_metadata(path).ok()?;
    if data.is_dir() {
        of_folder(path, &mut hasher)?;
    } else {
        of_file(&data, &mut hasher);
    }
    Some(hasher.finish())
}

fn of_file(data: &Metadata, hasher: &mut DefaultHasher) {
    // No program sets the time of the last change of a file's state (ctime).
    (data.len(), data.modified().ok(), data.ctime(), data.ctime_nsec()).hash(hasher);
}
