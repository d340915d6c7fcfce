//! A user's file as it lies on disk.

use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

const NONBLOCK: i32 = rustix::fs::OFlags::NONBLOCK.bits() as i32;

/// The whole of a file that a user named. An error completes "FILE ...".
///
/// # Errors
/// If it is not there, no regular file (a device may have no end), or not to be read.
pub fn read_user_file(path: &Path) -> Result<Vec<u8>, String> {
    let cannot = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => "is not there".to_owned(),
        _ => format!("cannot be read: {error}"),
    };
    // A pipe is opened without waiting for its other end; what is read is what was looked at.
    let file = OpenOptions::new().read(true).custom_flags(NONBLOCK).open(path).map_err(cannot)?;
    let found = file.metadata().map_err(cannot)?;
    if !found.is_file() {
        return Err("cannot be read: it is not a regular file".to_owned());
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(found.len() as usize).map_err(|_| "cannot be read: it is larger than the memory")?;
    file.take(found.len()).read_to_end(&mut bytes).map_err(cannot)?;
    Ok(bytes)
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
