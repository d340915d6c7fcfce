//! The data sets that can be named.

use super::known_set::{KnownSet, SetDescriptor};
use super::{fashion_mnist, newsgroups};

/// Every known set.
static SETS: [&SetDescriptor; 2] = [&fashion_mnist::SET, &newsgroups::SET];

impl KnownSet {
    /// Every built-in set, each with its default options.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        Self::each(&SETS)
    }

    /// The built-in set with this name in suite files.
    pub fn find(name: &str) -> Option<Self> {
        Self::find_among(&SETS, name)
    }

    /// The set with this name among some.
    pub fn find_among(sets: &[&'static SetDescriptor], name: &str) -> Option<Self> {
        Self::each(sets).find(|set| set.name() == name)
    }

    fn each(sets: &[&'static SetDescriptor]) -> impl Iterator<Item = Self> + Clone {
        sets.iter().map(|set| Self::with_defaults(set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_of_a_known_set_is_in_one_super_class() {
        for set in KnownSet::all() {
            let groups = set.super_classes();
            let mut labels: Vec<usize> = groups.iter().flat_map(|group| group.classes.clone()).collect();
            labels.sort_unstable();
            assert_eq!(labels, (0..set.shape().classes).collect::<Vec<_>>(), "{}", set.name());
            assert!(groups.iter().all(|group| group.classes.is_sorted()));
        }
    }
}
