//! What arms may ask the teacher about the students' training examples.

use fractionate_records::Temperature;

use crate::arm::{ProbabilitiesError, TeacherProbabilities};

/// The teacher's answers for the students' training examples.
#[derive(Debug)]
pub(crate) struct TeacherKnowledge {
    /// At the suite's temperature.
    pub(crate) probabilities: TeacherProbabilities,
    /// At T = 1.
    pub(crate) at_one: TeacherProbabilities,
    /// The rows of its last linear layer, where an arm asks for them.
    pub(crate) classifier: Option<Vec<Vec<f64>>>,
}

impl TeacherKnowledge {
    /// From the logits of the students' examples, row by row.
    ///
    /// # Errors
    /// If a logit is not finite.
    pub(crate) fn new(
        logits: &[f32],
        classes: usize,
        temperature: Temperature,
        classifier: Option<Vec<Vec<f64>>>,
    ) -> Result<Self, ProbabilitiesError> {
        Ok(Self {
            probabilities: TeacherProbabilities::from_logits(logits, classes, temperature)?,
            at_one: TeacherProbabilities::from_logits(logits, classes, Temperature::ONE)?,
            classifier,
        })
    }
}
