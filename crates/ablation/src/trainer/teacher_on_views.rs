//! A teacher that is asked about the views that students see, and what arms make of its answers.

use std::fmt;
use std::sync::Arc;

use fractionate_arms::{ExampleWeights, SoftTargets};

use super::TeacherNetwork;

/// A network that is asked, before each epoch, about that epoch's view of every training example of the students.
///
/// So arms see a whole training set in every epoch, as they do without views: means over classes are those of the epoch's
/// views, and a partner's soft label is that of the partner's own view.
pub struct TeacherOnViews<'a> {
    /// The network and its weights.
    pub teacher: Arc<TeacherNetwork>,
    /// What arms make of its logits, examples x classes row by row.
    pub tables: Box<MakeTables<'a>>,
}

/// Makes an epoch's tables of logits; fails where a logit is not finite, or an arm cannot be made from them.
pub type MakeTables<'a> = dyn Fn(&[f32]) -> Result<EpochTables, String> + 'a;

/// What replaces soft targets and weights in an epoch, each with its position among those of the training set.
#[derive(Debug, Default)]
pub struct EpochTables {
    /// Soft targets of the students' examples.
    pub targets: Vec<(usize, SoftTargets)>,
    /// Weights of the students' examples.
    pub weights: Vec<(usize, ExampleWeights)>,
}

impl fmt::Debug for TeacherOnViews<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TeacherOnViews").field("model", &self.teacher.model).finish_non_exhaustive()
    }
}
