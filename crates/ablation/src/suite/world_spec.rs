//! `[data.world]` as written.

use super::document::Table;
use super::place::{Place, Placed};
use super::problems::Problems;
use super::reader::{Field, Reader};

/// `[data.world]`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WorldSpec {
    pub(super) place: Place,
    pub(super) super_classes: Field<usize>,
    pub(super) sub_classes: Field<usize>,
    pub(super) dimension: Field<usize>,
    pub(super) tau: Field<f64>,
    pub(super) terms: Field<usize>,
    pub(super) beta: Field<f64>,
    pub(super) beta_spread: Field<f64>,
    pub(super) label: Field<String>,
    pub(super) label_noise: Field<f64>,
    pub(super) seed: Field<u64>,
    pub(super) train_examples: Field<usize>,
    pub(super) test_examples: Field<usize>,
    pub(super) planted: Field<String>,
}

const WORLD_KEYS: [&str; 13] = [
    "super_classes",
    "sub_classes",
    "dimension",
    "tau",
    "terms",
    "beta",
    "beta_spread",
    "label",
    "label_noise",
    "seed",
    "train_examples",
    "test_examples",
    "planted",
];

impl WorldSpec {
    pub(super) fn read(table: &Placed<Table>, problems: &mut Problems) -> Self {
        let reader = Reader::new(&table.value, table.place.clone(), "data.world", &WORLD_KEYS, problems);
        Self {
            super_classes: reader.required("super_classes", "4", problems),
            sub_classes: reader.required("sub_classes", "2", problems),
            dimension: reader.required("dimension", "32", problems),
            tau: reader.required("tau", "0.5", problems),
            terms: reader.optional("terms", problems),
            beta: reader.optional("beta", problems),
            beta_spread: reader.optional("beta_spread", problems),
            label: reader.optional("label", problems),
            label_noise: reader.optional("label_noise", problems),
            seed: reader.optional("seed", problems),
            train_examples: reader.required("train_examples", "20_000", problems),
            test_examples: reader.required("test_examples", "10_000", problems),
            planted: reader.optional("planted", problems),
            place: reader.place().clone(),
        }
    }
}
