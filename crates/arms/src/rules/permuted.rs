//! `permuted`: the teacher's probabilities given to other classes, example by example (DKPP of Furlanello et al. 2018).

use fractionate_data::{Purpose, RandomStream};
use fractionate_records::Seed;

use super::class_statistics::push_permuted;
use crate::teacher_probabilities::top_class;
use crate::{
    Allowed, ArmDescriptor, ArmForm, ArmOption, Computed, Look, LossUse, Needs, OptionValue, TeacherProbabilities,
};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "permuted",
    meaning: "how sure the teacher is of each example, with the other classes exchanged at random",
    formula: "p with its entries off the label permuted, a fresh seeded permutation for each example",
    keeps: "universe, instance, the sorted profile",
    takes_away: "which class is which",
    note: Some("every permutation of the K - 1 entries is equally likely, so that some may keep their place"),
    options: &[ArmOption {
        key: "hold",
        default: OptionValue::Word("target"),
        allowed: Allowed::Words(&["target", "argmax"]),
    }],
    takes: "it takes `target` or `argmax`",
    forms: &[ArmForm {
        example: "permuted(argmax)",
        meaning: "the teacher's largest entry keeps its place instead of the label's (DKPP); of several the first",
    }],
    needs: |_| Needs::TEACHER,
    depends_on_seed: |_| true,
    loss: |_| LossUse::Everything,
    look: Look { colour: 0xCC3311, line: 14 },
    compute: |arm, inputs| {
        inputs.expect_whole_set(ARM.name)?;
        let hold = if arm.has_word("hold", "argmax") { Held::Argmax } else { Held::Target };
        Ok(Computed::Rows(rows(arm.teacher(inputs)?, inputs.labels, inputs.seed, hold)))
    },
};

/// The entry that keeps its place.
#[derive(Debug, Clone, Copy)]
enum Held {
    /// The label's.
    Target,
    /// The teacher's largest; of several the first.
    Argmax,
}

/// The first index of this arm's streams: away from those of the other arms that shuffle.
const FIRST_STREAM: u64 = 1 << 33;

/// The entries of example i (in the order of the training set) are permuted by the stream of this seed with index
/// 2^33 + i, whichever is held.
fn rows(teacher: &TeacherProbabilities, labels: &[u16], seed: Seed, hold: Held) -> Vec<f64> {
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
