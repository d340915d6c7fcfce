//! Paths are text: they stand in JSON, in scripts and on pages.

use std::ffi::OsStr;
use std::path::Path;

use crate::failure::Failure;

/// Refuses arguments, the current folder and environment variables of ours that are not UTF-8, before anything is
/// touched.
pub(crate) fn check_that_paths_are_text() -> Result<(), Failure> {
    for argument in std::env::args_os().skip(1) {
        check("the argument", &argument, "rename the file or folder")?;
    }
    if let Some(value) = std::env::var_os("FRACTIONATE_DATA") {
        check("the value of FRACTIONATE_DATA", &value, "rename the folder")?;
    }
    match std::env::current_dir() {
        Ok(folder) => check("the current folder's name", folder.as_os_str(), "rename it, or work in another one"),
        // It may be gone, which matters only to relative paths.
        Err(_) => Ok(()),
    }
}

fn check(what: &str, text: &OsStr, cure: &str) -> Result<(), Failure> {
    if text.to_str().is_some() {
        return Ok(());
    }
    let shown = Path::new(text).display();
    Err(Failure::WrongUse(format!("error: {what} `{shown}` is not UTF-8, which every path must be: {cure}")))
}
