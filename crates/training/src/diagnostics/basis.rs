//! What the diagnostics of a student need to know beside the student.

use fractionate_records::{DiagnosticsPlan, Seed, Temperature};

use super::drawn_examples::draw_examples;
use super::{TeacherFeatures, TeacherView};

/// What is recorded of a student, and against which teacher.
#[derive(Debug)]
pub struct DiagnosticsBasis {
    /// After which epochs (from 1) the gradient rescaling is recorded.
    pub(super) epochs: Vec<usize>,
    /// For which of the student's training examples, rising.
    pub(super) examples: Vec<u32>,
    /// The suite's temperature.
    pub(super) temperature: Temperature,
    pub(super) teacher: Option<TeacherView>,
    pub(super) features: Option<TeacherFeatures>,
}

impl DiagnosticsBasis {
    /// Draws the plan's number of examples of the first `student_examples`, the same for every arm and seed. `teacher`
    /// and `features` are none where there is no such teacher.
    ///
    /// # Panics
    /// If the plan asks for more examples than there are, which a checked suite does not.
    pub fn new(
        plan: &DiagnosticsPlan,
        student_examples: usize,
        split_seed: Seed,
        temperature: Temperature,
        teacher: Option<TeacherView>,
        features: Option<TeacherFeatures>,
    ) -> Self {
        let examples = draw_examples(plan.examples, student_examples, split_seed, 0);
        Self { epochs: plan.epochs.clone(), examples, temperature, teacher, features }
    }
}
