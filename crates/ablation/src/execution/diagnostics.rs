//! The diagnostics that a configuration asks of its runs.

use std::sync::Arc;

use fractionate_data::Splits;
use fractionate_records::{StoreError, Temperature};

use crate::plan::Plan;
use crate::teacher::{TeacherKnowledge, TeacherLogits};
use crate::trainer::{DiagnosticsRequest, TeacherAnswers, TeacherNetwork, TestAnswers};

/// What is asked of a configuration's runs; `None` where the suite asks nothing. `network` gives that of the teacher,
/// where it is one.
///
/// # Errors
/// Those of `network`.
pub(super) fn diagnostics_request(
    plan: &Plan<'_>,
    splits: &Splits,
    teacher: Option<(&TeacherLogits, &TeacherKnowledge)>,
    network: impl FnOnce() -> Result<Option<TeacherNetwork>, StoreError>,
) -> Result<Option<Arc<DiagnosticsRequest>>, StoreError> {
    let suite = plan.suite();
    let Some(asked) = suite.diagnostics_plan() else { return Ok(None) };
    let teacher = match teacher.zip(plan.teacher_key()) {
        Some(((logits, knowledge), key)) => {
            let p_t = |(example, &label): (usize, &u16)| knowledge.probabilities.row(example)[usize::from(label)];
            // Planted probabilities are used as they are, whatever the temperature.
            let temperature = if logits.probabilities().is_some() { Temperature::ONE } else { suite.loss.temperature };
            Some(TeacherAnswers {
                key,
                p_t: splits.student_labels().iter().enumerate().map(p_t).collect(),
                test: logits.test().map(|logits| TestAnswers { logits, temperature }),
                network: network()?,
            })
        }
        None => None,
    };
    Ok(Some(Arc::new(DiagnosticsRequest {
        plan: asked,
        student_examples: suite.data.student_examples,
        split_seed: suite.data.split_seed,
        temperature: suite.loss.temperature,
        teacher,
    })))
}
