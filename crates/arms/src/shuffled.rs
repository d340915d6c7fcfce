//! `shuffled`: every example gets another one's soft label.

use fractionate_data::{Purpose, RandomStream};
use fractionate_records::Seed;

use super::description::Description;
use super::{ArmError, TeacherProbabilities};

pub(crate) const DESCRIPTION: Description = Description {
    name: "shuffled",
    formula: "p of another example of the training set (a seeded cyclic permutation of all)",
    keeps: "the marginal distribution of soft labels",
    takes_away: "every tie to the example and to its label",
    ..Description::PLAIN
};

/// Example i gets row `order[i]`, where `order` is the cyclic permutation of the stream of this seed with index 0.
/// (`shuffled-within-class` has the indices from 1.)
pub(crate) fn rows(teacher: &TeacherProbabilities, seed: Seed) -> Result<Vec<f64>, ArmError> {
    let n = teacher.examples();
    if n < 2 {
        return Err(ArmError::NothingToShuffle);
    }
    let order = RandomStream::new(seed, Purpose::ArmShuffle, 0).cyclic_permutation(n);
    Ok(order.iter().flat_map(|&from| teacher.row(from)).copied().collect())
}
