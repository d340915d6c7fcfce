//! `shuffled-within-class`: every example gets the soft label of another one of its class.

use fractionate_records::Seed;

use super::class_shuffle::within_class_shuffle_sources;
use crate::{ArmDescriptor, ArmError, Computed, Look, LossUse, Needs, TeacherProbabilities};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "shuffled-within-class",
    meaning: "the soft label of another example of the same class",
    formula: "p of another example of class t (a seeded cyclic permutation inside each class)",
    keeps: "the class's whole distribution of soft labels",
    takes_away: "the tie to this example",
    note: None,
    options: &[],
    takes: "it takes none",
    forms: &[],
    needs: |_| Needs::TEACHER,
    depends_on_seed: |_| true,
    loss: |_| LossUse::Everything,
    look: Look { colour: 0x882255, line: 7 },
    compute: |arm, inputs| {
        inputs.expect_whole_set(ARM.name)?;
        rows(arm.teacher(inputs)?, inputs.labels, inputs.seed).map(Computed::Rows)
    },
};

/// Example i gets the row of example `sources[i]` of [`within_class_shuffle_sources`].
fn rows(teacher: &TeacherProbabilities, labels: &[u16], seed: Seed) -> Result<Vec<f64>, ArmError> {
    let sources = within_class_shuffle_sources(ARM.name, labels, teacher.classes(), seed)?;
    Ok(sources.iter().flat_map(|&from| teacher.row(from)).copied().collect())
}
