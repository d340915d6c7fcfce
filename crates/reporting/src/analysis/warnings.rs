//! What a reader should know before believing the numbers: of the teacher first, then what the suite says itself, then
//! values that never vary.

use fractionate_records::{Damage, TeacherOrigin, TeacherRecord, TeacherRight};

use crate::model::report::ComparisonReport;
use crate::numbers::{count, list};
use crate::source::suite_runs::SuiteRuns;

/// The warnings of one configuration's teacher and suite, in sentences.
pub(crate) fn of_suite(suite: &SuiteRuns) -> Vec<String> {
    let mut warnings: Vec<String> = left_out(suite).into_iter().collect();
    warnings.extend(suite.damaged.iter().map(|Damage { path, reason }| {
        let path = path.display();
        format!("{path} is damaged ({reason}): what needs it is not in this report; `fractionate run` makes it again.")
    }));
    if let Some(Ok(record)) = &suite.teacher
        && let Some(right) = TeacherRight::of(record, suite.configuration.classes.len())
    {
        let of_teacher = right.warnings();
        let below = || students_on_hard_labels(suite).and_then(|hard| right.below_students(hard));
        warnings.extend(if of_teacher.is_empty() { below().into_iter().collect() } else { of_teacher });
    }
    if let Some(Ok(record)) = &suite.teacher {
        warnings.extend(near_chance(record, suite.configuration.classes.len()));
    }
    warnings.extend(suite.manifest.warnings.iter().cloned());
    warnings
}

/// A teacher that was trained here and has learnt next to nothing.
fn near_chance(record: &TeacherRecord, classes: usize) -> Option<String> {
    let TeacherOrigin::Trained(_) = record.config.origin else { return None };
    let chance = 1.0 / classes as f64;
    let low = chance + (0.5 * chance).min(0.1 * (1.0 - chance));
    let (split, scores) = record.test.map_or(("training", record.train), |test| ("test", test));
    (scores.accuracy < low).then(|| {
        format!(
            "The teacher's {split} accuracy is {:.1}%, and chance is {:.1}%: it has learnt next to nothing, and its soft \
             labels say next to nothing. More epochs or another learning rate may help.",
            100.0 * scores.accuracy,
            100.0 * chance
        )
    })
}

/// Runs that are there and in no number.
fn left_out(suite: &SuiteRuns) -> Option<String> {
    let runs = suite.unreadable.len();
    (runs > 0 && suite.manifest.imported.is_none()).then(|| {
        let (are, they) = if runs == 1 { ("is", "it is") } else { ("are", "they are") };
        format!(
            "{} {are} left out of every number, although {they} there: what cannot be read or believed of {} is said below.",
            count(runs, "run"),
            if runs == 1 { "it" } else { "each" }
        )
    })
}

/// Arms that have the same value at every seed.
pub(crate) fn no_variation(comparison: &ComparisonReport) -> Option<String> {
    let arms = comparison.arms.iter().filter(|arm| arm.seeds.len() > 1);
    let same = arms.filter(|arm| arm.summary.is_some_and(|summary| summary.sd == Some(0.0)));
    let same: Vec<String> = same.map(|arm| format!("`{}`", arm.arm)).collect();
    let (has, value) = if same.len() == 1 { ("has", "value") } else { ("have", "values") };
    (!same.is_empty()).then(|| {
        format!(
            "All seeds of {} {has} the same {value} ({}): did the seed reach the program? Means and differences that do \
             not vary have no interval and no p-value.",
            list(&same),
            comparison.comparison.name()
        )
    })
}

/// Their mean share of the test examples that is right.
fn students_on_hard_labels(suite: &SuiteRuns) -> Option<f64> {
    let hard = suite.found().filter(|(run, _)| run.role.is_compared() && run.arm == "hard");
    let shares: Vec<f64> = hard.filter_map(|(_, run)| run.outcome.test()?.accuracy).collect();
    (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::teacher;

    #[test]
    fn a_teacher_trained_here_whose_accuracy_is_near_chance_is_warned_about() {
        let mut record = teacher();
        assert!(matches!(record.config.origin, TeacherOrigin::Trained(_)));
        assert_eq!(near_chance(&record, 10), None);
        record.test.as_mut().unwrap().accuracy = 0.13;
        let warning = near_chance(&record, 10).unwrap();
        assert!(warning.contains("test accuracy is 13.0%, and chance is 10.0%"), "{warning}");
        // Of two classes chance is a half, and three in five are more than that.
        record.test.as_mut().unwrap().accuracy = 0.6;
        assert_eq!(near_chance(&record, 2), None);
    }
}
