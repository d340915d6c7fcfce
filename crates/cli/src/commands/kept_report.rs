//! What a report said, kept in its store, so that a `run` with nothing left to do need not make the report again.
//!
//! Measured on quickstart's suite with 1,764 runs, on a busy machine: such a `run` takes 0.95 s of processor time, and
//! 4.0 s where the report is made.

use std::fs::{self, DirEntry, Metadata};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use fractionate_records::Store;
use serde_json::{Value, json};

/// In the store's folder: the report's holds only what `report` writes, and is given away whole.
const FILE: &str = ".report-said.json";

/// What the report said, plain or with colours; nothing if what it was made of, it itself or the program is no longer
/// as it was.
pub(crate) fn kept(store: &Store, colour: bool) -> Option<String> {
    let text = fs::read_to_string(store.root().join(FILE)).ok()?;
    let kept: Value = serde_json::from_str(&text).ok()?;
    let is_same = kept["state"].as_str() == Some(&state(store)?);
    let said = if colour { &kept["coloured"] } else { &kept["plain"] };
    said.as_str().filter(|_| is_same).map(str::to_owned)
}

/// Keeps what a report said that has just been made. Where that fails it is made again next time.
pub(crate) fn keep(store: &Store, plain: &str, coloured: &str) {
    if let Some(state) = state(store) {
        let kept = json!({ "state": state, "plain": plain, "coloured": coloured });
        // The same name each time: what a killed process leaves is overwritten by the next.
        let temporary = store.root().join(".tmp-report-said.json");
        let written = fs::write(&temporary, kept.to_string());
        if written.and_then(|()| fs::rename(&temporary, store.root().join(FILE))).is_err() {
            let _ = fs::remove_file(&temporary);
        }
    }
}

/// Sizes and times of everything that a report is made of or consists of, and of the program.
fn state(store: &Store) -> Option<String> {
    let mut hasher = DefaultHasher::new();
    let root = store.root();
    // The report's text names its files by the path that was given.
    root.hash(&mut hasher);
    of_file(&fs::metadata(std::env::current_exe().ok()?).ok()?, &mut hasher);
    for name in ["manifest.json", "suite.toml", "imported.json"] {
        fs::metadata(root.join(name)).ok().map(|data| of_file(&data, &mut hasher)).hash(&mut hasher);
    }
    for folder in ["runs", "teacher", "report"] {
        of_folder(&root.join(folder), &mut hasher)?;
    }
    let index = fs::read_to_string(root.join("report/files.txt")).ok()?;
    let is_whole = index.lines().all(|name| root.join("report").join(name).exists());
    is_whole.then(|| format!("{:016x}", hasher.finish()))
}

/// Nothing of what is hidden: half-written folders and locks.
fn of_folder(folder: &Path, hasher: &mut DefaultHasher) -> Option<()> {
    let is_hidden = |entry: &DirEntry| entry.file_name().to_string_lossy().starts_with('.');
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).ok()?.flatten().filter(|entry| !is_hidden(entry)).map(|entry| entry.path()).collect();
    entries.sort_unstable();
    for path in entries {
        path.hash(hasher);
        let data = fs::metadata(&path).ok()?;
        if data.is_dir() {
            of_folder(&path, hasher)?;
        } else {
            of_file(&data, hasher);
        }
    }
    Some(())
}

fn of_file(data: &Metadata, hasher: &mut DefaultHasher) {
    (data.len(), data.modified().ok()).hash(hasher);
}
