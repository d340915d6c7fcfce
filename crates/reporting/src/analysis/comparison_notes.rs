//! What a reader of one comparison should know, in sentences.

use std::collections::{BTreeMap, BTreeSet};

use fractionate_records::{Comparison, Metric, Role, arm_base_name};

use crate::analysis::intervals::IntervalSources;
use crate::analysis::teachers;
use crate::model::report::ArmRow;
use crate::numbers::{count, fixed, list};
use crate::source::suite_runs::SuiteRuns;

/// All notes of one comparison.
pub(crate) fn notes(
    suite: &SuiteRuns,
    comparison: Comparison,
    arms: &[ArmRow],
    sources: &IntervalSources<'_>,
    not_made: &[f64],
) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(reference(suite, arms));
    notes.extend(single_seeds(arms));
    notes.extend(teachers::left_out(suite, comparison));
    if comparison == Comparison::Tuned {
        for own in suite.each_teacher() {
            let of_teacher = |value| {
                format!("Under the teacher of {} {value}: ", suite.manifest.teacher_axis.as_deref().unwrap_or("seed"))
            };
            let whose = own.teacher_value().map_or(String::new(), of_teacher);
            notes.extend(no_better_than_the_reference(own).map(|note| whose + &note));
        }
        notes.extend(selection_not_included(suite, sources, not_made));
        // What the settings of an imported table were chosen by stands in its own notes.
        if suite.manifest.metric == Metric::TestNll && suite.manifest.imported.is_none() {
            notes.push("The settings were chosen by validation accuracy, not by NLL.".to_owned());
        }
    }
    notes.extend(unpaired(suite, comparison, sources));
    notes.extend(predictions_missing(sources));
    notes.extend(processors(suite, comparison));
    notes.extend(teacher_logits(suite, comparison));
    notes
}

/// That the arms' runs of a seed are not known to belong together.
fn unpaired(suite: &SuiteRuns, comparison: Comparison, sources: &IntervalSources<'_>) -> Option<String> {
    if sources.is_paired() {
        return None;
    }
    let silent = suite.compared(comparison).any(|run| run.initial_weights.is_none() || run.batch_order.is_none());
    let why = if silent {
        "The program does not say whether the runs of a seed share initial weights and batch order (`initial_weights` and \
         `batch_order` of result.json)"
    } else {
        "The arms' runs of a seed start from other weights or see other batches"
    };
    Some(format!("{why}: arms are compared as independent samples (Welch's intervals), and there are no paired tests."))
}

/// Why there are no differences.
fn reference(suite: &SuiteRuns, arms: &[ArmRow]) -> Option<String> {
    let reference = &suite.manifest.reference;
    match arms.iter().find(|a| a.arm == *reference).map(|a| a.seeds.len()) {
        None => Some(format!("The reference arm `{reference}` is not in the suite: no differences are given.")),
        Some(0) => Some(format!("The reference arm `{reference}` has no finished run: no differences are given.")),
        Some(_) => None,
    }
}

/// Arms that have no interval.
fn single_seeds(arms: &[ArmRow]) -> Option<String> {
    let single: Vec<String> = arms.iter().filter(|a| a.seeds.len() == 1).map(|a| format!("`{}`", a.arm)).collect();
    if single.len() > 1 && single.len() == arms.iter().filter(|a| a.summary.is_some()).count() {
        return Some("Every arm has a single seed: means without intervals.".to_owned());
    }
    let verb = if single.len() == 1 { "has" } else { "have" };
    (!single.is_empty()).then(|| format!("{} {verb} a single seed: a mean without an interval.", list(&single)))
}

/// Arms whose best setting did worse on validation than the reference's: their grid may end too early.
fn no_better_than_the_reference(suite: &SuiteRuns) -> Option<String> {
    let reference = suite.configuration.choices.iter().find(|c| c.arm == suite.manifest.reference)?;
    let below: Vec<_> =
        suite.configuration.choices.iter().filter(|c| c.validation_accuracy < reference.validation_accuracy).collect();
    if below.is_empty() {
        return None;
    }
    let names = |soft: bool| -> Vec<String> {
        below.iter().filter(|c| !soft || c.setting.lambda > 0.0).map(|c| format!("`{}`", c.arm)).collect()
    };
    let (all, soft) = (names(false), names(true));
    let limit = if arm_base_name(&reference.arm) != "hard" || soft.is_empty() {
        String::new()
    } else {
        let who = match (soft.len() == all.len(), soft.len()) {
            (true, 1) => "it becomes".to_owned(),
            (true, _) => "they become".to_owned(),
            (false, 1) => format!("{} becomes", list(&soft)),
            (false, _) => format!("{} become", list(&soft)),
        };
        format!(" (as lambda goes to 0, {who} `{}` itself)", reference.arm)
    };
    Some(format!(
        "On validation {} did no better than `{}` at any setting tried, so that the grid may not reach far enough{limit}.",
        list(&all),
        reference.arm
    ))
}

