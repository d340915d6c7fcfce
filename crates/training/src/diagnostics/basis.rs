//! What the diagnostics of a student need to know beside the student.

use fractionate_ablation::{DiagnosticsRequest, TeacherView};
use fractionate_records::{DiagnosticsPlan, Seed, Temperature};

use super::TeacherFeatures;
use super::drawn_examples::draw_examples;
use crate::DeviceChoice;
use crate::splits::Splits;

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
    /// What a request asks, for examples that are on the device.
    ///
    /// # Panics
    /// If libtorch fails, or a teacher's weights are not those of its architecture.
    pub(crate) fn of_request(request: &DiagnosticsRequest, splits: &Splits, device: DeviceChoice) -> Self {
        let teacher = request.teacher.as_ref();
        let view = teacher.map(|teacher| teacher.view(&splits.test.labels));
        let features = teacher.and_then(|teacher| teacher.network.as_ref()).map(|network| {
            TeacherFeatures::new(network, splits, request.split_seed, device)
                .expect("a teacher's weights fit its architecture")
        });
        let DiagnosticsRequest { plan, student_examples, split_seed, temperature, .. } = request;
        Self::new(plan, *student_examples, *split_seed, *temperature, view, features)
    }

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
