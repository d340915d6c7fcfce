//! Whether a store has changed.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

/// A number that changes when runs or teachers come or go, or when what was declared changes. Half-written folders are
/// not there yet.
pub(super) fn state(root: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    for name in ["manifest.json", "imported.json", "suite.toml"] {
        let found = fs::metadata(root.join(name)).ok();
        found.map(|data| (data.len(), data.modified().ok())).hash(&mut hasher);
    }
    for folder in ["runs", "teacher"] {
        let entries = fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name()).filter(|name| !name.to_string_lossy().starts_with('.'));
        names.collect::<BTreeSet<_>>().hash(&mut hasher);
    }
    hasher.finish()
}
