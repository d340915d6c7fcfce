//! What a report said, kept in its store, so that a `run` with nothing left to do need not make the report again, nor
//! read every byte of every run again.

use std::collections::HashSet;
use std::fs::{self, DirEntry, Metadata};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use fractionate_records::{Manifest, RunId, Store};
use rayon::prelude::*;
use serde_json::{Value, json};

/// In the store's folder: the report's holds only what `report` writes, and is given away whole.
const FILE: &str = ".report-said.json";

/// What the report said, plain or with colours; nothing if what it was made of, it itself or the program is no longer
/// as it was.
pub(crate) fn kept(store: &Store, colour: bool) -> Option<String> {
    let kept: Value = serde_json::from_slice(&store.folder().read(FILE).ok()?).ok()?;
    let (plain, coloured) = (kept["plain"].as_str()?, kept["coloured"].as_str()?);
    let is_whole = kept["checksum"].as_str() == Some(&checksum(plain, coloured));
    let is_same = kept["state"].as_str() == Some(&state(store)?);
    (is_whole && is_same).then(|| if colour { coloured } else { plain }.to_owned())
}

/// The runs of a store's suite if nothing has changed since `run` checked every byte of them.
pub(crate) fn checked_runs(store: &Store) -> HashSet<RunId> {
    let manifest = kept(store, false).and_then(|_| store.manifest().ok());
    manifest.iter().flat_map(Manifest::runs).map(|run| run.id.clone()).collect()
}

/// Keeps what a report said that has just been made. Where that fails it is made again next time.
pub(crate) fn keep(store: &Store, plain: &str, coloured: &str) {
    if let Some(state) = state(store) {
        let kept = json!({
            "state": state, "checksum": checksum(plain, coloured), "plain": plain, "coloured": coloured,
        });
        let _ = store.folder().write_unsynced(FILE, kept.to_string().as_bytes());
    }
}

fn checksum(plain: &str, coloured: &str) -> String {
    let mut hasher = DefaultHasher::new();
    (plain, coloured).hash(&mut hasher);
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
