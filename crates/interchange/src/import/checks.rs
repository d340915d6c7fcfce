//! Runs that are well formed and cannot be right, or look as if they were not.

use std::collections::BTreeMap;

use fractionate_records::{ImportedOutcome, Metric, right_answers};
use fractionate_reporting::numbers::{count, fixed};

use super::arm_names::ArmNames;
use super::columns::shell;
use super::problems::Problems;
use super::runs::Run;
use super::table::Table;

/// Adds a problem where runs that are compared were tested on different numbers of examples.
pub(super) fn test_sets(runs: &[Run], table: &Table, problems: &mut Problems) {
    let mut known: BTreeMap<Vec<String>, (usize, usize)> = BTreeMap::new();
    for run in runs {
        let Some(examples) = run.run.test_examples else { continue };
        let (first, row) = *known.entry(run.place.values.clone()).or_insert((examples, run.row));
        if first != examples {
            problems.add(
                "test examples",
                format!(
                    "{}: {examples} test examples, and {first} in {}: runs are compared on one test set; select the \
                     rows of one with --where, or correct the number.",
                    table.at(run.row),
                    table.in_sentence(row)
                ),
            );
        }
    }
}

/// Asks about the arm `teacher` where its rows look like the teacher network's own score.
pub(super) fn teachers_own(runs: &[Run], metric: Metric, names: &ArmNames, problems: &mut Problems) {
    for (name, arm) in names.read_as_teacher() {
        let own = scores(runs, metric, |of| of == arm);
        let others = scores(runs, metric, |of| of != arm);
        let most = others.values().map(Vec::len).max().unwrap_or(0);
        let vary = others.values().any(|scores| !all_equal(scores));
        for scores in own.values() {
            let why = if scores.len() == 1 && most > 2 {
                format!("has one row, and others have {most} seeds")
            } else if scores.len() > 1 && all_equal(scores) && vary {
                format!("has the same score at all {} seeds, and others vary", scores.len())
            } else {
                continue;
            };
            problems.add(
                "the teacher's own score",
                format!(
                    "`{name}` {why}: is it the teacher network's own score? The arm `teacher` is students trained on \
                     the teacher's soft labels. Leave the rows out with --leave-out {}, or confirm with --map {}.",
                    shell(name),
                    shell(&format!("{name}=teacher"))
                ),
            );
            break;
        }
    }
}

/// Notes of arms whose seeds all have the same value.
pub(super) fn no_variation(runs: &[Run], metric: Metric) -> Vec<String> {
    let own = scores(runs, metric, |_| true);
    let constant = own.iter().filter(|(_, scores)| scores.len() > 1 && all_equal(scores));
    let words = |((at, arm), scores): (&(String, String), &Vec<f64>)| {
        let value = match metric {
            Metric::TestAccuracy => format!("{}%", fixed(100.0 * scores[0], 2)),
            Metric::TestNll => fixed(scores[0], 4),
        };
        format!(
            "All {} seeds of `{arm}`{at} have the same value ({value}): did the seed reach the program?",
            scores.len()
        )
    };
    constant.map(words).collect()
}

/// A note of accuracies that are no whole counts of their test examples.
pub(super) fn whole_counts(runs: &[Run], table: &Table) -> Option<String> {
    let uncounted: Vec<(usize, f64, usize)> = runs
        .iter()
        .filter_map(|run| {
            let ImportedOutcome::Finished { test, .. } = run.run.outcome else { return None };
            let (accuracy, examples) = (test.accuracy?, run.run.test_examples?);
            right_answers(accuracy, examples).is_none().then_some((run.row, accuracy, examples))
        })
        .collect();
    let &(row, accuracy, examples) = uncounted.first()?;
    let (verb, are) =
        if uncounted.len() == 1 { ("accuracy", "is no whole count") } else { ("accuracies", "are no whole counts") };
    Some(format!(
        "{} {verb} {are} of the test examples ({accuracy} in {} would be {} of {examples}): a mean of batches' means, \
         or rounded? They count as written, not in whole examples.",
        uncounted.len(),
        table.in_sentence(row),
        fixed(accuracy * examples as f64, 2),
    ))
}

/// A note of runs that end much earlier than the others: they may not have finished.
pub(super) fn short_runs(runs: &[Run]) -> Option<String> {
    let last = |run: &Run| run.run.curve.last().map(|epoch| epoch.epoch);
    let mut ends: Vec<usize> = runs.iter().filter_map(last).collect();
    ends.sort_unstable();
    let middle = *ends.get(ends.len() / 2)?;
    let short: Vec<String> = runs
        .iter()
        .filter_map(|run| Some((run, last(run)?)))
        .filter(|(_, end)| 2 * end < middle)
        .map(|(run, end)| format!("`{}` at seed {} ends at epoch {end}", run.place.arm, run.place.seed))
        .collect();
    let (first, more) = short.split_first()?;
    let more = if more.is_empty() { String::new() } else { format!(" (and {} like it)", count(more.len(), "run")) };
    Some(format!("{first}{more}, half of the runs at {middle} or later: did it finish?"))
}

/// The scores of the arms that are wanted, by where they stand and by arm.
fn scores(runs: &[Run], metric: Metric, wanted: impl Fn(&str) -> bool) -> BTreeMap<(String, String), Vec<f64>> {
    let mut found: BTreeMap<(String, String), Vec<f64>> = BTreeMap::new();
    for run in runs.iter().filter(|run| wanted(&run.place.arm)) {
        let ImportedOutcome::Finished { test, .. } = run.run.outcome else { continue };
        let Some(score) = test.of(metric) else { continue };
        let at =
            if run.place.values.is_empty() { String::new() } else { format!(" at {}", run.place.values.join(", ")) };
        found.entry((at, run.place.arm.clone())).or_default().push(score);
    }
    found
}

fn all_equal(scores: &[f64]) -> bool {
    scores.iter().all(|score| *score == scores[0])
}
