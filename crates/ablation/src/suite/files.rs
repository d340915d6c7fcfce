//! Files that a suite names.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use fractionate_data::{Decoding, PicturesProblem, PicturesRequest, PicturesSource};

use crate::networks::{Networks, WeightShapes};
use crate::teacher::ParquetReader;

/// What reads the files that a suite names, beyond what is read here.
#[derive(Debug, Clone, Copy, Default)]
pub struct Readers<'a> {
    /// What reads Parquet files, which a teacher's logits may be in; without it they are refused.
    pub parquet: Option<ParquetReader>,
    /// The folder that holds the data sets' folders, whose labels are looked at; without it only those of arrays are.
    pub data: Option<&'a Path>,
    /// The folder that holds the folders of sets of pictures; without it a suite must name their place.
    pub pictures: Option<&'a Path>,
    /// How pictures are decoded.
    pub decoding: Decoding<'a>,
    /// The networks that a suite may name.
    pub networks: Networks,
    /// What knows the weights of a network, which those of a teacher from elsewhere are held against.
    pub weights: Option<WeightShapes>,
}

/// How the files that a suite names are found and read.
#[derive(Debug, Clone)]
pub(super) struct Files<'a> {
    /// The suite file's folder.
    folder: PathBuf,
    pub(super) readers: Readers<'a>,
    /// The pictures that were looked at last: most configurations of a sweep have the same.
    pictures: RefCell<Option<LookedAt>>,
}

type LookedAt = (PicturesRequest, Result<PicturesSource, Vec<PicturesProblem>>);

impl<'a> Files<'a> {
    /// For the suite file of this name.
    pub(super) fn next_to(suite: &str, readers: Readers<'a>) -> Self {
        let folder = Path::new(suite).parent().map_or_else(PathBuf::new, Path::to_owned);
        Self { folder, readers, pictures: RefCell::default() }
    }

    /// The file that a suite calls so: relative names start at the suite file.
    pub(super) fn resolve(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The pictures that a suite asks for, read once for configurations that ask for the same.
    pub(super) fn pictures(&self, request: PicturesRequest) -> Result<PicturesSource, Vec<PicturesProblem>> {
        let mut looked_at = self.pictures.borrow_mut();
        if let Some((known, source)) = &*looked_at
            && *known == request
        {
            return source.clone();
        }
        // The others make room first.
        *looked_at = None;
        let source = PicturesSource::look_at(request.clone(), self.readers.decoding);
        looked_at.insert((request, source)).1.clone()
    }
}

/// A file's name that is valid in a suite in any folder.
pub(super) fn anywhere(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}
