//! From rows to runs: which rows are one run's, and which of its epochs counts.

use std::collections::HashMap;

use fractionate_records::{EpochRule, ImportedEpoch, ImportedOutcome, ImportedRun, KnownScores, Metric, RunId};
use fractionate_reporting::MetricWords;
use fractionate_reporting::numbers::count;

use super::problems::Problems;
use super::rows::{Place, Row};

/// What of a table's rows became runs.
#[derive(Debug, Default)]
pub(super) struct Runs {
    /// The values of every configuration with its runs, both in the table's order.
    pub(super) configurations: Vec<(Vec<String>, Vec<ImportedRun>)>,
    /// What was noticed, in sentences.
    pub(super) notes: Vec<String>,
}

/// Forms the runs of a table with this hash.
pub(super) fn of_rows(rows: Vec<Row>, table: &str, metric: Metric, rule: EpochRule, problems: &mut Problems) -> Runs {
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
    let mut configurations: HashMap<Vec<String>, usize> = HashMap::new();
    for (place, rows) in groups {
        let configuration = *configurations.entry(place.values.clone()).or_insert_with(|| {
            runs.configurations.push((place.values.clone(), Vec::new()));
            runs.configurations.len() - 1
        });
        let Some(epochs) = epochs(&place, rows, &mut doubled, problems) else { continue };
        match outcome(&place, &epochs, metric, rule, problems) {
            Ok(outcome) => {
                if let ImportedOutcome::Finished { epoch, .. } = outcome
                    && rule == EpochRule::Last
                    && epoch != epochs.last().and_then(|row| row.said.epoch)
                {
                    early.push(words(&place));
                }
                runs.configurations[configuration].1.push(run(place, &epochs, outcome, table));
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

/// The rows of one run, one for each epoch, rising; `None` after a reported problem.
fn epochs(place: &Place, mut rows: Vec<Row>, doubled: &mut usize, problems: &mut Problems) -> Option<Vec<Row>> {
    rows.sort_by_key(|row| (row.said.epoch, row.row));
    let mut kept: Vec<Row> = Vec::with_capacity(rows.len());
    let mut sound = true;
    for row in rows {
        match kept.last() {
            Some(last) if last.said == row.said => *doubled += 1,
            Some(last) if last.said.epoch == row.said.epoch => {
                let (epoch, advice) = match row.said.epoch {
                    Some(epoch) => (format!(" after epoch {epoch}"), ""),
                    None => (String::new(), ", or say which epoch each is of in a column `epoch`"),
                };
                let sentence = format!(
                    "Rows {} and {} are both {}{epoch}, with different values: keep one of them{advice}.",
                    last.row,
                    row.row,
                    words(place)
                );
                problems.add("doubled cells", sentence);
                sound = false;
            }
            _ => kept.push(row),
        }
    }
    if kept.len() > 1 && kept[0].said.epoch.is_none() {
        problems.add("epochs", format!("Row {}: the column `epoch` is empty.", kept[0].row));
        sound = false;
    }
    if let Some(row) = kept.iter().find(|row| row.said.test_examples != kept[0].said.test_examples) {
        let sentence =
            format!("Row {}: {} has another number of test examples in row {}.", row.row, words(place), kept[0].row);
        problems.add("test examples", sentence);
        sound = false;
    }
    sound.then_some(kept)
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
    let Place { values, comparison, arm, seed } = place;
    ImportedRun {
        id: RunId::of_imported(table, comparison, &values, &arm, seed),
        comparison,
        test_examples: epochs[0].said.test_examples,
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
