//! A second table: whether each test example was classified rightly, in long form.

use std::collections::HashMap;
use std::path::Path;

use fractionate_records::{
    Comparison, Imported, ImportedFile, ImportedOutcome, RightPredictions, RunId, read_user_file,
};
use fractionate_reporting::numbers::count;

use super::arm_names::ArmNames;
use super::column_names::Quantity;
use super::columns::Columns;
use super::problems::Problems;
use super::rows::{Place, Placed, Places};
use super::runs::words;
use super::selection::select;
use super::table::Table;
use super::{ImportOptions, ImportProblems};

/// How far a table's accuracy may be from its predictions': it may have been rounded.
const ROUNDING: f64 = 5.001e-4;

/// Right or wrong, run by run.
pub(super) struct Predicted {
    pub(super) file: ImportedFile,
    pub(super) right: RightPredictions,
    /// How many test examples every run has.
    pub(super) examples: usize,
    pub(super) notes: Vec<String>,
}

/// Reads the predictions of the runs of a table that was read before.
pub(super) fn read(
    path: &Path,
    imported: &Imported,
    alone: Comparison,
    options: &ImportOptions,
    arms: &mut ArmNames,
) -> Result<Predicted, ImportProblems> {
    let file = path.display().to_string();
    let refused = |problems: Vec<String>| ImportProblems { file: file.clone(), problems };
    let bytes = read_user_file(path).map_err(|why| refused(vec![why]))?;
    let source = ImportedFile::of(path, &bytes);
    let table = Table::read(path, &bytes).map_err(|why| refused(vec![why]))?;
    let mut problems = Problems::default();
    let own = ImportOptions {
        axes: options.axes.clone(),
        data_set: options.data_set.clone(),
        arm_column: options.arm_column.clone().filter(|name| table.names().contains(&name.as_str())),
        ..ImportOptions::default()
    };
    let columns = Columns::find(&table, &own, &mut problems);
    let rows = select(&columns, &own, &mut problems).rows;
    let places = Places::of(&columns, alone, &mut problems);
    let example = columns.required(Quantity::Example, &mut problems);
    let correct = columns.required(Quantity::Correct, &mut problems);
    let (Some(example), Some(correct)) = (example, correct) else { return Err(refused(problems.sentences())) };
    let runs = imported
        .configurations
        .iter()
        .flat_map(|configuration| configuration.runs.iter().map(move |run| (&configuration.values, run)));
    let known: HashMap<Place, &fractionate_records::ImportedRun> = runs
        .map(|(values, run)| {
            let values = values.clone();
            (
                Place { values, comparison: run.comparison, arm: run.arm.clone(), seed: run.seed, setting: Vec::new() },
                run,
            )
        })
        .collect();
    let mut examples: HashMap<String, usize> = HashMap::new();
    let mut found: HashMap<Place, Vec<Option<bool>>> = HashMap::new();
    for index in rows {
        let at = || table.at(index);
        let Placed::Run(place) = places.at(index, arms, &mut problems) else { continue };
        if !known.contains_key(&place) {
            problems.add("runs", format!("{}: {} is not in the table of runs.", at(), words(&place)));
            continue;
        }
        let Some(name) = example[index].words() else {
            problems.add("empty cells", format!("{}: the column `example` is empty.", at()));
            continue;
        };
        let right = match correct[index].words().as_deref().map(str::to_lowercase).as_deref() {
            Some("1" | "true") => true,
            Some("0" | "false") => false,
            other => {
                let shown = other.map_or("an empty cell".to_owned(), |word| format!("`{word}`"));
                problems.add("right or wrong", format!("{}: {shown} is neither 1 (right) nor 0 (wrong).", at()));
                continue;
            }
        };
        let next = examples.len();
        let place_of = *examples.entry(name.clone()).or_insert(next);
        let own = found.entry(place.clone()).or_default();
        if own.len() <= place_of {
            own.resize(place_of + 1, None);
        }
        if own[place_of].is_some_and(|before| before != right) {
            problems.add("doubled", format!("{}: {} has the example {name} twice, once right.", at(), words(&place)));
        }
        own[place_of] = Some(right);
    }
    let mut right = RightPredictions::default();
    let mut places: Vec<&Place> = found.keys().collect();
    places.sort_by_key(|place| (&place.values, place.comparison, &place.arm, place.seed));
    for place in places {
        let own = &found[place];
        let whole: Option<Vec<bool>> = own.iter().copied().collect();
        match whole.filter(|own| own.len() == examples.len()) {
            Some(whole) => {
                agree(place, known[place], &whole, &mut problems);
                right.0.insert(known[place].id.clone(), whole);
            }
            None => {
                let there = own.iter().flatten().count();
                let sentence = format!("{} has {there} of the {} test examples.", words(place), examples.len());
                problems.add("examples", sentence);
            }
        }
    }
    if right.0.is_empty() && problems.is_empty() {
        problems.add("rows", "It has no row below the names of its columns.");
    }
    if !problems.is_empty() {
        return Err(refused(problems.sentences()));
    }
    let without = without(imported, &right);
    let notes = if without == 0 {
        Vec::new()
    } else {
        vec![format!(
            "{} without predictions: no interval over test examples is given in their comparison.",
            count(without, "run")
        )]
    };
    Ok(Predicted { file: source, right, examples: examples.len(), notes })
}

fn without(imported: &Imported, right: &RightPredictions) -> usize {
    let finished = |run: &&fractionate_records::ImportedRun| matches!(run.outcome, ImportedOutcome::Finished { .. });
    let runs = imported.configurations.iter().flat_map(|configuration| &configuration.runs).filter(finished);
    runs.map(|run| &run.id).filter(|id: &&RunId| !right.0.contains_key(*id)).count()
}

/// The predictions must be those that the accuracy was taken of.
fn agree(place: &Place, run: &fractionate_records::ImportedRun, right: &[bool], problems: &mut Problems) {
    if let Some(n) = run.test_examples.filter(|&n| n != right.len()) {
        let sentence = format!("{} has {n} test examples in the table and {} here.", words(place), right.len());
        problems.add("test examples", sentence);
    }
    let ImportedOutcome::Finished { test, .. } = run.outcome else { return };
    let share = right.iter().filter(|&&right| right).count() as f64 / right.len() as f64;
    if let Some(accuracy) = test.accuracy.filter(|accuracy| (accuracy - share).abs() > ROUNDING) {
        let sentence =
            format!("{} is right on {:.4} of the examples here, and {accuracy:.4} in the table.", words(place), share);
        problems.add("accuracies", sentence);
    }
}
