//! Pictures in one folder for each class.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::PicturesProblem;
use super::block::{Block, Contents};

/// Pictures that are read and decoded together.
const TOGETHER: usize = 64;

/// The class folders of a part, with the files of each in the order of their names.
#[derive(Debug, Default)]
pub(super) struct ClassFolders {
    folders: BTreeMap<String, (PathBuf, Vec<PathBuf>)>,
}

/// The entries of a folder in the order of their names, without hidden ones.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let cannot = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => "is not there".to_owned(),
        std::io::ErrorKind::NotADirectory => "is no folder".to_owned(),
        _ => format!("cannot be read: {error}"),
    };
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let entry = entry.map_err(cannot)?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".") || entry.file_name() == "Thumbs.db";
        if !hidden {
            entries.push(entry.path());
        }
    }
    entries.sort_unstable();
    Ok(entries)
}

/// The first bytes of a file, as far as they can be read.
pub(super) fn head(path: &Path) -> Vec<u8> {
    let mut head = Vec::new();
    // A pipe would wait for its other end.
    if path.is_file()
        && let Ok(file) = fs::File::open(path)
    {
        let _ = file.take(16).read_to_end(&mut head);
    }
    head
}

fn is_picture(path: &Path) -> bool {
    image::guess_format(&head(path)).is_ok()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

impl ClassFolders {
    /// Lists a part's folder. Everything that is wrong goes to `problems`.
    pub(super) fn list(folder: &Path, problems: &mut Vec<PicturesProblem>) -> Self {
        let mut classes = Self::default();
        let found = match entries(folder) {
            Ok(found) => found,
            Err(reason) => {
                problems.push(PicturesProblem::of(folder, reason));
                return classes;
            }
        };
        let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = found.into_iter().partition(|path| path.is_dir());
        let beside: Vec<&PathBuf> = files.iter().filter(|path| path.is_file() && is_picture(path)).collect();
        if let [first, ..] = beside[..] {
            let reason = format!(
                "lies in no class folder, as do {} pictures of {} in all: a picture's folder is its class",
                beside.len(),
                folder.display()
            );
            problems.push(PicturesProblem::of(first, reason));
        }
        if folders.is_empty() && beside.is_empty() {
            problems.push(PicturesProblem::of(folder, "has no class folders"));
        }
        for class in folders {
            match files_of(&class) {
                Ok(files) => drop(classes.folders.insert(name(&class), (class, files))),
                Err(problem) => problems.push(problem),
            }
        }
        classes
    }

    /// The classes' names, in the order of the alphabet.
    pub(super) fn names(&self) -> Vec<String> {
        self.folders.keys().cloned().collect()
    }

    /// The pictures, class by class; the label of a class is the place of its name among `classes`.
    pub(super) fn blocks(self, classes: &[String], unknown: &str, problems: &mut Vec<PicturesProblem>) -> Vec<Block> {
        let mut blocks = Vec::new();
        for (name, (folder, files)) in self.folders {
            let Some(label) = classes.iter().position(|class| *class == name) else {
                problems.push(PicturesProblem::of(&folder, format!("is {unknown}")));
                continue;
            };
            let file: Arc<Path> = Arc::from(folder);
            for files in files.chunks(TOGETHER) {
                let labels = vec![Some(label as i64); files.len()];
                let contents = Contents::Files(files.to_vec());
                blocks.push(Block { labels, contents, file: Arc::clone(&file), first_row: 0 });
            }
        }
        blocks
    }
}

/// The files of a class folder.
fn files_of(class: &Path) -> Result<Vec<PathBuf>, PicturesProblem> {
    let files = entries(class).map_err(|reason| PicturesProblem::of(class, reason))?;
    if let Some(nested) = files.iter().find(|path| path.is_dir()) {
        let reason = "is a folder in a class folder: pictures lie in their class's folder itself";
        return Err(PicturesProblem::of(nested, reason));
    }
    if files.is_empty() {
        return Err(PicturesProblem::of(class, "is an empty class folder: put pictures into it, or remove it"));
    }
    Ok(files)
}
