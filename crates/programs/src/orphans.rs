//! Programs that a killed process left behind.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// The variable that names a program's cell. Whatever a program starts inherits it.
pub(crate) const CELL_VARIABLE: &str = "FRACTIONATE_CELL";

/// Ends the programs that still work in a cell: the process that started them is dead, and another one takes the cell over.
pub(crate) fn end_orphans(cell: &Path) {
    let started = Instant::now();
    loop {
        let left = working_in(cell);
        if left.is_empty() || started.elapsed() > Duration::from_secs(10) {
            return;
        }
        for pid in left {
            // It may have ended by itself.
            let _ = kill_process(pid, Signal::KILL);
        }
        sleep(Duration::from_millis(20));
    }
}

/// The processes of this machine, but for this one, whose environment names the cell.
fn working_in(cell: &Path) -> Vec<Pid> {
    let wanted = format!("{CELL_VARIABLE}={}", cell.display());
    let own = std::process::id();
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let Some(number) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else { continue };
        // A process of somebody else cannot be read, and is none of ours.
        let Ok(environment) = fs::read(entry.path().join("environ")) else { continue };
        let names_it = environment.split(|&byte| byte == 0).any(|variable| variable == wanted.as_bytes());
        if names_it && number.unsigned_abs() != own {
            found.extend(Pid::from_raw(number));
        }
    }
    found
}
