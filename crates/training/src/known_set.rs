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

    /// The set's files, in the order in which they are read.
    pub(crate) fn files(self) -> &'static SetFiles {
        match self {
            Self::FashionMnist => &FASHION_MNIST_FILES,
        }
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

/// A file of a data set.
#[derive(Debug)]
pub(crate) struct SetFile {
    /// Its name in the data set's folder; compressed.
    pub(crate) name: &'static str,
    /// SHA-256 of its decompressed contents: compression differs between publishers.
    pub(crate) sha256: &'static str,
    /// Bytes of its decompressed contents.
    pub(crate) bytes: usize,
}

/// The files of a data set of pictures.
#[derive(Debug)]
pub(crate) struct SetFiles {
    pub(crate) train_images: SetFile,
    pub(crate) train_labels: SetFile,
    pub(crate) test_images: SetFile,
    pub(crate) test_labels: SetFile,
}

impl SetFiles {
    pub(crate) fn all(&self) -> [&SetFile; 4] {
        [&self.train_images, &self.train_labels, &self.test_images, &self.test_labels]
    }
}

static FASHION_MNIST_FILES: SetFiles = SetFiles {
    train_images: SetFile {
        name: "train-images-idx3-ubyte.gz",
        sha256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        bytes: 47_040_016,
    },
    train_labels: SetFile {
        name: "train-labels-idx1-ubyte.gz",
        sha256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        bytes: 60_008,
    },
    test_images: SetFile {
        name: "t10k-images-idx3-ubyte.gz",
        sha256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        bytes: 7_840_016,
    },
    test_labels: SetFile {
        name: "t10k-labels-idx1-ubyte.gz",
        sha256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        bytes: 10_008,
    },
};
