//! The data sets that the project knows by name: what they hold and how their files are recognised.

use std::path::Path;

use fractionate_records::SuperClass;

use super::newsgroups;
use super::picture_files::FASHION_MNIST_FILES;
use super::set_file::SetFile;
use super::{DataError, DataSet, ExampleShape};

/// A data set known by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownSet {
    /// Fashion-MNIST (Xiao et al. 2017): 28x28 grey pictures of clothes, 10 classes, exactly balanced.
    FashionMnist,
    /// 20 Newsgroups (Lang 1995), split by date: texts of 20 groups, lower-cased, without digits and punctuation.
    Newsgroups {
        /// How many terms the vocabulary has at most.
        vocabulary: usize,
    },
}

impl KnownSet {
    /// Every known set, each with its default options.
    pub const ALL: [Self; 2] = [Self::FashionMnist, Self::Newsgroups { vocabulary: 2_000 }];

    /// The set with this name in suite files.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.name() == name)
    }

    /// The name in suite files.
    pub fn name(self) -> &'static str {
        match self {
            Self::FashionMnist => "fashion-mnist",
            Self::Newsgroups { .. } => "20-newsgroups",
        }
    }

    /// The name as people write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::FashionMnist => "Fashion-MNIST",
            Self::Newsgroups { .. } => "20 Newsgroups",
        }
    }

    /// How many training examples the set has.
    pub fn train_examples(self) -> usize {
        match self {
            Self::FashionMnist => 60_000,
            Self::Newsgroups { .. } => newsgroups::TRAIN_EXAMPLES,
        }
    }

    /// How many test examples the set has.
    pub fn test_examples(self) -> usize {
        match self {
            Self::FashionMnist => 10_000,
            Self::Newsgroups { .. } => newsgroups::TEST_EXAMPLES,
        }
    }

    /// The shape of examples and labels.
    pub fn shape(self) -> ExampleShape {
        match self {
            Self::FashionMnist => ExampleShape { features: 784, picture: Some((28, 28)), classes: 10 },
            Self::Newsgroups { vocabulary } => {
                ExampleShape { features: vocabulary, picture: None, classes: newsgroups::CLASSES.len() }
            }
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
            Self::Newsgroups { .. } => &newsgroups::CLASSES,
        }
    }

    /// Groups of classes that resemble each other. Fashion-MNIST's are the upper level of a hierarchy after Seo and Shin
    /// (2019), clothes and goods; 20 Newsgroups' are the six groups "by subject matter" of its publisher, who takes
    /// religion out of `alt`, `soc` and `talk`.
    pub fn super_classes(self) -> Vec<SuperClass> {
        let groups: &[(&str, &[&str])] = match self {
            Self::FashionMnist => &[
                ("clothes", &["T-shirt/top", "trouser", "pullover", "dress", "coat", "shirt"]),
                ("goods", &["sandal", "sneaker", "bag", "ankle boot"]),
            ],
            Self::Newsgroups { .. } => &newsgroups::GROUPS,
        };
        let label = |class: &&str| {
            self.classes().iter().position(|known| known == class).expect("groups are made of the set's classes")
        };
        let group = |(name, classes): &(&str, &[&str])| SuperClass {
            name: (*name).to_owned(),
            classes: classes.iter().map(label).collect(),
        };
        groups.iter().map(group).collect()
    }

    /// Reads the set's files from `root/<set's name>/` and checks every one against its published hash.
    pub(super) fn read(self, root: &Path) -> Result<DataSet, DataError> {
        let folder = root.join(self.name());
        match self {
            Self::FashionMnist => FASHION_MNIST_FILES.read(&folder, self.shape()),
            Self::Newsgroups { .. } => newsgroups::read(&folder, self.shape()),
        }
    }

    /// Whether all of the set's files are in `root/<set's name>/`.
    pub(super) fn is_present(self, root: &Path) -> bool {
        self.files().iter().all(|file| root.join(self.name()).join(file.name).is_file())
    }

    fn files(self) -> Vec<&'static SetFile> {
        match self {
            Self::FashionMnist => FASHION_MNIST_FILES.all().to_vec(),
            Self::Newsgroups { .. } => newsgroups::FILES.iter().collect(),
        }
    }

    /// A hash over the contents of the set's files and the set's options. Files with other contents are refused, so it is known before they
    /// are read.
    pub fn hash(self) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("fractionate data set");
        for file in self.files() {
            hasher.update(file.sha256.as_bytes());
        }
        if let Self::Newsgroups { vocabulary } = self {
            hasher.update(&(vocabulary as u64).to_le_bytes());
        }
        hasher.finalize().to_hex()[..16].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_of_a_known_set_is_in_one_super_class() {
        for set in KnownSet::ALL {
            let groups = set.super_classes();
            let mut labels: Vec<usize> = groups.iter().flat_map(|group| group.classes.clone()).collect();
            labels.sort_unstable();
            assert_eq!(labels, (0..set.classes().len()).collect::<Vec<_>>(), "{}", set.name());
            assert!(groups.iter().all(|group| group.classes.is_sorted()));
        }
    }
}
