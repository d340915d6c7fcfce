//! The report's folder: every file whole, none left of an earlier report.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Component, Path, PathBuf};

use fractionate_records::{clean, nearest};

use crate::error::ReportError;

/// Names the files of the report, one a line, so that the next report knows which ones are its own to remove.
const INDEX: &str = "files.txt";

/// Held while a report is written: two at once, of `run` and of `report --serve`, would take each other's files away.
const LOCK: &str = ".lock";

/// A report being written.
#[derive(Debug)]
pub(crate) struct ReportFolder {
    root: PathBuf,
    _lock: Option<fs::File>,
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
        fs::create_dir_all(&root).map_err(|source| ReportError::Write { path: root.clone(), source })?;
        // Some file systems have no locks: then reports are written as they come.
        let lock = fs::File::create(root.join(LOCK)).ok().filter(|file| file.lock().is_ok());
        let index = fs::read_to_string(root.join(INDEX)).unwrap_or_default();
        let earlier = index.lines().filter(|line| is_inside(line)).map(str::to_owned).collect();
        Ok(Self {
            root,
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
            self.append_to_index(name)?;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) if name.ends_with(".md") => self.replace(name, clean::markdown(text).as_bytes()),
            _ => self.replace(name, bytes),
        }
    }

    /// The files written so far, relative, with `/`.
    pub(crate) fn written(&self) -> &BTreeSet<String> {
        &self.written
    }

    /// Removes what the earlier report wrote and this one did not; returns this one's files.
    pub(crate) fn finish(self) -> Result<Vec<PathBuf>, ReportError> {
        for name in self.earlier.difference(&self.written) {
            let path = self.root.join(name);
            match fs::remove_file(&path) {
                Ok(()) => remove_empty_parents(&path, &self.root),
                Err(source) if source.kind() == std::io::ErrorKind::NotFound => {}
                Err(source) => return Err(ReportError::Write { path, source }),
            }
        }
        self.replace(INDEX, index_of(&self.written).as_bytes())?;
        Ok(self.written.iter().map(PathBuf::from).collect())
    }

    fn append_to_index(&self, name: &str) -> Result<(), ReportError> {
        let path = self.root.join(INDEX);
        let open = fs::OpenOptions::new().create(true).append(true).open(&path);
        open.and_then(|mut file| file.write_all(format!("{name}\n").as_bytes()))
            .map_err(|source| ReportError::Write { path, source })
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), ReportError> {
        let path = self.root.join(name);
        let parent = path.parent().expect("files of a report lie in its folder");
        let file_name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        // The same name each time: what a killed report leaves is overwritten by the next.
        let temporary = parent.join(format!(".tmp-{file_name}"));
        fs::create_dir_all(parent)
            .and_then(|()| fs::write(&temporary, bytes))
            .and_then(|()| fs::rename(&temporary, &path))
            .map_err(|source| {
                // Half a file, on a full disk say; the next report would overwrite it if it wrote one of that name.
                let _ = fs::remove_file(&temporary);
                ReportError::Write { path, source }
            })
    }
}

fn index_of(names: &BTreeSet<String>) -> String {
    names.iter().map(|name| format!("{name}\n")).collect()
}

/// Whether a line of the index names a file below the report's folder: nothing else is ever removed.
fn is_inside(name: &str) -> bool {
    !name.is_empty() && Path::new(name).components().all(|c| matches!(c, Component::Normal(_)))
}

fn remove_empty_parents(path: &Path, root: &Path) {
    let folders = path.ancestors().skip(1).take_while(|folder| *folder != root);
    for folder in folders {
        // Fails on a folder that still holds something, which is then kept.
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
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
    fn the_index_cannot_name_files_outside_the_report() {
        for name in ["../manifest.json", "/etc/passwd", "", "a/../../b"] {
            assert!(!is_inside(name), "{name}");
        }
        assert!(is_inside("tables/runs.csv"));
    }
}
