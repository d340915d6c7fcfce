//! The data sets that the project knows by name: what they hold and how their files are recognised.

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

    /// Height and width of a picture, in pixels.
    pub fn picture(self) -> (usize, usize) {
        match self {
            Self::FashionMnist => (28, 28),
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
}
