//! A user's file as it lies on disk.

use std::fs;
use std::io;
use std::path::Path;

/// The whole of a file that a user named. An error completes "FILE ...".
///
/// # Errors
/// If it is not there, no regular file (a device may have no end), or not to be read.
pub fn read_user_file(path: &Path) -> Result<Vec<u8>, String> {
    let cannot = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => "is not there".to_owned(),
        _ => format!("cannot be read: {error}"),
    };
    if !fs::metadata(path).map_err(cannot)?.is_file() {
        return Err("cannot be read: it is not a regular file".to_owned());
    }
    fs::read(path).map_err(cannot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_a_device_and_nothing_are_refused_at_once() {
        for (path, words) in [("/dev/zero", "regular file"), (".", "regular file"), ("/nowhere", "not there")] {
            let reason = read_user_file(Path::new(path)).unwrap_err();
            assert!(reason.contains(words), "{path}: {reason}");
        }
    }
}
