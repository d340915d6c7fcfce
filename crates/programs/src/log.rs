//! `log.txt`: what a program writes to its output.

use std::fs::File;
use std::io;
use std::path::Path;

use fractionate_records::{FileError, OwnFolder, clean, end_of, keep_end};

/// The name of the file.
pub(crate) const LOG: &str = "log.txt";

/// A log that is longer loses its beginning: a program that writes without end must not fill the disk.
const MOST: u64 = 64 << 20;

/// What is kept of one that is too long.
const KEPT: u64 = 1 << 20;

/// What is shown of one.
const SHOWN_LINES: usize = 12;

/// The log of a cell, appended to by its program.
#[derive(Debug)]
pub(crate) struct Log {
    file: File,
}

impl Log {
    /// Opens the log of a cell, made if it is not there.
    pub(crate) fn open(store: &OwnFolder, cell: &Path) -> Result<Self, FileError> {
        Ok(Self { file: store.open_to_append(cell.join(LOG))? })
    }

    /// A handle for the program.
    pub(crate) fn handle(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// Cuts the beginning off, if it is too long. Whoever appends goes on at the new end.
    pub(crate) fn keep_short(&mut self) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        if length <= MOST {
            return Ok(());
        }
        keep_end(&mut self.file, KEPT, &format!("[the first {} bytes of this log are cut off]\n", length - KEPT))
    }

    /// The last lines, cleaned for a terminal.
    pub(crate) fn last_lines(&mut self) -> String {
        let end = end_of(&mut self.file, 16 << 10).unwrap_or_default();
        let text = String::from_utf8_lossy(&end);
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let shown = &lines[lines.len().saturating_sub(SHOWN_LINES)..];
        shown.iter().map(|line| clean::one_line(line).into_owned()).collect::<Vec<_>>().join("\n  | ")
    }
}
