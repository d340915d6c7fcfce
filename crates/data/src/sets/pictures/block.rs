//! Pictures that lie together in a file or folder, with their labels, before they are decoded.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::row_group::RowGroup;

/// Pictures that lie together, with their labels.
#[derive(Debug)]
pub(super) struct Block {
    /// One per picture; `None` where a cell is empty.
    pub(super) labels: Vec<Option<i64>>,
    pub(super) contents: Contents,
    /// The file of the rows.
    pub(super) file: Arc<Path>,
    /// The row of the block's first picture in its file.
    pub(super) first_row: usize,
}

/// The pictures of a block.
#[derive(Debug)]
pub(super) enum Contents {
    /// Decoded: [`SIDE`] x [`SIDE`] bytes of red, then of green, then of blue, picture by picture.
    Planes(Vec<u8>),
    /// Encoded, in a row group of a Parquet file.
    Group(RowGroup),
    /// A file each.
    Files(Vec<PathBuf>),
}

/// Height and width of pictures that lie decoded in a file: CIFAR's.
pub(super) const SIDE: usize = 32;

/// Bytes of such a picture.
pub(super) const PLANES: usize = 3 * SIDE * SIDE;

/// One picture of a block.
#[derive(Debug)]
pub(super) enum Stored<'a> {
    Planes(&'a [u8]),
    Encoded(Cow<'a, [u8]>),
}

impl Stored<'_> {
    /// The bytes as they are stored.
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Planes(bytes) => bytes,
            Self::Encoded(bytes) => bytes,
        }
    }
}

impl Block {
    /// Hands out the pictures one by one: what `each` makes of them. A picture that cannot be read is an error in words that
    /// complete "the picture ...".
    pub(super) fn each<T>(&self, mut each: impl FnMut(usize, Result<Stored<'_>, String>) -> T) -> Vec<T> {
        match &self.contents {
            Contents::Planes(bytes) => {
                let pictures = bytes.chunks_exact(PLANES).enumerate();
                pictures.map(|(at, picture)| each(at, Ok(Stored::Planes(picture)))).collect()
            }
            Contents::Group(group) => match group.pictures() {
                Ok(pictures) => {
                    let cell = |at| {
                        let bytes = pictures.get(at).ok_or_else(|| "is an empty cell".to_owned());
                        each(at, bytes.map(|bytes| Stored::Encoded(Cow::Borrowed(bytes))))
                    };
                    (0..self.labels.len()).map(cell).collect()
                }
                Err(reason) => (0..self.labels.len()).map(|at| each(at, Err(reason.clone()))).collect(),
            },
            Contents::Files(paths) => {
                let read = |(at, path): (usize, &PathBuf)| {
                    let bytes = fractionate_records::read_user_file(path);
                    each(at, bytes.map(|bytes| Stored::Encoded(Cow::Owned(bytes))))
                };
                paths.iter().enumerate().map(read).collect()
            }
        }
    }

    /// Where a picture is, for people.
    pub(super) fn name(&self, at: usize) -> String {
        match &self.contents {
            Contents::Files(paths) => paths[at].display().to_string(),
            _ => format!("row {} (from 0) of {}", self.first_row + at, self.file.display()),
        }
    }
}
