//! Several teachers trained alike: the terms under each of them, and where a term's uncertainty comes from.

use fractionate_records::Term;
use serde::Serialize;

/// The teachers of one comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TeachersReport {
    /// The key along which they differ, `teacher.seed`.
    pub axis: String,
    /// The value of each of them.
    pub teachers: Vec<String>,
    /// The six terms and the total, as far as they could be computed.
    pub terms: Vec<TeacherTerm>,
}

/// A term under several teachers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TeacherTerm {
    /// The term.
    pub term: Term,
    /// Its mean over seeds under each teacher, in points or nats.
    pub by_teacher: Vec<f64>,
    /// The standard deviations behind it.
    pub components: Components,
}

/// Standard deviations of the crossed random effects of teachers, seeds and test examples, in points or nats; and what
/// each contributes to the variance of the mean.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Components {
    /// Between teachers.
    pub teacher: f64,
    /// Between seeds.
    pub seed: f64,
    /// What is left: the interaction of teachers and seeds.
    pub interaction: f64,
    /// The squared standard error of the mean by its source.
    pub variance: VarianceOfMean,
}

/// The squared standard error of a mean by its source, in squared points or nats.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct VarianceOfMean {
    /// Sampling teachers.
    pub teachers: f64,
    /// Sampling seeds.
    pub seeds: f64,
    /// The interaction of teachers and seeds.
    pub interaction: f64,
    /// Hyperparameter selection; 0 where it is not included.
    pub selection: f64,
    /// Sampling test examples; absent without the predictions.
    pub test_set: Option<f64>,
}

impl VarianceOfMean {
    /// Every source with its name.
    pub fn sources(&self) -> [(&'static str, f64); 5] {
        [
            ("teachers", self.teachers),
            ("seeds", self.seeds),
            ("teachers × seeds", self.interaction),
            ("hyperparameter selection", self.selection),
            ("test set", self.test_set.unwrap_or(0.0)),
        ]
    }

    /// Their sum.
    pub fn total(&self) -> f64 {
        self.sources().iter().map(|(_, variance)| variance).sum()
    }
}
