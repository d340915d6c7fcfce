//! The report's folder: every file whole, none left of an earlier report.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::path::{Component, Path, PathBuf};

use fractionate_records::{FileError, OwnFolder, clean, nearest};

use crate::error::ReportError;

/// Names the files of the report, one a line, so that the next report knows which ones are its own to remove.
const INDEX: &str = "files.txt";

/// What the files of a report end in.
const ENDINGS: [&str; 8] = ["csv", "html", "md", "parquet", "pdf", "png", "svg", "tex"];

/// Held while a report is written: two at once, of `run` and of `report --serve`, would take each other's files away.
const LOCK: &str = ".lock";

/// A report being written.
#[derive(Debug)]
pub(crate) struct ReportFolder {
    folder: OwnFolder,
    /// The list of files, which grows while they are written.
    index: File,
    _lock: Option<File>,
    written: BTreeSet<String>,
    earlier: BTreeSet<String>,
    /// The columns of LaTeX tables, by their heads; all where it is empty.
    latex_columns: Vec<String>,
    /// The heads of the LaTeX tables written so far.
    latex_heads: BTreeSet<String>,
}

impl ReportFolder {
    /// Opens the folder, creating it if need be, and waits for whoever else writes a report there.
    pub(crate) fn open(root: PathBuf) -> Result<Self, ReportError> {
        let folder = OwnFolder::at(root);
        folder.create()?;
        // Some file systems have no locks: then reports are written as they come.
        let lock = match folder.lock_file(LOCK) {
            Err(FileError::Io { .. }) => None,
            file => Some(file?).filter(|file| file.lock().is_ok()),
        };
        let listed = match folder.read(INDEX) {
            Err(error) if error.is_missing() => Vec::new(),
            read => read?,
        };
        let earlier: BTreeSet<String> = String::from_utf8_lossy(&listed).lines().map(str::to_owned).collect();
        // Written anew: what was there may be a second name of somebody's own file.
        let index = folder.write_unsynced(INDEX, index_of(&earlier).as_bytes())?;
        Ok(Self {
            folder,
            index,
            _lock: lock,
            written: BTreeSet::new(),
            earlier,
            latex_columns: Vec::new(),
            latex_heads: BTreeSet::new(),
        })
    }

    /// The same with these columns in LaTeX tables.
    pub(crate) fn with_latex_columns(self, columns: &[String]) -> Self {
        Self { latex_columns: columns.to_vec(), ..self }
    }

    /// The columns of LaTeX tables, by their heads; all where it is empty.
    pub(crate) fn latex_columns(&self) -> &[String] {
        &self.latex_columns
    }

    /// Remembers the heads of a LaTeX table.
    pub(crate) fn saw_latex_heads(&mut self, heads: impl Iterator<Item = String>) {
        self.latex_heads.extend(heads);
    }

    /// The columns that were asked for and are in no LaTeX table, a sentence each.
    pub(crate) fn unknown_latex_columns(&self) -> Vec<String> {
        let heads = || self.latex_heads.iter().map(String::as_str);
        let unknown = self.latex_columns.iter().filter(|name| !self.latex_heads.contains(*name));
        let sentence = |name: &String| {
            let advice = nearest(name, heads()).map_or_else(
                || format!("the heads are {}", heads().collect::<Vec<_>>().join(", ")),
                |head| format!("did you mean `{head}`?"),
            );
            format!("No LaTeX table has a column `{name}`, which --latex-columns or `[report]` names: {advice}")
        };
        unknown.map(sentence).collect()
    }

    /// Writes a file under a temporary name and renames it into place; `name` is relative, with `/`. Markdown is cleaned
    /// here, whatever it was made from.
    pub(crate) fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), ReportError> {
        // Named in the index before it is there, so that a report that is stopped leaves nothing unknown.
        if self.written.insert(name.to_owned()) && !self.earlier.contains(name) {
            self.earlier.insert(name.to_owned());
            let appended = self.index.write_all(format!("{name}\n").as_bytes());
            appended.map_err(|source| FileError::Io { action: "write", path: self.folder.path(INDEX), source })?;
        }
        let text = std::str::from_utf8(bytes).ok().filter(|_| name.ends_with(".md")).map(clean::markdown);
        self.folder.write_unsynced(name, text.as_deref().map_or(bytes, str::as_bytes))?;
        Ok(())
    }

    /// The files written so far, relative, with `/`.
    pub(crate) fn written(&self) -> &BTreeSet<String> {
        &self.written
    }

    /// Removes what the earlier report wrote and this one did not; returns this one's files.
    pub(crate) fn finish(self) -> Result<Vec<PathBuf>, ReportError> {
        for name in self.earlier.difference(&self.written) {
            if !is_own(name) {
                continue;
            }
            match self.folder.remove_file(name) {
                Ok(true) => remove_empty_parents(Path::new(name), &self.folder),
                // No report wrote that.
                Ok(false) | Err(FileError::InTheWay { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.folder.write_unsynced(INDEX, index_of(&self.written).as_bytes())?;
        Ok(self.written.iter().map(PathBuf::from).collect())
    }
}

fn index_of(names: &BTreeSet<String>) -> String {
    names.iter().map(|name| format!("{name}\n")).collect()
}

/// Whether a line of the index names a file that a report may have written: nothing else is ever removed.
fn is_own(name: &str) -> bool {
    let path = Path::new(name);
    let is_inside = path.components().all(|c| matches!(c, Component::Normal(_)));
    is_inside && path.extension().and_then(OsStr::to_str).is_some_and(|ending| ENDINGS.contains(&ending))
}

fn remove_empty_parents(name: &Path, report: &OwnFolder) {
    let folders = name.ancestors().skip(1).take_while(|folder| !folder.as_os_str().is_empty());
    for folder in folders {
        // Fails on a folder that still holds something, which is then kept.
        if !report.remove_empty_folder(folder) {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_of_the_earlier_report_goes_and_a_users_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("report");
        let mut first = ReportFolder::open(root.clone()).unwrap();
        first.write("tables/fixed/arms.md", b"old").unwrap();
        first.write("tables/runs.csv", b"old").unwrap();
        first.finish().unwrap();
        fs::write(root.join("tables/my-notes.txt"), "mine").unwrap();

        let mut second = ReportFolder::open(root.clone()).unwrap();
        second.write("tables/runs.csv", b"new").unwrap();
        assert_eq!(second.finish().unwrap(), [PathBuf::from("tables/runs.csv")]);
        assert!(!root.join("tables/fixed").exists());
        assert_eq!(fs::read(root.join("tables/runs.csv")).unwrap(), b"new");
        assert!(root.join("tables/my-notes.txt").exists());
    }

    #[test]
    fn a_report_that_was_stopped_leaves_nothing_unknown() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("report");
        ReportFolder::open(root.clone()).unwrap().write("a.csv", b"half a report").unwrap();
        ReportFolder::open(root.clone()).unwrap().finish().unwrap();
        assert!(!root.join("a.csv").exists());
    }

    #[test]
    fn the_index_cannot_name_files_that_no_report_writes() {
        for name in ["../manifest.json", "/etc/passwd", "", "a/../../b", "tables/my-notes.txt", "thesis"] {
            assert!(!is_own(name), "{name}");
        }
        assert!(is_own("tables/runs.csv"));
    }
}
