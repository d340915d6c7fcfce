//! What a cohort is trained on.

use std::sync::Arc;

use fractionate_arms::{ExampleWeights, SoftTargets};
use fractionate_data::Splits;
use fractionate_records::{OwnFolder, RunConfig};

use super::{DiagnosticsRequest, TeacherOnViews};

/// What a cohort is trained on: the students' examples of the splits, and what members name by position. What several
/// cohorts share is one allocation, which a trainer may move to its device once.
#[derive(Debug, Clone, Copy)]
pub struct TrainingSet<'a> {
    /// The examples; the students see the first [`Splits::student_examples`] of the training split.
    pub splits: &'a Splits,
    /// Soft targets for the students' examples.
    pub targets: &'a [Arc<SoftTargets>],
    /// Weights of the students' examples.
    pub weights: &'a [Arc<ExampleWeights>],
    /// Teachers that are asked about the views that the students see; none without views, or where the teacher's answers
    /// are those for the pictures themselves.
    pub on_views: &'a [TeacherOnViews<'a>],
    /// The diagnostics to record of each member besides its scores, in the cohort's order; empty if there are none. They
    /// change no number of a training.
    pub diagnostics: &'a [Option<Arc<DiagnosticsRequest>>],
    /// The runs that the members are, in the cohort's order; none where no run is made.
    pub runs: &'a [RunConfig],
    /// The store's folder for whoever trains in files; none where no run is made.
    pub store: Option<&'a OwnFolder>,
}
