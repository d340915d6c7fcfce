//! `shuffled-within-class`: every example gets the soft label of another one of its class.

use fractionate_records::Seed;

use super::description::Description;
use super::{ArmError, TeacherProbabilities, class_shuffle};

pub(crate) const DESCRIPTION: Description = Description {
    name: "shuffled-within-class",
    formula: "p of another example of class t (a seeded cyclic permutation inside each class)",
    keeps: "the class's whole distribution of soft labels",
    takes_away: "the tie to this example",
    ..Description::PLAIN
};

/// Example i gets the row of example `sources[i]` of [`class_shuffle`].
pub(crate) fn rows(teacher: &TeacherProbabilities, labels: &[u16], seed: Seed) -> Result<Vec<f64>, ArmError> {
    let sources = class_shuffle::sources(DESCRIPTION.name, labels, teacher.classes(), seed)?;
    Ok(sources.iter().flat_map(|&from| teacher.row(from)).copied().collect())
}
