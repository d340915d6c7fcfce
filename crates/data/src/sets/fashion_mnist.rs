//! Fashion-MNIST (Xiao et al. 2017): 28x28 grey pictures of clothes, 10 classes, exactly balanced.

use super::idx_pictures;
use super::known_set::{KnownSet, SetDescriptor, SetExamples};
use super::set_file::SetFile;

pub(super) static SET: SetDescriptor = SetDescriptor {
    name: "fashion-mnist",
    title: "Fashion-MNIST",
    train_examples: 60_000,
    test_examples: 10_000,
    examples: SetExamples::Numbers { features: 784, picture: Some((28, 28)) },
    classes: &[
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
    // The upper level of a hierarchy after Seo and Shin (2019).
    super_classes: &[
        ("clothes", &["T-shirt/top", "trouser", "pullover", "dress", "coat", "shirt"]),
        ("goods", &["sandal", "sneaker", "bag", "ankle boot"]),
    ],
    by_class: false,
    setup: "scripts/setup",
    files: &[
        SetFile {
            name: "train-images-idx3-ubyte.gz",
            sha256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            bytes: 47_040_016,
        },
        SetFile {
            name: "train-labels-idx1-ubyte.gz",
            sha256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            bytes: 60_008,
        },
        SetFile {
            name: "t10k-images-idx3-ubyte.gz",
            sha256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            bytes: 7_840_016,
        },
        SetFile {
            name: "t10k-labels-idx1-ubyte.gz",
            sha256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
            bytes: 10_008,
        },
    ],
    parse: idx_pictures::data_set,
};

impl KnownSet {
    /// Fashion-MNIST.
    pub const FASHION_MNIST: Self = Self::with_defaults(&SET);
}
