//! The sets of pictures that a suite can name, and what is known of them before their files are read.

use fractionate_records::SuperClass;

/// A set of pictures by its name in suite files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureSet {
    /// CIFAR-10 (Krizhevsky 2009): 32x32 colour pictures, 10 classes, exactly balanced.
    Cifar10,
    /// CIFAR-100 (Krizhevsky 2009): 32x32 colour pictures, 100 classes in 20 super-classes, exactly balanced.
    Cifar100,
    /// Any pictures in one folder for each class.
    Folder,
    /// Any pictures in Parquet files as data hubs serve them.
    Parquet,
}

impl PictureSet {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 4] = [Self::Cifar10, Self::Cifar100, Self::Folder, Self::Parquet];

    /// The name in suite files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cifar10 => "cifar-10",
            Self::Cifar100 => "cifar-100",
            Self::Folder => "folder",
            Self::Parquet => "parquet",
        }
    }

    /// The name as people write it, of a set that is known.
    pub fn title(self) -> Option<&'static str> {
        match self {
            Self::Cifar10 => Some("CIFAR-10"),
            Self::Cifar100 => Some("CIFAR-100"),
            Self::Folder | Self::Parquet => None,
        }
    }

    /// The classes' names in the order of the labels, of a set that is known.
    pub(super) fn classes(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Cifar10 => Some(&CIFAR_10),
            Self::Cifar100 => Some(&CIFAR_100),
            Self::Folder | Self::Parquet => None,
        }
    }

    /// How many pictures the publisher has in the training part and in the test part.
    pub(super) fn published(self) -> Option<[usize; 2]> {
        self.title().map(|_| [50_000, 10_000])
    }

    /// The column of the labels in a table, and the entry in a pickle.
    pub(super) fn label_names(self) -> Option<[&'static str; 2]> {
        match self {
            Self::Cifar10 => Some(["label", "labels"]),
            Self::Cifar100 => Some(["fine_label", "fine_labels"]),
            Self::Folder | Self::Parquet => None,
        }
    }

    /// Groups of classes that resemble each other, as the publisher has them.
    ///
    /// # Panics
    /// If a group has a class that the set does not have.
    pub(super) fn super_classes(self) -> Vec<SuperClass> {
        let groups: &[(&str, [&str; 5])] = if self == Self::Cifar100 { &CIFAR_100_GROUPS } else { &[] };
        let label = |class: &&str| {
            let known = CIFAR_100.iter().position(|known| known == class);
            known.expect("groups are made of the set's classes")
        };
        let group = |(name, classes): &(&str, [&str; 5])| SuperClass {
            name: (*name).to_owned(),
            classes: classes.iter().map(label).collect(),
        };
        groups.iter().map(group).collect()
    }
}

const CIFAR_10: [&str; 10] = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

const CIFAR_100: [&str; 100] = [
    "apple",
    "aquarium_fish",
    "baby",
    "bear",
    "beaver",
    "bed",
    "bee",
    "beetle",
    "bicycle",
    "bottle",
    "bowl",
    "boy",
    "bridge",
    "bus",
    "butterfly",
    "camel",
    "can",
    "castle",
    "caterpillar",
    "cattle",
    "chair",
    "chimpanzee",
    "clock",
    "cloud",
    "cockroach",
    "couch",
    "crab",
    "crocodile",
    "cup",
    "dinosaur",
    "dolphin",
    "elephant",
    "flatfish",
    "forest",
    "fox",
    "girl",
    "hamster",
    "house",
    "kangaroo",
    "keyboard",
    "lamp",
    "lawn_mower",
    "leopard",
    "lion",
    "lizard",
    "lobster",
    "man",
    "maple_tree",
    "motorcycle",
    "mountain",
    "mouse",
    "mushroom",
    "oak_tree",
    "orange",
    "orchid",
    "otter",
    "palm_tree",
    "pear",
    "pickup_truck",
    "pine_tree",
    "plain",
    "plate",
    "poppy",
    "porcupine",
    "possum",
    "rabbit",
    "raccoon",
    "ray",
    "road",
    "rocket",
    "rose",
    "sea",
    "seal",
    "shark",
    "shrew",
    "skunk",
    "skyscraper",
    "snail",
    "snake",
    "spider",
    "squirrel",
    "streetcar",
    "sunflower",
    "sweet_pepper",
    "table",
    "tank",
    "telephone",
    "television",
    "tiger",
    "tractor",
    "train",
    "trout",
    "tulip",
    "turtle",
    "wardrobe",
    "whale",
    "willow_tree",
    "wolf",
    "woman",
    "worm",
];

const CIFAR_100_GROUPS: [(&str, [&str; 5]); 20] = [
    ("aquatic_mammals", ["beaver", "dolphin", "otter", "seal", "whale"]),
    ("fish", ["aquarium_fish", "flatfish", "ray", "shark", "trout"]),
    ("flowers", ["orchid", "poppy", "rose", "sunflower", "tulip"]),
    ("food_containers", ["bottle", "bowl", "can", "cup", "plate"]),
    ("fruit_and_vegetables", ["apple", "mushroom", "orange", "pear", "sweet_pepper"]),
    ("household_electrical_devices", ["clock", "keyboard", "lamp", "telephone", "television"]),
    ("household_furniture", ["bed", "chair", "couch", "table", "wardrobe"]),
    ("insects", ["bee", "beetle", "butterfly", "caterpillar", "cockroach"]),
    ("large_carnivores", ["bear", "leopard", "lion", "tiger", "wolf"]),
    ("large_man-made_outdoor_things", ["bridge", "castle", "house", "road", "skyscraper"]),
    ("large_natural_outdoor_scenes", ["cloud", "forest", "mountain", "plain", "sea"]),
    ("large_omnivores_and_herbivores", ["camel", "cattle", "chimpanzee", "elephant", "kangaroo"]),
    ("medium_mammals", ["fox", "porcupine", "possum", "raccoon", "skunk"]),
    ("non-insect_invertebrates", ["crab", "lobster", "snail", "spider", "worm"]),
    ("people", ["baby", "boy", "girl", "man", "woman"]),
    ("reptiles", ["crocodile", "dinosaur", "lizard", "snake", "turtle"]),
    ("small_mammals", ["hamster", "mouse", "rabbit", "shrew", "squirrel"]),
    ("trees", ["maple_tree", "oak_tree", "palm_tree", "pine_tree", "willow_tree"]),
    ("vehicles_1", ["bicycle", "bus", "motorcycle", "pickup_truck", "train"]),
    ("vehicles_2", ["lawn_mower", "rocket", "streetcar", "tank", "tractor"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_of_cifar_100_is_in_one_super_class_of_five() {
        let groups = PictureSet::Cifar100.super_classes();
        let mut labels: Vec<usize> = groups.iter().flat_map(|group| group.classes.clone()).collect();
        labels.sort_unstable();
        assert_eq!(labels, (0..100).collect::<Vec<_>>());
        assert!(groups.iter().all(|group| group.classes.len() == 5 && group.classes.is_sorted()));
        assert!(CIFAR_100.is_sorted() && CIFAR_10.is_sorted() && CIFAR_100_GROUPS.is_sorted());
    }
}
