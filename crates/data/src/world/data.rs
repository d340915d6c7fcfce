//! The world as a data set, and its teacher.

use fractionate_records::SuperClass;

use super::{World, WorldOptions};
use crate::sets::{DataSet, ExampleShape};
use crate::splits::SplitRows;

/// What a world's own teacher says of the examples of each split: train, validation, test.
#[derive(Debug, Clone, PartialEq)]
pub struct WorldTeaching {
    /// Examples x K: the oracle's scores g, or ln p in a planted world.
    pub logits: [Vec<f32>; 3],
    /// Examples x K: the planted p, used as they are whatever the temperature; none where the oracle teaches.
    pub probabilities: Option<[Vec<f64>; 3]>,
}

/// The world behind a data set, with the oracle's scores of its examples, row by row.
#[derive(Debug)]
pub(crate) struct Oracle {
    world: World,
    train: Vec<f64>,
    test: Vec<f64>,
}

impl WorldOptions {
    /// Raised when the same options give other examples.
    const GENERATOR: u32 = 1;

    /// A hash over everything that the examples depend on: 16 hexadecimal digits.
    pub(crate) fn hash(&self) -> String {
        let options = serde_json::to_vec(&(Self::GENERATOR, self)).expect("options are plain data");
        blake3::derive_key("fractionate world", &options)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Class 2.1 is the first of super-class 2.
    pub(crate) fn class_names(&self) -> Vec<String> {
        let name = |class| format!("{}.{}", class / self.sub_classes + 1, class % self.sub_classes + 1);
        (0..self.classes()).map(name).collect()
    }

    /// K where the classes take turns among the examples and every split must hold as many of each: in planted worlds.
    pub(crate) fn balanced_classes(&self) -> Option<usize> {
        self.planted.map(|_| self.classes())
    }

    /// The world's super-classes, which its classes are named after.
    pub(crate) fn groups(&self) -> Vec<SuperClass> {
        let of = |group| (group * self.sub_classes..(group + 1) * self.sub_classes).collect();
        (0..self.super_classes).map(|group| SuperClass { name: (group + 1).to_string(), classes: of(group) }).collect()
    }

    pub(crate) fn shape(&self) -> ExampleShape {
        ExampleShape { features: self.dimension, picture: None, classes: self.classes() }
    }
}

impl World {
    /// The world's examples as a data set; inputs are used as they are, since they are standard normal.
    pub(crate) fn data_set(self) -> DataSet {
        let (train, test) = (self.train(), self.test());
        let parts = [(train.inputs, train.labels), (test.inputs, test.labels)];
        let mut data = DataSet::from_numbers(parts, self.options.shape(), false);
        data.oracle = Some(Oracle { train: train.scores, test: test.scores, world: self });
        data
    }
}

impl Oracle {
    /// As [`WorldOptions::balanced_classes`].
    pub(crate) fn balanced_classes(&self) -> Option<usize> {
        self.world.options.balanced_classes()
    }
}

impl DataSet {
    /// What the world's own teacher says of the rows of each split; `None` if the data set is no world.
    ///
    /// # Panics
    /// If the rows are not the data set's.
    pub fn world_teaching(&self, rows: &SplitRows) -> Option<WorldTeaching> {
        let oracle = self.oracle.as_ref()?;
        let splits = [
            (&self.train.labels, &oracle.train, &rows.train),
            (&self.train.labels, &oracle.train, &rows.validation),
            (&self.test.labels, &oracle.test, &rows.test),
        ];
        let k = self.shape.classes;
        let scores = splits.map(|(_, scores, rows)| {
            rows.iter().flat_map(|&row| &scores[row * k..(row + 1) * k]).copied().collect::<Vec<f64>>()
        });
        let labels = splits.map(|(labels, _, rows)| rows.iter().map(|&row| labels[row]).collect::<Vec<u16>>());
        let planted = |split: usize| oracle.world.planted_probabilities(&labels[split], &scores[split]);
        let probabilities = match (planted(0), planted(1), planted(2)) {
            (Some(train), Some(validation), Some(test)) => Some([train, validation, test]),
            _ => None,
        };
        let logits = match &probabilities {
            Some(planted) => planted.each_ref().map(|rows| rows.iter().map(|&p| libm::log(p) as f32).collect()),
            None => scores.map(|rows| rows.iter().map(|&g| g as f32).collect()),
        };
        Some(WorldTeaching { logits, probabilities })
    }
}

#[cfg(test)]
mod tests {
    use fractionate_records::Seed;
    use proptest::prelude::*;

