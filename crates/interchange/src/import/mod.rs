//! Runs made elsewhere, read from a table: one row per run, or one per run and epoch.
//!
//! Everything that is wrong is said at once, and nothing is guessed: names of arms are known, mapped or refused, and
//! accuracies are shares or percent by their values. What the table lacks (an arm at a seed) is no problem but a note.

mod accuracy_unit;
mod arm_names;
mod assembly;
mod cell;
mod checks;
mod column_names;
mod columns;
mod constants;
mod delimited;
mod other_forms;
mod predictions;
mod problems;
mod reading;
mod rows;
mod runs;
mod selection;
mod shapes;
mod splitting;
mod states;
mod table;
mod text;
mod tune;

use std::path::{Path, PathBuf};

use fractionate_records::{Comparison, EpochRule, Imported, ImportedFile, Metric, RightPredictions, read_user_file};
use fractionate_reporting::numbers::count;

pub use accuracy_unit::AccuracyUnit;
pub use column_names::import_columns;
pub use problems::ImportProblems;

use arm_names::ArmNames;
use assembly::{Known, assembled};
use column_names::Quantity;
use columns::Columns;
use constants::Constants;
use problems::Problems;
use table::Table;
use tune::By;

/// How a table is to be read. What is `None` is taken from the table, or is the default.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ImportOptions {
    /// `NAME=ARM`: what the table's names of arms stand for.
    pub maps: Vec<String>,
    /// Columns that are swept, in addition to those named `axis.KEY`.
    pub axes: Vec<String>,
    /// The suite's name.
    pub suite: Option<String>,
    /// The data set's name as people write it.
    pub data_set: Option<String>,
    /// What is compared.
    pub metric: Option<Metric>,
    /// Which epoch counts.
    pub epoch_rule: Option<EpochRule>,
    /// The comparison of a table that names none.
    pub comparison: Option<Comparison>,
    /// The arm that differences are taken against.
    pub reference: Option<String>,
    /// The difference, in points or nats, below which arms count as equal.
    pub margin: Option<f64>,
    /// Inequalities of arms and terms.
    pub claims: Vec<String>,
    /// How accuracies are written.
    pub accuracy: Option<AccuracyUnit>,
    /// The table of right and wrong predictions.
    pub predictions: Option<PathBuf>,
    /// `QUANTITY=COLUMN`: which column says what.
    pub columns: Vec<String>,
    /// The column of the arms.
    pub arm_column: Option<String>,
    /// Whether names of no arm stand for themselves.
    pub keep_arms: bool,
    /// Names in the column of arms whose rows are left out.
    pub leave_out: Vec<String>,
    /// `COLUMN=VALUE`: the rows that count.
    pub wheres: Vec<String>,
    /// Columns that may differ among the runs of an arm.
    pub ignore: Vec<String>,
    /// `WORD=finished` or `WORD=unfinished`: what other words for a run's state mean.
    pub states: Vec<String>,
    /// Columns of the setting that is chosen for each arm.
    pub tune_over: Vec<String>,
    /// The column that settings are chosen by.
    pub by: Option<String>,
    /// The seeds whose runs select the settings and are not compared: `0..3` or `0,1,7`.
    pub tune_seeds: Option<String>,
}

/// A table as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedTable {
    /// The suite, to be written into a folder.
    pub imported: Imported,
    /// Right and wrong predictions, if there were any.
    pub right: Option<RightPredictions>,
    /// How the table was read, in sentences.
    pub reading: Vec<String>,
    /// What it lacks and what else is to be known, in sentences.
    pub notes: Vec<String>,
}

/// Reads a table of runs. Nothing is written.
///
/// # Errors
/// If anything about the file, its columns, its cells or the options is wrong: all of it at once.
pub fn import_table(path: &Path, options: &ImportOptions) -> Result<ImportedTable, ImportProblems> {
    let file = path.display().to_string();
    let bytes = read_user_file(path).map_err(|why| ImportProblems { file, problems: vec![why] })?;
    import_bytes(path, &bytes, options)
}

