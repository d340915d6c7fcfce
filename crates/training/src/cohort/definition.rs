//! What a cohort is trained on.

use std::sync::Arc;

use fractionate_ablation::TeacherOnViews;

use crate::DeviceChoice;
use crate::diagnostics::DiagnosticsBasis;
use crate::loss::{TargetTable, WeightTable};
use crate::splits::Splits;

/// What a cohort is trained on.
#[derive(Debug)]
pub struct Training<'a> {
    /// The examples.
    pub splits: &'a Splits,
    /// How many of the training examples, from the first.
    pub examples: usize,
    /// Soft targets for those examples; members name them by position.
    pub targets: &'a [TargetTable],
    /// Weights of those examples; members name them by position.
    pub weights: &'a [WeightTable],
    /// Teachers that are asked about the views of each epoch.
    pub on_views: &'a [TeacherOnViews<'a>],
    /// The diagnostics to record of each member besides its scores, in the cohort's order; empty if there are none. They
    /// change no number of a training.
    pub diagnostics: &'a [Option<Arc<DiagnosticsBasis>>],
    /// Where the tensors are.
    pub device: DeviceChoice,
}
