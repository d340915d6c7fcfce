//! Where a suite's examples come from.

use super::{ExampleShape, KnownSet};

/// A data set as a suite names it: everything that is known of it before its examples are read.
#[derive(Debug, Clone, PartialEq)]
pub enum DataSource {
    /// One that the project knows by name.
    Known(KnownSet),
}

impl DataSource {
    /// The name in suite files.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Known(set) => set.name(),
        }
    }

    /// The name as people write it.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Known(set) => set.title(),
        }
    }

    /// A hash over everything that the examples and labels depend on: 16 hexadecimal digits.
    pub fn hash(&self) -> String {
        match self {
            Self::Known(set) => set.hash(),
        }
    }

    /// The classes' names, in the order of the labels.
    pub fn classes(&self) -> Vec<String> {
        match self {
            Self::Known(set) => set.classes().iter().map(|&class| class.to_owned()).collect(),
        }
    }

    /// How many examples there are to train and to validate on.
    pub fn train_examples(&self) -> usize {
        match self {
            Self::Known(set) => set.train_examples(),
        }
    }

    /// How many test examples there are.
    pub fn test_examples(&self) -> usize {
        match self {
            Self::Known(set) => set.test_examples(),
        }
    }

    /// The shape of examples and labels.
    pub fn shape(&self) -> ExampleShape {
        match self {
            Self::Known(set) => set.shape(),
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
