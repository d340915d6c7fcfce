//! The report of one configuration of a suite: all its numbers and sentences.

use std::path::PathBuf;

use fractionate_records::{Comparison, ReportStyle, Store, Term};
use fractionate_statistics::{Summary, interquartile_mean};

use crate::analysis::answer::Selection;
use crate::analysis::intervals::{Estimate, Found, IntervalSources};
use crate::analysis::results::{ArmResults, ComparisonResults};
use crate::analysis::tuned_choice::{TunedChoice, TunedChoices};
use crate::analysis::{
    answer, best_epoch_optimism, comparison_notes, decomposition, paired, problem_runs, selection_stability, setup,
    teachers, warnings,
};
use crate::model::decomposition::{Decomposition, TermRow};
use crate::model::differences::DifferenceRow;
use crate::model::other_intervals::OtherIntervals;
use crate::model::problem_runs::NOTHING_YET;
use crate::model::report::{ArmRow, ComparisonReport, Report};
use crate::source::suite_runs::SuiteRuns;

/// All numbers and sentences of the configuration at `place`.
pub(crate) fn of_configuration(
    store: &Store,
    configurations: &[SuiteRuns],
    place: usize,
    choices: &TunedChoices<'_>,
    folder: PathBuf,
) -> Report {
    let suite = &configurations[place];
    let comparisons = &suite.manifest.comparisons;
    let of = |&made: &Comparison| {
        let choice = (made == Comparison::Tuned).then(|| choices.at(place)).flatten();
        comparison(store, suite, made, choice)
    };
    let mut report = without_comparisons(suite, folder);
    report.comparisons = comparisons.iter().filter_map(of).collect();
    report.warnings.extend(report.comparisons.iter().filter_map(warnings::no_variation));
    report
}

/// The same of a suite that has no predictions at hand.
#[cfg(test)]
pub(crate) fn compute(suite: &SuiteRuns, folder: PathBuf) -> Report {
    let store = Store::at(&folder);
    let configurations = std::slice::from_ref(suite);
    of_configuration(&store, configurations, 0, &TunedChoices::new(&store, configurations), folder)
}

/// What of a configuration does not take statistics.
pub(crate) fn without_comparisons(suite: &SuiteRuns, folder: PathBuf) -> Report {
    let manifest = &suite.manifest;
    let mut unreadable = suite.unreadable.clone();
    unreadable.extend(problem_runs::untested(suite));
    let planned: std::collections::HashSet<_> = suite.configuration.runs.iter().map(|r| &r.id).collect();
    Report {
        suite: manifest.suite.clone(),
        question: manifest.question.clone(),
        data_set: manifest.data_set.clone(),
        metric: manifest.metric,
        epoch_rule: manifest.epoch_rule,
        reference: manifest.reference.clone(),
        margin: manifest.margin,
        setup: setup::setup(suite),
        planned_runs: planned.len(),
        read_runs: suite.read_count(),
        comparisons: Vec::new(),
        choices: suite.configuration.choices.clone(),
        selection_stability: selection_stability::selection_stability(suite),
        fixed_setting: suite.configuration.fixed_setting,
        diverged: problem_runs::diverged(suite),
        missing: problem_runs::missing(suite),
        unreadable,
        damaged: suite.damaged.clone(),
        warnings: warnings::of_suite(suite),
        notes: notes(suite),
        diagnostics: Vec::new(),
        class_relations: None,
        claims: Vec::new(),
        sweep: None,
        style: ReportStyle::default(),
        folder,
        files: Vec::new(),
    }
}

pub(crate) fn notes(suite: &SuiteRuns) -> Vec<String> {
    let manifest = &suite.manifest;
    let mut notes = problem_runs::diverged_in_tuning(suite);
    if suite.read_count() == 0 {
        notes.push(NOTHING_YET.to_owned());
    }
    let made_here = manifest.imported.is_none();
    if made_here && manifest.comparisons.contains(&Comparison::Tuned) && suite.configuration.choices.is_empty() {
        notes.push("The tuning is not done: no arm has its own setting yet.".to_owned());
    }
    if suite.unfinished > 0 {
        notes.push(format!(
            "{} half written: a run at work, or left by a stopped process and removed by the next.",
            if suite.unfinished == 1 {
                "One run folder is".to_owned()
            } else {
                format!("{} run folders are", suite.unfinished)
            }
        ));
    }
    notes
}

