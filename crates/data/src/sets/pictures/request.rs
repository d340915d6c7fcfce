//! What a suite says of its pictures.

use std::path::PathBuf;

use super::PictureSet;

/// What a suite says of its pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PicturesRequest {
    /// The set.
    pub set: PictureSet,
    /// Where its files are.
    pub place: PicturesPlace,
    /// The height and width that pictures become: the shorter side is resized to it, the middle of the longer one is kept.
    /// Without it all pictures must have one size, and keep it.
    pub size: Option<usize>,
    /// The column of the labels in Parquet files of any set; found by its name or type where there is none.
    pub label_column: Option<String>,
    /// The classes' names in the order of the labels, where Parquet files do not have them.
    pub class_names: Option<Vec<String>>,
    /// What is done about pictures that cannot be decoded.
    pub damaged: Damaged,
}

/// Where the files of a set are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PicturesPlace {
    /// In a folder, in any layout.
    Folder(PathBuf),
    /// Parquet files, each part in this order.
    Files {
        /// Of the training part.
        train: Vec<PathBuf>,
        /// Of the test part.
        test: Vec<PathBuf>,
    },
}

impl PicturesPlace {
    /// The files or the folder.
    pub fn paths(&self) -> Vec<&PathBuf> {
        match self {
            Self::Folder(folder) => vec![folder],
            Self::Files { train, test } => train.iter().chain(test).collect(),
        }
    }
}

/// What is done about pictures that cannot be decoded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Damaged {
    /// The set is refused.
    #[default]
    Refuse,
    /// They are left out, with a warning.
    LeaveOut,
}
