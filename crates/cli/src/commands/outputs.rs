//! Files that a command is to write are none that it reads.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Refuses to write over a suite's own inputs, by whatever path they are named.
pub(crate) fn check_outputs(outputs: &[PathBuf], inputs: &[&Path]) -> Result<(), Failure> {
    let place = |path: &Path| fs::metadata(path).ok().map(|found| (found.dev(), found.ino()));
    for output in outputs {
        let there = place(output);
        if let Some(input) = inputs.iter().find(|input| there.is_some() && place(input) == there) {
            return Err(Failure::WrongUse(format!(
                "error: --out would overwrite {}, which the suite is made from: give another name",
                input.display()
            )));
        }
    }
    Ok(())
}

/// Refuses to write over what a store keeps: its runs, teachers and labels.
pub(crate) fn check_outside_store(outputs: &[PathBuf], store: &Path) -> Result<(), Failure> {
    let Ok(store) = store.canonicalize() else { return Ok(()) };
    for output in outputs {
        let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let Ok(folder) = folder.canonicalize() else { continue };
        let is_labels = output.file_name().is_some_and(|name| name.to_string_lossy().starts_with("labels-"));
        if folder.starts_with(&store) && (folder != store || is_labels) {
            return Err(Failure::WrongUse(format!(
                "error: --out {} lies among the results that the targets are made from: give another folder",
                output.display()
            )));
        }
    }
    Ok(())
}
