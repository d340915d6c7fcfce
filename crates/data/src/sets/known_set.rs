//! What a data set is that the project knows by name: what it holds and how its files are recognised.

use std::path::Path;

use fractionate_records::SuperClass;

use super::set_file::SetFile;
use super::{DataError, DataSet, ExampleShape};

/// Everything that is known of a data set before its files are read. A set's file holds its descriptor, the registry
/// lists it.
#[derive(Debug)]
pub struct SetDescriptor {
    /// The name in suite files, and of its folder.
    pub name: &'static str,
    /// The name as people write it.
    pub title: &'static str,
    /// How many training examples the set has.
    pub train_examples: usize,
    /// How many test examples the set has.
    pub test_examples: usize,
    /// What an example is.
    pub examples: SetExamples,
    /// The classes' names, in the order of the labels.
    pub classes: &'static [&'static str],
    /// Groups of classes that resemble each other, every class in one; none where there are no such groups.
    pub super_classes: &'static [(&'static str, &'static [&'static str])],
    /// Whether the test examples may lie class by class, so that the first of them do not stand for all.
    pub by_class: bool,
    /// The command that fetches the files.
    pub setup: &'static str,
    /// The files, recognised by their contents.
    pub files: &'static [SetFile],
    /// Makes the data set from the contents of the files, which have the published hashes.
    pub parse: fn(Vec<Vec<u8>>, ExampleShape) -> DataSet,
}

/// What the examples of a known set are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetExamples {
    /// This many numbers.
    Numbers {
        /// How many.
        features: usize,
        /// Height and width, where they are a picture.
        picture: Option<(usize, usize)>,
    },
    /// Texts.
    Texts {
        /// How many terms the vocabulary has at most, where the suite does not say.
        vocabulary: usize,
    },
}

/// A data set known by name, with its options.
#[derive(Debug, Clone, Copy)]
pub struct KnownSet {
    descriptor: &'static SetDescriptor,
    examples: SetExamples,
}

impl KnownSet {
    /// The set with its default options.
    pub const fn with_defaults(descriptor: &'static SetDescriptor) -> Self {
        Self { descriptor, examples: descriptor.examples }
    }

    /// The set of texts with another size of its vocabulary.
    #[must_use]
    pub fn with_vocabulary(self, vocabulary: usize) -> Self {
        Self { examples: SetExamples::Texts { vocabulary }, ..self }
    }

    /// What is known of the set.
    pub fn descriptor(self) -> &'static SetDescriptor {
        self.descriptor
    }

    /// The name in suite files.
    pub fn name(self) -> &'static str {
        self.descriptor.name
    }

    /// How many terms the vocabulary has at most, where examples are texts.
    pub fn vocabulary(self) -> Option<usize> {
        match self.examples {
            SetExamples::Texts { vocabulary } => Some(vocabulary),
            SetExamples::Numbers { .. } => None,
        }
    }

    /// The shape of examples and labels.
    pub fn shape(self) -> ExampleShape {
        let (features, picture) = match self.examples {
            SetExamples::Numbers { features, picture } => (features, picture),
            SetExamples::Texts { vocabulary } => (vocabulary, None),
        };
        ExampleShape { features, picture, classes: self.descriptor.classes.len() }
    }

    /// Groups of classes that resemble each other.
    ///
    /// # Panics
    /// If a group has a class that the set does not have.
    pub fn super_classes(self) -> Vec<SuperClass> {
        let label = |class: &&str| {
            let known = self.descriptor.classes.iter().position(|known| known == class);
            known.expect("groups are made of the set's classes")
        };
        let group = |(name, classes): &(&str, &[&str])| SuperClass {
            name: (*name).to_owned(),
            classes: classes.iter().map(label).collect(),
        };
        self.descriptor.super_classes.iter().map(group).collect()
    }

    /// Reads the set's files from `root/<set's name>/` and checks every one against its published hash.
    pub(super) fn read(self, root: &Path) -> Result<DataSet, DataError> {
        let SetDescriptor { name, setup, files, parse, .. } = self.descriptor;
        let folder = root.join(name);
        let contents: Result<Vec<_>, _> = files.iter().map(|file| file.read(&folder, setup)).collect();
        Ok(parse(contents?, self.shape()))
    }

    /// Whether all of the set's files are in `root/<set's name>/`.
    pub(super) fn is_present(self, root: &Path) -> bool {
        self.descriptor.files.iter().all(|file| root.join(self.name()).join(file.name).is_file())
    }

    /// A hash over the contents of the set's files and the set's options. Files with other contents are rejected, so it
    /// is known before they are read.
    pub fn hash(self) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("fractionate data set");
        for file in self.descriptor.files {
            hasher.update(file.sha256.as_bytes());
        }
        if let Some(vocabulary) = self.vocabulary() {
            hasher.update(&(vocabulary as u64).to_le_bytes());
        }
        hasher.finalize().to_hex()[..16].to_owned()
    }
}

/// Names are unique in a registry.
impl PartialEq for KnownSet {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name() && self.examples == other.examples
    }
}

impl Eq for KnownSet {}
