//! What arms may ask the teacher about the students' training examples.

use fractionate_arms::{ProbabilitiesError, TeacherProbabilities};
use fractionate_records::Temperature;

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

    /// From probabilities of the students' examples, row by row, that are used as they are at any temperature.
    ///
    /// # Errors
    /// If a row is no distribution.
    pub(crate) fn planted(probabilities: Vec<f64>, classes: usize) -> Result<Self, ProbabilitiesError> {
        let probabilities = TeacherProbabilities::from_probabilities(probabilities, classes)?;
        Ok(Self { at_one: probabilities.clone(), probabilities, classifier: None })
    }
}