/// One comparison; `None` without a finished run.
pub(crate) fn comparison(
    store: &Store,
    suite: &SuiteRuns,
    comparison: Comparison,
    choice: Option<&TunedChoice>,
) -> Option<ComparisonReport> {
    let manifest = &suite.manifest;
    let results = suite.results(comparison);
    if results.arms.iter().all(|arm| arm.units.is_empty()) {
        return None;
    }
    let sources = IntervalSources::new(store, suite, comparison, &results, choice);
    let mut arms = arm_rows(suite, comparison, &results);
    let mut differences = paired::differences(&results, &manifest.reference, manifest.margin).unwrap_or_default();
    let mut decomposition = decomposition::decompose(&results);
    let (not_made, of_terms) =
        fill(&sources, &results, &manifest.reference, &mut arms, &mut differences, &mut decomposition);
    let of_seven = decomposition.seven().zip(&of_terms).filter_map(|(row, found)| Some((row, found.as_ref()?)));
    let teachers = teachers::of_terms(suite, comparison, of_seven);
    let selection = match arms.iter().any(|row| row.conditional.is_some()) {
        false => Selection::NotIncluded,
        true if suite.configuration.imported_tuning.is_empty() => Selection::OverSeedsAndExamples,
        true => Selection::OverSeeds,
    };
    let pairs = paired::pairs(&results, manifest.margin);
    let notes = comparison_notes::notes(suite, comparison, &arms, &sources, &not_made);
    let floor = paired::floor(&differences).filter(|_| results.is_paired);
    Some(ComparisonReport {
        comparison,
        seeds: manifest.seeds.len(),
        answer: answer::answer(&decomposition, comparison, manifest.metric),
        scope: answer::scope(comparison, selection, results.by_teacher.len(), sources.has_test_answers()),
        floor,
        best: paired::best(&results, &pairs).filter(|_| floor.is_none_or(|floor| floor.is_reached())),
        arms,
        differences,
        pairs,
        decomposition,
        teachers,
        notes,
    })
}

fn arm_rows(suite: &SuiteRuns, comparison: Comparison, results: &ComparisonResults) -> Vec<ArmRow> {
    let gaps = best_epoch_optimism::best_minus_last(suite, comparison, results.measure);
    let row = |arm: &ArmResults| {
        let values: Vec<f64> = arm.units.values().map(|&u| results.measure.value(u)).collect();
        ArmRow {
            arm: arm.arm.clone(),
            summary: Summary::of(&values),
            conditional: None,
            other: OtherIntervals::default(),
            interquartile_mean: interquartile_mean(&values),
            best_minus_last: gaps.get(&arm.arm).copied(),
            seeds: arm.units.keys().copied().collect(),
        }
    };
    results.arms.iter().map(row).collect()
}

/// A row that an estimate fills: its mean, what the mean is at the selected hyperparameters, and its other intervals.
struct Filled<'a> {
    mean: &'a mut Option<Summary>,
    conditional: Option<&'a mut Option<Summary>>,
    other: Option<&'a mut OtherIntervals>,
}

