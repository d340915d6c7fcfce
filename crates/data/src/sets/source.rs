//! Where a suite's examples come from.

use std::path::Path;

use fractionate_records::SuperClass;

use super::{ArraysSource, DataSet, ExampleShape, KnownSet, PictureOrder, PicturesSource};
use crate::WorldOptions;

/// A data set as a suite names it: everything that is known of it before its examples are read.
#[derive(Debug, Clone, PartialEq)]
pub enum DataSource {
    /// One that the project knows by name.
    Known(KnownSet),
    /// The user's own, as arrays in files.
    Arrays(ArraysSource),
    /// Pictures in files or folders.
    Pictures(PicturesSource),
    /// The synthetic world of these options, which are checked.
    World(WorldOptions),
}

impl DataSource {
    /// The name in suite files.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Known(set) => set.name(),
            Self::Arrays(_) => "arrays",
            Self::Pictures(pictures) => pictures.request().set.name(),
            Self::World(_) => "world",
        }
    }

    /// The name in a run's identity: one for all colour pictures, since the same set is the same whatever layout it has.
    pub fn identity(&self) -> &'static str {
        if self.picture_order().is_some() { "pictures" } else { self.name() }
    }

    /// The name as people write it; the file's name for arrays.
    pub fn title(&self) -> &str {
        match self {
            Self::Known(set) => set.descriptor().title,
            Self::Arrays(arrays) => arrays.title(),
            Self::Pictures(pictures) => pictures.title(),
            Self::World(_) => "the synthetic world",
        }
    }

    /// A hash over everything that the examples and labels depend on: 16 hexadecimal digits.
    pub fn hash(&self) -> String {
        match self {
            Self::Known(set) => set.hash(),
            Self::Arrays(arrays) => arrays.hash().to_owned(),
            Self::Pictures(pictures) => pictures.hash().to_owned(),
            Self::World(options) => options.hash(),
        }
    }

    /// The classes' names, in the order of the labels.
    pub fn classes(&self) -> Vec<String> {
        match self {
            Self::Known(set) => set.descriptor().classes.iter().map(|&class| class.to_owned()).collect(),
            Self::Arrays(arrays) => arrays.classes().to_vec(),
            Self::Pictures(pictures) => pictures.classes().to_vec(),
            Self::World(options) => options.class_names(),
        }
    }

    /// Groups of classes that resemble each other, every class in one; none where the data set has no such groups.
    pub fn super_classes(&self) -> Vec<SuperClass> {
        match self {
            Self::Known(set) => set.super_classes(),
            Self::Arrays(_) => Vec::new(),
            Self::Pictures(pictures) => pictures.super_classes(),
            Self::World(options) => options.groups(),
        }
    }

    /// The labels of the training part and of the test part, as far as they are at hand: those of arrays and pictures were
    /// read with the suite, those of other sets are read from `root` if their files are there.
    pub fn labels(&self, root: Option<&Path>) -> Option<[Vec<u16>; 2]> {
        match self {
            Self::Arrays(arrays) => return Some(arrays.labels().clone()),
            Self::Pictures(pictures) => return Some(pictures.labels().map(<[u16]>::to_vec)),
            Self::Known(_) | Self::World(_) => {}
        }
        let data = root.filter(|root| DataSet::is_present(self, root)).map(|root| DataSet::read(self, root))?.ok()?;
        Some([data.train.labels, data.test.labels])
    }

    /// How many examples there are to train and to validate on.
    pub fn train_examples(&self) -> usize {
        match self {
            Self::Known(set) => set.descriptor().train_examples,
            Self::Arrays(arrays) => arrays.train_examples(),
            Self::Pictures(pictures) => pictures.labels()[0].len(),
            Self::World(options) => options.train_examples,
        }
    }

    /// How many test examples there are.
    pub fn test_examples(&self) -> usize {
        match self {
            Self::Known(set) => set.descriptor().test_examples,
            Self::Arrays(arrays) => arrays.test_examples(),
            Self::Pictures(pictures) => pictures.labels()[1].len(),
            Self::World(options) => options.test_examples,
        }
    }

    /// K where the classes take turns among the training examples and every split holds as many of each.
    pub(crate) fn balanced_classes(&self) -> Option<usize> {
        match self {
            Self::World(options) => options.balanced_classes(),
            _ => None,
        }
    }

    /// Whether the test examples may lie class by class, so that the first of them do not stand for all.
    pub(crate) fn by_class(&self) -> bool {
        match self {
            Self::Known(set) => set.descriptor().by_class,
            Self::Arrays(_) | Self::Pictures(_) => true,
            Self::World(_) => false,
        }
    }

    /// The order that rows are drawn by, where it is not the files' own.
    pub(crate) fn picture_order(&self) -> Option<&PictureOrder> {
        match self {
            Self::Arrays(arrays) => arrays.order(),
            Self::Pictures(pictures) => Some(pictures.order()),
            Self::Known(_) | Self::World(_) => None,
        }
    }

    /// Whether examples are texts: what numbers they become depends on the split.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Known(set) if set.vocabulary().is_some())
    }

    /// The shape of examples and labels.
    pub fn shape(&self) -> ExampleShape {
        match self {
            Self::Known(set) => set.shape(),
            Self::Arrays(arrays) => arrays.shape(),
            Self::Pictures(pictures) => pictures.shape(),
            Self::World(options) => options.shape(),
        }
    }

    /// Height and width in pixels, where examples are pictures.
    pub fn picture(&self) -> Option<(usize, usize)> {
        self.shape().picture
    }

    /// Features of an example.
    pub fn features(&self) -> usize {
        self.shape().features
    }
}

impl From<KnownSet> for DataSource {
    fn from(set: KnownSet) -> Self {
        Self::Known(set)
    }
}
