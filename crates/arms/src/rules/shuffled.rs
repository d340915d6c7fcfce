//! `shuffled`: every example gets another one's soft label.

use fractionate_data::{Purpose, RandomStream};
use fractionate_records::Seed;

use crate::{ArmDescriptor, ArmError, Computed, Look, LossUse, Needs, TeacherProbabilities};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "shuffled",
    meaning: "the soft label of any other example: a control",
    formula: "p of another example of the training set (a seeded cyclic permutation of all)",
    keeps: "the marginal distribution of soft labels",
    takes_away: "every tie to the example and to its label",
    note: None,
    options: &[],
    takes: "it takes none",
    forms: &[],
    needs: |_| Needs::TEACHER,
    depends_on_seed: |_| true,
    loss: |_| LossUse::Everything,
    look: Look { colour: 0xAA4499, line: 6 },
    compute: |arm, inputs| {
        inputs.expect_whole_set(ARM.name)?;
        rows(arm.teacher(inputs)?, inputs.seed).map(Computed::Rows)
    },
};

fn rows(teacher: &TeacherProbabilities, seed: Seed) -> Result<Vec<f64>, ArmError> {
    let sources = shuffle_sources(teacher.examples(), seed)?;
    Ok(sources.iter().flat_map(|&from| teacher.row(from)).copied().collect())
}

/// The example whose soft label each of `examples` gets from `shuffled`: the cyclic permutation of the stream of this seed
/// with index 0, so that no example keeps its own.
///
/// # Errors
/// If there are fewer than two examples.
pub fn shuffle_sources(examples: usize, seed: Seed) -> Result<Vec<usize>, ArmError> {
    if examples < 2 {
        return Err(ArmError::NothingToShuffle);
    }
    // `shuffled-within-class` has the indices from 1.
    Ok(RandomStream::new(seed, Purpose::ArmShuffle, 0).cyclic_permutation(examples))
}
