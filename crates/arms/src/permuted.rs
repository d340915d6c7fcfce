//! `permuted`: the teacher's probabilities given to other classes, example by example (DKPP of Furlanello et al. 2018).

use fractionate_data::{Purpose, RandomStream};
use fractionate_records::Seed;

use super::TeacherProbabilities;
use super::class_statistics::{push_permuted, top_class};
use super::description::{ArmOption, Description};

pub(crate) const DESCRIPTION: Description = Description {
    name: "permuted",
    formula: "p with its entries off the label permuted, a fresh seeded permutation for each example",
    keeps: "universe, instance, the sorted profile",
    takes_away: "which class is which",
    options: &[ArmOption {
        example: "permuted(argmax)",
        meaning: "the teacher's largest entry keeps its place instead of the label's (DKPP); of several the first",
    }],
    note: Some("every permutation of the K - 1 entries is equally likely, so that some may keep their place"),
};

/// The entry that keeps its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Held {
    /// The label's.
    #[default]
    Target,
    /// The teacher's largest; of several the first.
    Argmax,
}

impl Held {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Target, Self::Argmax];

    /// The word for it in suite files and names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Argmax => "argmax",
        }
    }
}

/// The first index of this arm's streams: away from those of the other arms that shuffle.
const FIRST_STREAM: u64 = 1 << 33;

/// The entries of example i (in the order of the training set) are permuted by the stream of this seed with index
/// 2^33 + i, whichever is held.
pub(crate) fn rows(teacher: &TeacherProbabilities, labels: &[u16], seed: Seed, hold: Held) -> Vec<f64> {
    let mut rows = Vec::with_capacity(teacher.as_slice().len());
    for (example, (row, &t)) in teacher.rows().zip(labels).enumerate() {
        let held = match hold {
            Held::Target => usize::from(t),
            Held::Argmax => top_class(row),
        };
        let order = RandomStream::new(seed, Purpose::ArmShuffle, FIRST_STREAM + example as u64)
            .permutation(teacher.classes() - 1);
        push_permuted(&mut rows, row, held, &order);
    }
    rows
}
