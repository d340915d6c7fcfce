//! From rows to runs: which rows are one run's, and which of its epochs counts.

use std::collections::HashMap;

use fractionate_records::{EpochRule, ImportedEpoch, ImportedOutcome, ImportedRun, KnownScores, Metric, RunId};
use fractionate_reporting::MetricWords;
use fractionate_reporting::numbers::{count, list};

use super::column_names::without_prefix;
use super::columns::Columns;
use super::problems::Problems;
use super::rows::{Place, Row, Said};

/// A run with the row that it begins in.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) place: Place,
    pub(super) run: ImportedRun,
    pub(super) row: usize,
}

/// What of a table's rows became runs.
#[derive(Debug, Default)]
pub(super) struct Runs {
    /// In the table's order.
    pub(super) runs: Vec<Run>,
    /// Every configuration's values, in the table's order, whether or not it has a run.
    pub(super) configurations: Vec<Vec<String>>,
    /// What was noticed, in sentences.
    pub(super) notes: Vec<String>,
}

/// Forms the runs of a table with this hash.
pub(super) fn of_rows(
    columns: &Columns<'_>,
    rows: Vec<Row>,
    table: &str,
    metric: Metric,
    rule: EpochRule,
    problems: &mut Problems,
) -> Runs {
    let mut groups: Vec<(Place, Vec<Row>)> = Vec::new();
    let mut places: HashMap<Place, usize> = HashMap::new();
    for row in rows {
        let place = *places.entry(row.place.clone()).or_insert_with(|| {
            groups.push((row.place.clone(), Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(row);
    }
    let mut runs = Runs::default();
    let (mut doubled, mut without, mut early) = (0, Vec::new(), Vec::new());
    for (place, rows) in groups {
        if !runs.configurations.contains(&place.values) {
            runs.configurations.push(place.values.clone());
        }
        let row = rows[0].row;
        let Some(epochs) = epochs(columns, &place, rows, &mut doubled, problems) else { continue };
        match outcome(&place, &epochs, metric, rule, problems) {
            Ok(outcome) => {
                if let ImportedOutcome::Finished { epoch, .. } = outcome
                    && rule == EpochRule::Last
                    && epoch != epochs.last().and_then(|row| row.said.epoch)
                {
                    early.push(words(&place));
                }
                let run = run(place.clone(), &epochs, outcome, table);
                runs.runs.push(Run { place, run, row });
            }
            Err(NoOutcome::NoMetric) => without.push(words(&place)),
            Err(NoOutcome::Reported) => {}
        }
    }
    if doubled > 0 {
        let verb = if doubled == 1 { "says" } else { "say" };
        runs.notes.push(format!("{} {verb} what another says already, and count once.", count(doubled, "row")));
    }
    let mut note = |found: &[String], what: &str| {
        if let Some((first, others)) = found.split_first() {
            let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
            runs.notes.push(format!("{first}{more}: {what}."));
        }
    };
    note(&without, &format!("no {} in any row, so that the run counts as missing", metric.name()));
    note(&early, &format!("no {} after the last epoch, so that the last one with it counts", metric.name()));
    runs
}

/// The rows of one run, one for each epoch, rising; `None` after a reported problem. Rows of one epoch that say
/// different things of it are joined: loggers write training, validation and test on rows of their own.
fn epochs(
    columns: &Columns<'_>,
    place: &Place,
    mut rows: Vec<Row>,
    doubled: &mut usize,
    problems: &mut Problems,
) -> Option<Vec<Row>> {
    rows.sort_by_key(|row| (row.said.epoch, row.row));
    let mut kept: Vec<Row> = Vec::with_capacity(rows.len());
    let mut sound = true;
    for row in rows {
        let Some(last) = kept.last_mut().filter(|last| last.said.epoch == row.said.epoch) else {
            kept.push(row);
            continue;
        };
        match joined(&last.said, &row.said) {
            Some(_) if last.said == row.said && says_a_score(&row.said) => *doubled += 1,
            Some(both) => last.said = both,
            None => {
                problems.add("doubled cells", conflict(columns, place, last, &row));
                sound = false;
            }
        }
    }
    if kept.len() > 1 && kept[0].said.epoch.is_none() {
        problems.add("epochs", format!("{}: the column `epoch` is empty.", columns.table.at(kept[0].row)));
        sound = false;
    }
    let counted = || kept.iter().filter(|row| row.said.test_examples.is_some());
    let first = counted().next();
    if let Some((first, row)) =
        first.and_then(|first| Some((first, counted().find(|row| row.said.test_examples != first.said.test_examples)?)))
    {
        let sentence = format!(
            "{}: {} has another number of test examples in {}.",
            columns.table.at(row.row),
            words(place),
            columns.table.in_sentence(first.row)
        );
        problems.add("test examples", sentence);
        sound = false;
    }
    sound.then_some(kept)
}

fn says_a_score(said: &Said) -> bool {
    known(said.test).is_some() || known(said.validation).is_some() || said.diverged
}

/// What two rows say together; `None` where they contradict each other.
fn joined(one: &Said, other: &Said) -> Option<Said> {
    fn either<T: PartialEq + Copy>(one: Option<T>, other: Option<T>) -> Option<Option<T>> {
        match (one, other) {
            (Some(one), Some(other)) if one != other => None,
            _ => Some(one.or(other)),
        }
    }
    let scores = |one: KnownScores, other: KnownScores| {
        Some(KnownScores { accuracy: either(one.accuracy, other.accuracy)?, nll: either(one.nll, other.nll)? })
    };
    Some(Said {
        epoch: one.epoch,
        test: scores(one.test, other.test)?,
        validation: scores(one.validation, other.validation)?,
        test_examples: either(one.test_examples, other.test_examples)?,
        diverged: one.diverged || other.diverged,
        diverged_at_epoch: either(one.diverged_at_epoch, other.diverged_at_epoch)?,
        diverged_at_step: either(one.diverged_at_step, other.diverged_at_step)?,
    })
}

/// The sentence of two rows that contradict each other, with the columns in which they differ.
fn conflict(columns: &Columns<'_>, place: &Place, one: &Row, other: &Row) -> String {
    let table = columns.table;
    let epoch = one.said.epoch.map_or(String::new(), |epoch| format!(" after epoch {epoch}"));
    let differ = |place: &usize| table.cells(*place).is_ok_and(|cells| cells[one.row] != cells[other.row]);
    let others: Vec<&str> =
        columns.unused.iter().filter(|place| differ(place)).map(|&place| table.name(place)).collect();
    let steps = ["step", "_step", "global_step"];
    let step = others.iter().find(|name| steps.contains(&without_prefix(name).as_str()));
    let advice = match (step, others.as_slice()) {
        (Some(step), _) => format!("keep one of them, or count by steps with --column epoch={step}"),
        (None, []) if one.said.epoch.is_none() => {
            "keep one of them, or say which epoch each is of in a column `epoch`".to_owned()
        }
        (None, []) => "keep one of them".to_owned(),
        (None, names) => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!(
                "keep one of them; if {} tells them apart, sweep it with --axis or select with --where COLUMN=VALUE",
                list(&names).replace(" and ", " or ")
            )
        }
    };
    format!("{} are both {}{epoch}, with different values: {advice}.", table.at_both(one.row, other.row), words(place))
}

enum NoOutcome {
    NoMetric,
    Reported,
}

fn outcome(
    place: &Place,
    epochs: &[Row],
    metric: Metric,
    rule: EpochRule,
    problems: &mut Problems,
) -> Result<ImportedOutcome, NoOutcome> {
    if epochs.iter().any(|row| row.said.diverged) {
        let first = |of: fn(&Row) -> Option<usize>| epochs.iter().find_map(of);
        return Ok(ImportedOutcome::Diverged {
            epoch: first(|row| row.said.diverged_at_epoch),
            step: first(|row| row.said.diverged_at_step),
        });
    }
    let tested = || epochs.iter().filter(|row| row.said.test.of(metric).is_some());
    let counted = match rule {
        EpochRule::Last => tested().next_back().ok_or(NoOutcome::NoMetric)?,
        EpochRule::BestValidation => {
            tested().next().ok_or(NoOutcome::NoMetric)?;
            // The earliest among equals.
            let mut best: Option<(&Row, f64)> = None;
            for (row, accuracy) in tested().filter_map(|row| Some((row, row.said.validation.accuracy?))) {
                if best.is_none_or(|(_, so_far)| accuracy > so_far) {
                    best = Some((row, accuracy));
                }
            }
            let Some((row, _)) = best else {
                let sentence = format!(
                    "{} has no validation accuracy in addition to its {}, which the epoch rule `best-validation` chooses by.",
                    words(place),
                    metric.name()
                );
                problems.add("epoch rule", sentence);
                return Err(NoOutcome::Reported);
            };
            row
        }
    };
    let said = counted.said;
    Ok(ImportedOutcome::Finished { epoch: said.epoch, validation: known(said.validation), test: said.test })
}

fn run(place: Place, epochs: &[Row], outcome: ImportedOutcome, table: &str) -> ImportedRun {
    let curve = epochs.iter().filter_map(|row| {
        let said = row.said;
        Some(ImportedEpoch { epoch: said.epoch?, validation: known(said.validation), test: known(said.test) })
    });
    let Place { values, comparison, arm, seed, .. } = place;
    ImportedRun {
        id: RunId::of_imported(table, comparison, &values, &arm, seed),
        comparison,
        test_examples: epochs.iter().find_map(|row| row.said.test_examples),
        outcome,
        curve: curve.collect(),
        arm,
        seed,
    }
}

fn known(scores: KnownScores) -> Option<KnownScores> {
    Some(scores).filter(|scores| scores.accuracy.is_some() || scores.nll.is_some())
}

/// `` `teacher` at seed 1 (fixed)``.
pub(super) fn words(place: &Place) -> String {
    let at: Vec<&str> = place.values.iter().map(String::as_str).collect();
    let at = if at.is_empty() { String::new() } else { format!(" at {}", at.join(", ")) };
    format!("`{}` at seed {} ({}){at}", place.arm, place.seed, place.comparison.name())
}
