//! The data sets that the project knows by name: what they hold and how their files are recognised.

use std::path::Path;

use super::picture_files::{FASHION_MNIST_FILES, SetFiles};
use super::{DataError, DataSet, ExampleShape};

/// A data set known by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownSet {
    /// Fashion-MNIST (Xiao et al. 2017): 28x28 grey pictures of clothes, 10 classes, exactly balanced.
    FashionMnist,
}

impl KnownSet {
    /// Every known set.
    pub const ALL: [Self; 1] = [Self::FashionMnist];

    /// The set with this name in suite files.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.name() == name)
    }

    /// The name in suite files.
    pub fn name(self) -> &'static str {
        match self {
            Self::FashionMnist => "fashion-mnist",
        }
    }

    /// The name as people write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::FashionMnist => "Fashion-MNIST",
        }
    }

    /// How many training examples the set has.
    pub fn train_examples(self) -> usize {
        match self {
            Self::FashionMnist => 60_000,
        }
    }

    /// How many test examples the set has.
    pub fn test_examples(self) -> usize {
        match self {
            Self::FashionMnist => 10_000,
        }
    }

    /// The shape of examples and labels.
    pub fn shape(self) -> ExampleShape {
        match self {
            Self::FashionMnist => ExampleShape { features: 784, picture: Some((28, 28)), classes: 10 },
        }
    }

    /// The classes' names, in the order of the labels.
    pub fn classes(self) -> &'static [&'static str] {
        match self {
            Self::FashionMnist => &[
                "T-shirt/top",
                "trouser",
                "pullover",
                "dress",
                "coat",
                "sandal",
                "shirt",
                "sneaker",
                "bag",
                "ankle boot",
            ],
        }
    }

    /// The set's files, in the order in which they are read.
    fn files(self) -> &'static SetFiles {
        match self {
            Self::FashionMnist => &FASHION_MNIST_FILES,
        }
    }

    /// Reads the set's files from `root/<set's name>/` and checks every one against its published hash.
    pub(super) fn read(self, root: &Path) -> Result<DataSet, DataError> {
        self.files().read(&root.join(self.name()), self.shape())
    }

    /// Whether all of the set's files are in `root/<set's name>/`.
    pub(super) fn is_present(self, root: &Path) -> bool {
        self.files().are_present(&root.join(self.name()))
    }

    /// A hash over the contents of the set's files. Files with other contents are refused, so it is known before they
    /// are read.
    pub fn hash(self) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("fractionate data set");
        for file in self.files().all() {
            hasher.update(file.sha256.as_bytes());
        }
        hasher.finalize().to_hex()[..16].to_owned()
    }
}
