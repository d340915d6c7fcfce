//! What the diagnostics of a point's runs are held against.

use std::sync::Arc;

use fractionate_records::{StoreError, Temperature};
use fractionate_training::{DiagnosticsBasis, Splits, TeacherFeatures, TeacherLogits, TeacherView};

use crate::plan::Plan;
use crate::teacher_knowledge::TeacherKnowledge;

/// The basis of a point's diagnostics; `None` where the suite asks none. `features` gives those of the teacher, where
/// it has any.
///
/// # Errors
/// Those of `features`.
pub(crate) fn diagnostics_basis(
    plan: &Plan<'_>,
    splits: &Splits,
    teacher: Option<(&TeacherLogits, &TeacherKnowledge)>,
    features: impl FnOnce() -> Result<Option<TeacherFeatures>, StoreError>,
) -> Result<Option<Arc<DiagnosticsBasis>>, StoreError> {
    let suite = plan.suite();
    let Some(asked) = suite.diagnostics_plan() else { return Ok(None) };
    let view = teacher.zip(plan.teacher_key()).map(|((logits, knowledge), key)| {
        let p_t = |(example, &label): (usize, &u16)| knowledge.probabilities.row(example)[usize::from(label)];
        let view = TeacherView::new(key, splits.student_labels().iter().enumerate().map(p_t).collect());
        // Planted probabilities are used as they are, whatever the temperature.
        let temperature = if logits.probabilities().is_some() { Temperature::ONE } else { suite.loss.temperature };
        match logits.test() {
            Some(test) => view.with_test(&test, &splits.test.labels, temperature.get()),
            None => view,
        }
    });
    let features = if view.is_some() { features()? } else { None };
    let (examples, seed) = (suite.data.student_examples, suite.data.split_seed);
    let basis = DiagnosticsBasis::new(&asked, examples, seed, suite.loss.temperature, view, features);
    Ok(Some(Arc::new(basis)))
}