/// Why means have no interval over test examples, where some runs could have had one.
fn predictions_missing(sources: &IntervalSources<'_>) -> Option<String> {
    let (missing, of) = sources.predictions_missing()?;
    Some(format!("No interval over test examples: the predictions of {missing} of {} are missing.", count(of, "run")))
}

/// What intervals leave out of the hyperparameter selection.
fn selection_not_included(suite: &SuiteRuns, sources: &IntervalSources<'_>, not_made: &[f64]) -> Option<String> {
    if !suite.configuration.imported_tuning.is_empty() {
        let note = if sources.resamples_the_selection() {
            "The table has validation scores and no validation predictions: intervals allow for other tuning seeds selecting \
             other settings, but not for another validation set."
        } else {
            "No interval includes hyperparameter selection: with one tuning seed it is not known what others would select."
        };
        return Some(note.to_owned());
    }
    if suite.manifest.imported.is_some() || suite.configuration.choices.is_empty() {
        return None;
    }
    if !sources.resamples_the_selection() {
        return Some(
            "No interval includes hyperparameter selection: some predictions of the tuning runs are missing."
                .to_owned(),
        );
    }
    if tuning_seeds(suite) == 1 {
        return Some(
            "With one tuning seed, intervals include the sampling of validation examples but not that of tuning seeds: \
             what others would select is not known."
                .to_owned(),
        );
    }
    let most = not_made.iter().copied().fold(0.0f64, f64::max);
    (most > 0.0).then(|| {
        let too_many = most > sources.not_made_at_most();
        let share = fixed(100.0 * most, if too_many { 0 } else { 1 });
        let consequence = if too_many {
            "no interval includes hyperparameter selection"
        } else {
            "means and intervals including hyperparameter selection rest on the others"
        };
        format!("Up to {share}% of the resamples selected settings whose runs were not made: {consequence}.")
    })
}

/// How many seeds the tuning runs have.
fn tuning_seeds(suite: &SuiteRuns) -> usize {
    let tuning = suite.configuration.runs.iter().filter(|run| run.role == Role::Tuning);
    tuning.map(|run| run.seed.0).collect::<BTreeSet<_>>().len()
}

/// Whether the runs were made with different arithmetic.
fn processors(suite: &SuiteRuns, comparison: Comparison) -> Option<String> {
    let counts = counted(suite.compared(comparison).filter_map(|record| suite.processor(&record.id)));
    let words: Vec<String> = counts.iter().map(|(name, n)| format!("{} on {name}", count(*n, "run"))).collect();
    (counts.len() > 1).then(|| {
        format!(
            "The runs were not all made with the same arithmetic ({}): students of one seed then differ by rounding too, \
             not by their arm alone.",
            list(&words)
        )
    })
}

/// Whether the soft targets were made from different teachers.
fn teacher_logits(suite: &SuiteRuns, comparison: Comparison) -> Option<String> {
    let differs = |own: &&SuiteRuns| logits(own, comparison).len() > 1;
    let counts = logits(suite.each_teacher().into_iter().find(differs)?, comparison);
    let words: Vec<String> = counts.values().map(|&n| count(n, "run")).collect();
    (counts.len() > 1).then(|| {
        format!(
            "The soft targets come from {} different sets of the teacher's logits ({}): the teacher was trained again in \
             between, so that arms may differ by their teacher too.",
            counts.len(),
            list(&words)
        )
    })
}

fn logits(suite: &SuiteRuns, comparison: Comparison) -> BTreeMap<&str, usize> {
    counted(suite.compared(comparison).filter_map(|record| record.teacher_logits.as_deref()))
}

fn counted<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    counts
}
