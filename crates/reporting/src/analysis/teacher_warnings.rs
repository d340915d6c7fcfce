//! What a reader should know before believing the numbers: of the teacher first, then what the suite says itself.

use fractionate_records::TeacherRight;

use crate::source::suite_runs::SuiteRuns;

/// The warnings of one configuration, in sentences.
pub(crate) fn warnings(suite: &SuiteRuns) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(Ok(record)) = &suite.teacher
        && let Some(right) = TeacherRight::of(record, suite.configuration.classes.len())
    {
        warnings.extend(right.warnings());
        if warnings.is_empty() {
            warnings.extend(students_on_hard_labels(suite).and_then(|hard| right.below_students(hard)));
        }
    }
    warnings.extend(suite.manifest.warnings.iter().cloned());
    warnings
}

/// Their mean share of the test examples that is right.
fn students_on_hard_labels(suite: &SuiteRuns) -> Option<f64> {
    let hard = suite.found().filter(|(run, _)| run.role.is_compared() && run.arm == "hard");
    let shares: Vec<f64> = hard.filter_map(|(_, run)| run.outcome.test()?.accuracy).collect();
    (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
}