    use super::super::tests::options;
    use super::super::{Planted, scores::softmax};
    use super::*;
    use crate::{DataSource, SplitSizes};

    fn drawn(options: WorldOptions, sizes: SplitSizes) -> (DataSet, SplitRows) {
        let source = DataSource::World(options);
        (DataSet::read(&source, std::path::Path::new("nowhere")).unwrap(), SplitRows::draw(&source, sizes))
    }

    fn sizes(seed: u64) -> SplitSizes {
        SplitSizes { student: 56, teacher: 160, validation: 80, test: 24, seed: Seed(seed) }
    }

    #[test]
    fn the_hash_tells_worlds_apart_and_classes_are_named_by_super_class() {
        let hash = |options: WorldOptions| options.hash();
        assert_eq!(hash(options()).len(), 16);
        assert_eq!(hash(options()), hash(options()));
        assert_ne!(hash(options()), hash(WorldOptions { tau: 0.6, ..options() }));
        assert_ne!(hash(options()), hash(WorldOptions { planted: Some(Planted::NoRelations), ..options() }));
        assert_eq!(options().class_names()[..3], ["1.1", "1.2", "2.1"]);
    }

    #[test]
    fn the_oracle_teaches_every_split_by_its_own_scores() {
        let (data, rows) = drawn(options(), sizes(0));
        let (train, test) = (World::new(options()).unwrap().train(), World::new(options()).unwrap().test());
        let teaching = data.world_teaching(&rows).unwrap();
        assert_eq!(teaching.probabilities, None);
        for (logits, (rows, scores)) in
            teaching.logits.iter().zip([(&rows.train, &train), (&rows.validation, &train), (&rows.test, &test)])
        {
            let expected: Vec<f32> = rows.iter().flat_map(|&row| scores.logits()[row * 8..][..8].to_vec()).collect();
            assert_eq!(*logits, expected);
        }
    }

    #[test]
    fn planted_logits_are_those_of_the_planted_probabilities() {
        let (data, rows) = drawn(WorldOptions { planted: Some(Planted::NothingParticular), ..options() }, sizes(0));
        let teaching = data.world_teaching(&rows).unwrap();
        let probabilities = teaching.probabilities.unwrap();
        for (logits, p) in teaching.logits.iter().zip(&probabilities) {
            for (logits, p) in logits.chunks_exact(8).zip(p.chunks_exact(8)) {
                let logits: Vec<f64> = logits.iter().map(|&v| f64::from(v)).collect();
                assert!(softmax(&logits).iter().zip(p).all(|(a, b)| (a - b).abs() < 1e-6));
            }
        }
    }

    proptest! {
        #[test]
        fn every_split_of_a_planted_world_has_as_many_of_each_class(seed: u64) {
            let (data, rows) = drawn(WorldOptions { planted: Some(Planted::NoRelations), ..options() }, sizes(seed));
            let counts = |rows: &[usize]| {
                let mut counts = [0usize; 8];
                rows.iter().for_each(|&row| counts[usize::from(data.train.labels[row])] += 1);
                counts
            };
            prop_assert_eq!(counts(&rows.train), [20; 8]);
            prop_assert_eq!(counts(&rows.train[..56]), [7; 8]);
            prop_assert_eq!(counts(&rows.validation), [10; 8]);
            let mut all: Vec<usize> = rows.train.iter().chain(&rows.validation).copied().collect();
            all.sort_unstable();
            all.dedup();
            prop_assert_eq!(all.len(), 240, "no example is in two splits");
        }
    }
}