/// Gives every row its leading mean, including hyperparameter selection and over several teachers where that is known, and
/// its other intervals. Returns which share of the resampled selections could not be looked up, row by row, where the
/// selection is resampled, and what was found of the six terms and the total.
fn fill(
    sources: &IntervalSources<'_>,
    results: &ComparisonResults,
    reference: &str,
    arms: &mut [ArmRow],
    differences: &mut [DifferenceRow],
    decomposition: &mut Decomposition,
) -> (Vec<f64>, Vec<Option<Found>>) {
    let direction = results.measure.direction();
    let mut estimates: Vec<Estimate<'_>> = Vec::new();
    let mut rows: Vec<Filled<'_>> = Vec::new();
    for ArmRow { arm, seeds, summary, conditional, other, .. } in arms {
        estimates.push(Estimate { factors: vec![(arm.as_str(), direction)], seeds: seeds.clone() });
        rows.push(Filled { mean: summary, conditional: Some(conditional), other: Some(other) });
    }
    for DifferenceRow { arm, seeds, gain, conditional, other, .. } in differences {
        let factors = vec![(arm.as_str(), 1.0), (reference, -1.0)];
        estimates.push(Estimate { factors, seeds: seeds.clone() });
        rows.push(Filled { mean: gain, conditional: Some(conditional), other: Some(other) });
    }
    let factors_of = |term: Term| -> Option<Vec<(&str, f64)>> {
        let factor = |&(arm, factor): &(&str, f64)| Some((results.arm(arm)?.arm.as_str(), factor));
        term.factors().iter().map(factor).collect()
    };
    let Decomposition { terms, total, shares, hard, teacher, .. } = decomposition;
    let additive_seeds = total.seeds.clone();
    // The place of each term among the estimates.
    let mut places: Vec<Option<usize>> = Vec::new();
    for TermRow { term, seeds, gain, conditional, other } in terms.iter_mut().chain([total]).chain(shares) {
        *other = sources.none();
        let factors = factors_of(*term);
        places.push(factors.as_ref().map(|_| estimates.len()));
        let Some(factors) = factors else { continue };
        estimates.push(Estimate { factors, seeds: seeds.clone() });
        rows.push(Filled { mean: gain, conditional: Some(conditional), other: Some(other) });
    }
    // What follows has no row of its own in the tables.
    let own_rows = rows.len();
    for (name, level) in [("hard", hard), ("teacher", teacher)] {
        let Some(arm) = results.arm(name).filter(|_| level.is_some()) else { continue };
        estimates.push(Estimate { factors: vec![(arm.arm.as_str(), direction)], seeds: additive_seeds.clone() });
        rows.push(Filled { mean: level, conditional: None, other: None });
    }
    let pairs = if decomposition.additive { term_pairs(factors_of, &additive_seeds) } else { Vec::new() };
    estimates.extend(pairs.iter().map(|(_, estimate)| estimate.clone()));
    let found = sources.of_all(&estimates);
    let of_pairs = found[found.len() - pairs.len()..].iter().map(|found| found.leading);
    decomposition.term_differences =
        pairs.iter().zip(of_pairs).filter_map(|((places, _), leading)| Some((*places, leading?))).collect();
    for (row, found) in rows.into_iter().zip(&found) {
        if let Some(other) = row.other {
            other.clone_from(&found.intervals);
        }
        let Some(leading) = found.leading else { continue };
        let at_the_selected = row.mean.replace(leading);
        if let Some(conditional) = row.conditional.filter(|_| found.includes_selection) {
            *conditional = at_the_selected;
        }
    }
    let not_made = found[..own_rows].iter().filter_map(|found| found.not_made).collect();
    (not_made, places[..7].iter().map(|place| Some(found[(*place)?].clone())).collect())
}

/// Every two of the six terms against each other, by their places; terms without all of their arms are left out.
fn term_pairs<'a>(
    factors_of: impl Fn(Term) -> Option<Vec<(&'a str, f64)>>,
    seeds: &[u64],
) -> Vec<([usize; 2], Estimate<'a>)> {
    let places =
        (0..6).flat_map(|first| (0..6).filter(move |second| first != *second).map(move |second| [first, second]));
    let estimate = |[first, second]: [usize; 2]| {
        let mut factors = factors_of(Term::SIX[first])?;
        factors.extend(factors_of(Term::SIX[second])?.into_iter().map(|(arm, factor)| (arm, -factor)));
        Some(([first, second], Estimate { factors, seeds: seeds.to_vec() }))
    };
    places.filter_map(estimate).collect()
}
