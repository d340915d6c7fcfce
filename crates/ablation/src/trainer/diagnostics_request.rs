//! The diagnostics that are asked of a cohort's members.

use fractionate_records::{DiagnosticsPlan, ModelConfig, Normalisation, Seed, TeacherKey, Temperature};

use crate::fidelity::TeacherView;

/// What is recorded of a student besides its scores, and which teacher it is compared with.
#[derive(Debug)]
pub struct DiagnosticsRequest {
    /// What is recorded.
    pub plan: DiagnosticsPlan,
    /// How many training examples the student has.
    pub student_examples: usize,
    /// The seed of the split, which also draws the examples that are recorded.
    pub split_seed: Seed,
    /// The suite's temperature.
    pub temperature: Temperature,
    /// The teacher, if there is one.
    pub teacher: Option<TeacherAnswers>,
}

/// What the teacher says of the examples.
#[derive(Debug)]
pub struct TeacherAnswers {
    /// The teacher.
    pub key: TeacherKey,
    /// Its probability of the label at the suite's temperature, one per training example of the student.
    pub p_t: Vec<f64>,
    /// Its answers for the test examples, where it has any.
    pub test: Option<TestAnswers>,
    /// The teacher's network, where it is one: its penultimate features are compared with the student's.
    pub network: Option<TeacherNetwork>,
}

impl TeacherAnswers {
    /// What students are held against; `labels` are those of the test examples.
    pub fn view(&self, labels: &[u16]) -> TeacherView {
        let view = TeacherView::new(self.key.clone(), self.p_t.clone());
        match &self.test {
            Some(test) => view.with_test(&test.logits, labels, test.temperature.get()),
            None => view,
        }
    }
}

/// What the teacher says of the test examples.
#[derive(Debug)]
pub struct TestAnswers {
    /// Test examples x classes, row by row.
    pub logits: Vec<f32>,
    /// The temperature at which examples are ordered by difficulty.
    pub temperature: Temperature,
}

/// A teacher's network.
#[derive(Debug)]
pub struct TeacherNetwork {
    /// Its architecture.
    pub model: ModelConfig,
    /// What it takes of pictures; without it, what students see.
    pub normalisation: Option<Normalisation>,
    /// Its weights.
    pub weights: super::NamedWeights,
}
