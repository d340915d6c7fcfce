//! Which files of a folder are a set's, recognised by their contents.

use std::path::{Path, PathBuf};

use super::folder::{entries, head};
use super::{PictureSet, PicturesPlace, PicturesProblem, parquet, pickle, records};

/// The files of both parts.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Parquet files.
    Tables(Parts<Vec<PathBuf>>),
    /// The publisher's binary records.
    Records(Parts<Vec<PathBuf>>),
    /// The publisher's Python batches.
    Pickles(Parts<Vec<PathBuf>>),
    /// A folder of class folders for each part.
    Folders(Parts<PathBuf>),
}

/// The training part and the test part.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts<T> {
    pub(super) train: T,
    pub(super) test: T,
}

/// What the folders of the test part may be called.
const TEST_FOLDERS: [&str; 4] = ["test", "val", "valid", "validation"];

/// Looks for a set's files.
pub(super) fn find(set: PictureSet, place: &PicturesPlace) -> Result<Layout, PicturesProblem> {
    let folder = match place {
        PicturesPlace::Files { train, test } => {
            return Ok(Layout::Tables(Parts { train: train.clone(), test: test.clone() }));
        }
        PicturesPlace::Folder(folder) => folder,
    };
    let found = entries(folder).map_err(|reason| missing(set, folder, &reason))?;
    let is_folder = |name: &&str| folder.join(name).is_dir();
    let folders = is_folder(&"train").then(|| TEST_FOLDERS.iter().find(|name| is_folder(name))).flatten();
    let folders = folders.map(|test| Layout::Folders(Parts { train: folder.join("train"), test: folder.join(test) }));
    if set == PictureSet::Folder {
        let reason = "has no folder `train` and beside it `test` or `val`, each with a folder for every class";
        return folders.ok_or_else(|| PicturesProblem::of(folder, reason));
    }
    // Data hubs and the publisher's archives have one folder more.
    let mut files = Vec::new();
    for path in found {
        if path.is_dir() {
            files.extend(entries(&path).unwrap_or_default().into_iter().filter(|path| path.is_file()));
        } else {
            files.push(path);
        }
    }
    let (mut tables, mut of_records, mut pickles, mut archives) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for path in files {
        let head = head(&path);
        let length = path.metadata().map_or(0, |metadata| metadata.len());
        if head.starts_with(parquet::MAGIC) {
            tables.push(path);
        } else if pickle::is_pickle(&head) {
            pickles.push(path);
        } else if records::are_records(set, length, &head) {
            of_records.push(path);
        } else if head.starts_with(&[0x1f, 0x8b]) || head.starts_with(b"PK") {
            archives.push(path);
        }
    }
    let title = set.title().unwrap_or_default();
    let parts = |files: Vec<PathBuf>| {
        let (test, train): (Vec<_>, Vec<_>) = files.into_iter().partition(|path| is_test_file(path));
        for (part, what, other) in [(&train, "training", &test), (&test, "test", &train)] {
            if let ([], [first, ..]) = (&part[..], &other[..]) {
                let reason = format!(
                    "is there, and no file of the {what} pictures beside it: files of test pictures have `test` or `val` in \
                     their names, all others are training pictures"
                );
                return Err(PicturesProblem::of(first, reason));
            }
        }
        Ok(Parts { train, test })
    };
    if !tables.is_empty() {
        return parts(tables).map(Layout::Tables);
    }
    if !of_records.is_empty() {
        return parts(of_records).map(Layout::Records);
    }
    if !pickles.is_empty() {
        return parts(pickles).map(Layout::Pickles);
    }
    if let Some(folders) = folders {
        return Ok(folders);
    }
    Err(match &archives[..] {
        [first, ..] => {
            let reason = format!("is an archive, and {title} is read unpacked: unpack it where it lies");
            PicturesProblem::of(first, reason)
        }
        [] => missing(set, folder, &format!("holds no file of {title}")),
    })
}

fn missing(set: PictureSet, folder: &Path, reason: &str) -> PicturesProblem {
    let problem = PicturesProblem::of(folder, reason);
    let Some(title) = set.title() else { return problem };
    problem.with_help(format!(
        "put {title} there or name its folder with `path`: the publisher's binary or Python files unpacked, Parquet files \
         of a data hub, or folders `train` and `test` with a folder for each class"
    ))
}

fn is_test_file(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    name.starts_with("test")
        || name.contains("test_")
        || name.contains("-test")
        || name.contains("_test")
        || name.starts_with("val")
}

/// Both parts of something.
impl<T> Parts<T> {
    pub(super) fn try_map<U>(self, mut each: impl FnMut(T, &'static str) -> Option<U>) -> Option<Parts<U>> {
        let (train, test) = (each(self.train, "training"), each(self.test, "test"));
        Some(Parts { train: train?, test: test? })
    }

    pub(super) fn each<U>(&self, mut each: impl FnMut(&T, &'static str) -> Option<U>) -> Option<Parts<U>> {
        let (train, test) = (each(&self.train, "training"), each(&self.test, "test"));
        Some(Parts { train: train?, test: test? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_publishers_and_the_hubs_names_tell_the_test_files() {
        for name in ["test_batch.bin", "test.bin", "test", "test_batch", "test-00000-of-00001.parquet", "val.parquet"] {
            assert!(is_test_file(Path::new(name)), "{name}");
        }
        for name in ["data_batch_1.bin", "train.bin", "train", "latest.parquet", "train-00000-of-00001.parquet"] {
            assert!(!is_test_file(Path::new(name)), "{name}");
        }
    }
}
