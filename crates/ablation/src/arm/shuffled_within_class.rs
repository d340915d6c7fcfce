//! `shuffled-within-class`: every example gets the soft label of another one of its class.

use fractionate_records::Seed;
use fractionate_training::{Purpose, RandomStream};

use super::class_statistics::positive_counts;
use super::description::Description;
use super::{ArmError, TeacherProbabilities};

pub(super) const DESCRIPTION: Description = Description {
    name: "shuffled-within-class",
    formula: "p of another example of class t (a seeded cyclic permutation inside each class)",
    keeps: "the class's whole distribution of soft labels",
    takes_away: "the tie to this example",
};

/// The i-th example of class c (in the order of the training set) gets the row of the class's `order[i]`-th, where
/// `order` is the cyclic permutation of the stream of this seed with index c + 1.
pub(super) fn rows(teacher: &TeacherProbabilities, labels: &[u16], seed: Seed) -> Result<Vec<f64>, ArmError> {
    let classes = teacher.classes();
    let counts = positive_counts(DESCRIPTION.name, labels, classes)?;
    if let Some(class) = counts.iter().position(|&count| count == 1) {
        return Err(ArmError::LoneExample { class });
    }
    let mut members: Vec<Vec<usize>> = counts.iter().map(|&count| Vec::with_capacity(count)).collect();
    labels.iter().enumerate().for_each(|(example, &t)| members[usize::from(t)].push(example));
    let mut rows = vec![0.0; labels.len() * classes];
    for (class, members) in members.iter().enumerate() {
        let order = RandomStream::new(seed, Purpose::ArmShuffle, class as u64 + 1).cyclic_permutation(members.len());
        for (&example, &from) in members.iter().zip(&order) {
            rows[example * classes..][..classes].copy_from_slice(teacher.row(members[from]));
        }
    }
    Ok(rows)
}
