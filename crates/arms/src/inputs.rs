//! What an arm may look at.

use fractionate_records::Seed;

use super::labels::{check_examples, check_labels};
use super::{ArmError, TeacherProbabilities, TrainingStatistics};

/// What an arm's targets are a pure function of.
#[derive(Debug, Clone, Copy)]
pub struct ArmInputs<'a> {
    /// The teacher's softened probabilities of the students' training examples; arms that do not ask the teacher
    /// do without.
    pub teacher: Option<&'a TeacherProbabilities>,
    /// The same examples' probabilities at T = 1, for arms with [`super::Needs::probabilities_at_one`].
    pub teacher_at_one: Option<&'a TeacherProbabilities>,
    /// The rows w_k of the teacher's last linear layer, K of one length, for arms with
    /// [`super::Needs::classifier`].
    pub teacher_classifier: Option<&'a [Vec<f64>]>,
    /// The labels of the same examples, each below `classes`.
    pub labels: &'a [u16],
    /// K, at least 2.
    pub classes: usize,
    /// Counts and means over the whole training set, where the examples are a part of it: a batch, or one view of each.
    /// Without them the examples are the whole set.
    pub statistics: Option<&'a TrainingStatistics>,
    /// The student's seed: arms that shuffle draw from its streams.
    pub seed: Seed,
}

impl ArmInputs<'_> {
    /// Holds labels and probabilities against each other.
    pub(crate) fn check(&self) -> Result<(), ArmError> {
        check_labels(self.labels, self.classes)?;
        for teacher in [self.teacher, self.teacher_at_one].into_iter().flatten() {
            if teacher.classes() != self.classes {
                return Err(ArmError::ClassesDiffer { teacher: teacher.classes(), labels: self.classes });
            }
            check_examples(teacher, self.labels)?;
        }
        if let Some(statistics) = self.statistics.filter(|of| of.classes() != self.classes) {
            return Err(ArmError::StatisticsDiffer { statistics: statistics.classes(), labels: self.classes });
        }
        if let Some(rows) = self.teacher_classifier {
            let equal = rows.iter().filter(|row| row.len() == rows[0].len()).count();
            if equal != self.classes || equal != rows.len() {
                return Err(ArmError::ClassifierShape { rows: equal, classes: self.classes });
            }
        }
        Ok(())
    }
}
