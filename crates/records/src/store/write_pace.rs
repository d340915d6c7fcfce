//! How long a run takes to be written.

use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use crate::{FileError, OwnFolder};

/// A run is so many files, its folder and the folder around it, each synced.
const SYNCED: f64 = 6.0;

/// About as long as a run's files are.
static BYTES: [u8; 20_000] = [0; 20_000];

/// Seconds that a run takes to be written at `root` or where it will be, tried with a file that has no name; `None` if
/// none can be written there.
pub fn seconds_to_write_a_run(root: &Path) -> Option<f64> {
    let folder = root.ancestors().map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    let folder = OwnFolder::at(folder.into_iter().find(|folder| folder.is_dir())?);
    let attempt = || -> io::Result<f64> {
        let mut file = folder.nameless_file().map_err(FileError::into_io)?;
        let begun = Instant::now();
        file.write_all(&BYTES)?;
        file.sync_all()?;
        Ok(begun.elapsed().as_secs_f64())
    };
    let mut seconds: Vec<f64> = (0..5).map(|_| attempt()).collect::<io::Result<_>>().ok()?;
    seconds.sort_by(f64::total_cmp);
    Some(SYNCED * seconds[2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_measured_where_the_store_will_be_and_nothing_is_left_there() {
        let root = tempfile::tempdir().unwrap();
        let seconds = seconds_to_write_a_run(&root.path().join("not/yet/there")).unwrap();
        assert!(seconds > 0.0 && seconds < 60.0, "{seconds}");
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
    }
}
