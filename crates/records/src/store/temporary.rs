//! The names of what is half-written.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const TEMPORARY: &str = ".tmp-";

/// How many random letters and digits a temporary name has.
const RANDOM: usize = 6;

/// Temporary names are recognised by their prefix. tempfile would keep them from other users; results are for all.
pub(crate) fn temporary_builder(mode: u32) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY).rand_bytes(RANDOM);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    builder
}

/// Whether a name is one that [`temporary_builder`] gives; a user's own `.tmp-notes` is not.
pub(crate) fn is_temporary(name: &str) -> bool {
    let random = name.strip_prefix(TEMPORARY);
    random.is_some_and(|random| random.len() == RANDOM && random.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Files that a stopped process left unfinished in a folder.
pub(crate) fn temporaries_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let unfinished = entries.filter(|entry| is_temporary(&entry.file_name().to_string_lossy()));
    unfinished.map(|entry| entry.path()).filter(|path| path.is_file()).collect()
}

/// A folder under a temporary name, gone when dropped.
pub(crate) fn temporary_folder(parent: &Path) -> io::Result<tempfile::TempDir> {
    temporary_builder(0o755).tempdir_in(parent)
}