/// Reads a table of runs from the bytes of a file, or of what is called `path` in sentences.
///
/// # Errors
/// As for [`import_table`].
pub fn import_bytes(path: &Path, bytes: &[u8], options: &ImportOptions) -> Result<ImportedTable, ImportProblems> {
    let file = path.display().to_string();
    let refused = |problems: Vec<String>| ImportProblems { file: file.clone(), problems };
    let source = ImportedFile::of(path, bytes);
    let table = Table::read(path, bytes).map_err(|why| refused(vec![why]))?;
    let mut problems = Problems::default();
    let mut arms = ArmNames::of(&options.maps, options.keep_arms, &mut problems);
    let (options, by) = &tuning(options, &mut problems);
    let tune_seeds = tune::seeds(options, &mut problems);
    let columns = Columns::find(&table, options, &mut problems);
    if let Some(shape) = shapes::other_shape(&columns) {
        return Err(refused(vec![shape]));
    }
    if table.rows() == 0 {
        problems.add("rows", "It has no row below the names of its columns.");
    }
    let selection = selection::select(&columns, options, &mut problems);
    if selection.rows.is_empty() && table.rows() > 0 {
        problems.add("rows", format!("No row is left: {}", selection.notes.join(" ")));
    }
    let split = splitting::ask(&columns, &selection.rows, options, &mut problems);
    let constants = Constants::of(&columns, &selection.rows, options, &mut problems);
    let alone = options.comparison.unwrap_or(Comparison::Fixed);
    let read = rows::read(&columns, &selection, alone, options.accuracy, &mut arms, &mut problems);
    let (tuning, units) = (read.tuning, read.units);
    let known = Known::of(&read.rows, tune_seeds.as_ref(), &mut problems);
    let doubled = arms.ask_about_doubles(&mut problems);
    // Rows of several experiments contradict each other: that is said already.
    let rows = if split || doubled { Vec::new() } else { read.rows };
    let mut found = runs::of_rows(&columns, rows, &source.hash, constants.metric, constants.epoch_rule, &mut problems);
    let mut notes: Vec<String> = [table.notes.clone(), selection.notes].concat();
    let mut tuned = Vec::new();
    checks::test_sets(&found.runs, &table, &mut problems);
    if !columns.tuned.is_empty() {
        let keys: Vec<String> = columns.tuned.iter().map(|(key, _)| key.clone()).collect();
        let (chosen, sentences) = tune::choose(&mut found.runs, &keys, *by, tune_seeds.as_ref(), &mut problems);
        notes.extend(sentences);
        if tune_seeds.is_none() {
            notes.push(
                "The settings were selected on the seeds that are compared: their means are optimistic, and no interval \
                 includes the selection. --tune-seeds selects on some seeds and compares the others."
                    .to_owned(),
            );
        }
        tuned = chosen;
    }
    if arms.any_unknown() {
        let all = arm_names::all();
        problems.add("all arms", format!("For --map: {all} --keep-arms keeps all other names as they are."));
    }
    for name in arms.unused() {
        problems.add("--map", format!("--map {name}=…: no row has the arm `{name}`."));
    }
    checks::teachers_own(&found.runs, constants.metric, &arms, &mut problems);
    notes.extend(found.notes);
    notes.extend(checks::whole_counts(&found.runs, &table));
    notes.extend(checks::no_variation(&found.runs, constants.metric));
    notes.extend(checks::short_runs(&found.runs));
    let configurations = assembly::configurations(found.configurations, found.runs, tuned);
    let mut imported = assembled(source, (constants, known), configurations, &columns, options, &arms, &mut problems);
    if !problems.is_empty() {
        return Err(refused(problems.sentences()));
    }
    if tuning > 0 {
        notes.push(format!(
            "{} of tuning or its runner-up settings left out: only compared runs are imported.",
            count(tuning, "row")
        ));
    }
    let right = match &options.predictions {
        None => None,
        Some(path) => {
            let predicted = predictions::read(path, &imported, alone, options, &mut arms)?;
            for run in imported.configurations.iter_mut().flat_map(|configuration| &mut configuration.runs) {
                run.test_examples = run.test_examples.or(Some(predicted.examples));
            }
            imported.predictions = Some(predicted.file);
            notes.extend(predicted.notes);
            Some(predicted.right)
        }
    };
    notes.extend(reading::lacking(&imported));
    let reading = reading::reading(&imported, &columns, &units, &arms, options);
    Ok(ImportedTable { imported, right, reading, notes })
}

/// The options with what `--tune-over` and `--by` imply, and what settings are chosen by.
fn tuning(options: &ImportOptions, problems: &mut Problems) -> (ImportOptions, By) {
    let mut options = options.clone();
    if options.tune_over.is_empty() {
        if options.tune_seeds.is_some() {
            problems.add(
                "--tune-seeds",
                "--tune-seeds names the seeds that select among the settings of --tune-over COLUMN,…: name their columns.",
            );
        }
        if options.by.is_some() {
            problems.add("--by", "--by chooses among the settings of --tune-over COLUMN,…: name their columns.");
        }
        return (options, By::ValidationAccuracy);
    }
    if options.comparison == Some(Comparison::Fixed) {
        problems.add("--tune-over", "--tune-over gives each arm its own setting: --comparison fixed does not fit it.");
    }
    options.comparison = Some(Comparison::Tuned);
    let Some(column) = options.by.clone() else { return (options, By::ValidationAccuracy) };
    let by = match Quantity::of(&column) {
        Some(Quantity::ValidationAccuracy) => return (options, By::ValidationAccuracy),
        Some(Quantity::ValidationNll) => return (options, By::ValidationNll),
        Some(Quantity::TestAccuracy | Quantity::TestNll) => {
            problems.add(
                "--by",
                format!(
                    "--by {column}: settings are chosen by a validation score; a choice by the test score is biased."
                ),
            );
            return (options, By::ValidationAccuracy);
        }
        _ if ["nll", "loss"].iter().any(|word| column.to_lowercase().contains(word)) => By::ValidationNll,
        _ => By::ValidationAccuracy,
    };
    let quantity = if by == By::ValidationNll { Quantity::ValidationNll } else { Quantity::ValidationAccuracy };
    options.columns.push(format!("{}={column}", quantity.name()));
    (options, by)
}
