//! The terms under each of several teachers, and where their uncertainty comes from.

use fractionate_records::Comparison;
use fractionate_statistics::{CrossedEffects, Summary};

use crate::analysis::intervals::Found;
use crate::model::decomposition::TermRow;
use crate::model::teachers::{Components, TeacherTerm, TeachersReport, VarianceOfMean};
use crate::source::suite_runs::SuiteRuns;

/// The teachers of a comparison; `None` with one. `found`: what was found of each term.
pub(crate) fn of_terms<'a>(
    suite: &SuiteRuns,
    comparison: Comparison,
    found: impl Iterator<Item = (&'a TermRow, &'a Found)>,
) -> Option<TeachersReport> {
    let teachers = suite.compared_teachers(comparison);
    if teachers.len() < 2 {
        return None;
    }
    let terms = found.filter_map(|(row, found)| {
        let components = components(found)?;
        let by_teacher = found.by_teacher.iter().map(|own| own.iter().sum::<f64>() / own.len() as f64).collect();
        Some(TeacherTerm { term: row.term, by_teacher, components })
    });
    Some(TeachersReport {
        axis: suite.manifest.teacher_axis.clone()?,
        teachers: teachers.iter().filter_map(|own| own.teacher_value().map(str::to_owned)).collect(),
        terms: terms.collect(),
    })
}

/// The components of a mean over teachers and seeds; `None` with one of either.
fn components(found: &Found) -> Option<Components> {
    let crossed = CrossedEffects::of(&found.by_teacher)?;
    let (teachers, seeds) = (crossed.rows as f64, crossed.columns as f64);
    Some(Components {
        teacher: crossed.row.sqrt(),
        seed: crossed.column.sqrt(),
        interaction: crossed.interaction.sqrt(),
        variance: VarianceOfMean {
            teachers: crossed.row / teachers,
            seeds: crossed.column / seeds,
            interaction: crossed.interaction / (teachers * seeds),
            selection: found.leading.map_or(0.0, |leading: Summary| leading.other_variance),
            test_set: found.test_set_variance,
        },
    })
}

/// The teachers that are in no mean, in a sentence: an arm has no finished run under them.
pub(crate) fn left_out(suite: &SuiteRuns, comparison: Comparison) -> Option<String> {
    let compared: Vec<Option<&str>> =
        suite.compared_teachers(comparison).iter().map(|own| own.teacher_value()).collect();
    let all = suite.each_teacher();
    let missing: Vec<&str> =
        all.iter().filter_map(|own| own.teacher_value()).filter(|value| !compared.contains(&Some(value))).collect();
    let axis = suite.manifest.teacher_axis.as_ref()?;
    (!missing.is_empty()).then(|| {
        format!(
            "{} of {} teachers are left out of every mean, because arms have no finished run under them: {axis} = {}.",
            missing.len(),
            all.len(),
            missing.join(", ")
        )
    })
}
