//! A set of pictures, looked at.

use std::sync::Arc;

use fractionate_records::SuperClass;

use super::reading::{ReadPictures, look_at};
use super::{Decoding, PicturesProblem, PicturesRequest};
use crate::sets::{DataSet, ExampleShape, Part, PictureOrder, Rows};

/// A set of pictures, read and decoded. Clones share the pictures.
#[derive(Debug, Clone)]
pub struct PicturesSource {
    request: PicturesRequest,
    read: Arc<ReadPictures>,
}

/// The pictures themselves are compared by their hash.
impl PartialEq for PicturesSource {
    fn eq(&self, other: &Self) -> bool {
        let classes = |source: &Self| source.read.classes.clone();
        self.request == other.request && self.hash() == other.hash() && classes(self) == classes(other)
    }
}

impl PicturesSource {
    /// Reads and decodes the pictures, with as many threads as rayon has; pictures that were kept are only mapped.
    ///
    /// # Errors
    /// With everything that is wrong: no files of the set, files that are none, labels that are no classes, pictures that
    /// cannot be decoded or have several sizes.
    pub fn look_at(request: PicturesRequest, decoding: Decoding<'_>) -> Result<Self, Vec<PicturesProblem>> {
        let read = Arc::new(look_at(&request, decoding)?);
        Ok(Self { request, read })
    }

    /// What the suite says of the pictures.
    pub fn request(&self) -> &PicturesRequest {
        &self.request
    }

    /// What is possible and yet hard to believe, in sentences.
    pub fn warnings(&self) -> &[String] {
        &self.read.warnings
    }

    /// The examples.
    pub(crate) fn data_set(&self) -> DataSet {
        let part = |part: &Part| {
            let Rows::Bytes(pixels) = &part.rows else { unreachable!("pictures are bytes") };
            Part { rows: Rows::Bytes(pixels.clone()), labels: part.labels.clone() }
        };
        DataSet {
            shape: self.read.decoded.shape,
            train: part(&self.read.decoded.train),
            test: part(&self.read.decoded.test),
            by_class: true,
            order: Some(Arc::clone(&self.read.decoded.order)),
            oracle: None,
        }
    }

    /// The order that rows are drawn by.
    pub(crate) fn order(&self) -> &PictureOrder {
        &self.read.decoded.order
    }

    /// The labels of the training part and of the test part.
    pub(crate) fn labels(&self) -> [&[u16]; 2] {
        [&self.read.decoded.train.labels, &self.read.decoded.test.labels]
    }

    /// The set's name as people write it, or that of its folder or first file.
    pub fn title(&self) -> &str {
        &self.read.title
    }

    /// A hash over pictures and labels: the same in whatever layout and order they were read.
    pub fn hash(&self) -> &str {
        &self.read.decoded.order.hash
    }

    /// The classes' names, in the order of the labels.
    pub fn classes(&self) -> &[String] {
        &self.read.classes
    }

    /// Groups of classes that resemble each other, where the set has them.
    pub fn super_classes(&self) -> Vec<SuperClass> {
        self.request.set.super_classes()
    }

    /// The shape of examples and labels.
    pub fn shape(&self) -> ExampleShape {
        self.read.decoded.shape
    }
}
