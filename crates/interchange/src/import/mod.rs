//! Runs made elsewhere, read from a table: one row per run, or one per run and epoch.
//!
//! Everything that is wrong is said at once, and nothing is guessed: names of arms are known, mapped or refused, and
//! accuracies are shares or percent by their values. What the table lacks (an arm at a seed) is no problem but a note.

mod accuracy_unit;
mod arm_names;
mod columns;
mod predictions;
mod problems;
mod rows;
mod runs;
mod table;

use std::path::{Path, PathBuf};

use fractionate_records::{
    Claim, Comparison, DeclaredClaim, EpochRule, FORMAT_VERSION, Imported, ImportedConfiguration, ImportedFile, Kind,
    Metric, RightPredictions, Seed, nearest, read_user_file,
};

pub use accuracy_unit::AccuracyUnit;
pub use columns::import_columns;
pub use problems::ImportProblems;

use arm_names::ArmNames;
use columns::{Columns, Quantity};
use fractionate_reporting::MetricWords;
use fractionate_reporting::numbers::{count, list};
use fractionate_reporting::source::axes::configuration_name;
use fractionate_reporting::source::declared::Declared;
use fractionate_reporting::{MissingRun, missing_sentences};
use problems::Problems;
use table::Table;

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
    let refused = |problems: Vec<String>| ImportProblems { file: file.clone(), problems };
    let bytes = read_user_file(path).map_err(|why| refused(vec![why]))?;
    let source = ImportedFile::of(path, &bytes);
    let table = Table::read(path, bytes).map_err(|why| refused(vec![why]))?;
    let mut problems = Problems::default();
    let mut arms = ArmNames::of(&options.maps, &mut problems);
    let columns = Columns::find(&table, &options.axes, &mut problems);
    if table.rows() == 0 {
        problems.add("rows", "It has no row below the names of its columns.");
    }
    let constants = Constants::of(&columns, table.rows(), options, &mut problems);
    let alone = options.comparison.unwrap_or(Comparison::Fixed);
    let read = rows::read(&columns, table.rows(), alone, options.accuracy, &mut arms, &mut problems);
    let (tuning, units) = (read.tuning, read.units);
    let known = Known::of(&read.rows);
    let found = runs::of_rows(read.rows, &source.hash, constants.metric, constants.epoch_rule, &mut problems);
    if arms.any_unknown() {
        let all = arm_names::all();
        problems.add("all arms", format!("For --map: {all}"));
    }
    for name in arms.unused() {
        problems.add("--map", format!("--map {name}=…: no row has the arm `{name}`."));
    }
    let mut imported =
        assembled(source, (constants, known), found.configurations, &columns, options, &arms, &mut problems);
    if !problems.is_empty() {
        return Err(refused(problems.sentences()));
    }
    let mut notes = found.notes;
    if tuning > 0 {
        notes.push(format!(
            "{} of tuning or its runner-up settings left out: only compared runs are imported.",
            count(tuning, "row")
        ));
    }
    let right = match &options.predictions {
        None => None,
        Some(path) => {
            let predicted = predictions::read(path, &imported, alone, &options.axes, &mut arms)?;
            for run in imported.configurations.iter_mut().flat_map(|configuration| &mut configuration.runs) {
                run.test_examples = run.test_examples.or(Some(predicted.examples));
            }
            imported.predictions = Some(predicted.file);
            notes.extend(predicted.notes);
            Some(predicted.right)
        }
    };
    notes.extend(lacking(&imported));
    let reading = reading(&imported, &columns, &units, &arms, options);
    Ok(ImportedTable { imported, right, reading, notes })
}

/// What is the same for all runs: of the options, of a column, or the default.
struct Constants {
    suite: Option<String>,
    data_set: Option<String>,
    metric: Metric,
    epoch_rule: EpochRule,
    reference: Option<String>,
    margin: Option<f64>,
}

impl Constants {
    fn of(columns: &Columns<'_>, rows: usize, options: &ImportOptions, problems: &mut Problems) -> Self {
        let mut of = |given: bool, quantity: Quantity, flag: &str| {
            let cells = if given { None } else { columns.cells(quantity, problems) }?;
            let mut words: Vec<String> = Vec::new();
            for word in (0..rows).filter_map(|row| cells.at(row).words()) {
                if !words.contains(&word) {
                    words.push(word);
                }
            }
            if words.len() > 1 {
                let name = columns.name(quantity).unwrap_or(quantity.name());
                let sentence = format!(
                    "The column `{name}` says `{}` and `{}`: a table is one suite; say which with {flag}, or split it.",
                    words[0], words[1]
                );
                problems.add("columns", sentence);
            }
            words.into_iter().next()
        };
        let suite = of(options.suite.is_some(), Quantity::Suite, "--suite-name");
        let data_set = of(options.data_set.is_some(), Quantity::DataSet, "--data-set");
        let metric = of(options.metric.is_some(), Quantity::Metric, "--metric");
        let epoch_rule = of(options.epoch_rule.is_some(), Quantity::EpochRule, "--epoch-rule");
        let reference = of(options.reference.is_some(), Quantity::Reference, "--reference");
        let margin = of(options.margin.is_some(), Quantity::Margin, "--margin");
        let margin = options.margin.or_else(|| {
            let word = margin?;
            let number = word.parse().ok();
            if number.is_none() {
                problems.add("margin", format!("The margin `{word}` is not a number."));
            }
            number
        });
        if let Some(margin) = margin.filter(|margin| !(margin.is_finite() && *margin > 0.0)) {
            problems.add("--margin", format!("--margin {margin}: it must be a number above 0, in points or nats."));
        }
        let metric = options.metric.or_else(|| match metric.as_deref() {
            Some("test-accuracy") => Some(Metric::TestAccuracy),
            Some("test-nll") => Some(Metric::TestNll),
            Some(other) => {
                problems.add("metric", format!("There is no metric `{other}`; it is `test-accuracy` or `test-nll`."));
                None
            }
            None => None,
        });
        let has = |quantity: Quantity| columns.name(quantity).is_some();
        let accuracy = has(Quantity::TestAccuracy) || !has(Quantity::TestNll);
        let metric = metric.unwrap_or(if accuracy { Metric::TestAccuracy } else { Metric::TestNll });
        let quantity = match metric {
            Metric::TestAccuracy => Quantity::TestAccuracy,
            Metric::TestNll => Quantity::TestNll,
        };
        if !has(quantity) {
            problems.add("columns", columns.missing(&[quantity]));
        }
        let epoch_rule = options.epoch_rule.or_else(|| match epoch_rule.as_deref() {
            Some("last") => Some(EpochRule::Last),
            Some("best-validation") => Some(EpochRule::BestValidation),
            Some(other) => {
                let sentence = format!("There is no epoch rule `{other}`; it is `last` or `best-validation`.");
                problems.add("epoch rule", sentence);
                None
            }
            None => None,
        });
        let mut epoch_rule = epoch_rule.unwrap_or(EpochRule::Last);
        if epoch_rule == EpochRule::BestValidation && !has(Quantity::ValidationAccuracy) {
            let missing = columns.missing(&[Quantity::ValidationAccuracy]);
            problems.add("columns", format!("{missing} The epoch rule `best-validation` chooses by it."));
            // Not to be said again of every run.
            epoch_rule = EpochRule::Last;
        }
        Self { suite, data_set, metric, epoch_rule, reference, margin }
    }
}

/// What the rows name, whether or not they say anything of it.
struct Known {
    arms: Vec<String>,
    seeds: Vec<Seed>,
    comparisons: Vec<Comparison>,
}

impl Known {
    fn of(rows: &[rows::Row]) -> Self {
        let mut arms: Vec<String> = Vec::new();
        let mut seen: std::collections::HashSet<&str> = std::collections::HashSet::new();
        for row in rows.iter().filter(|row| seen.insert(&row.place.arm)) {
            arms.push(row.place.arm.clone());
        }
        let mut seeds: Vec<Seed> = rows.iter().map(|row| row.place.seed).collect();
        seeds.sort_unstable();
        seeds.dedup();
        let mut comparisons: Vec<Comparison> = rows.iter().map(|row| row.place.comparison).collect();
        comparisons.sort_unstable();
        comparisons.dedup();
        Self { arms, seeds, comparisons }
    }
}

/// The suite, with its declarations checked.
fn assembled(
    table: ImportedFile,
    (constants, Known { arms, seeds, comparisons }): (Constants, Known),
    configurations: Vec<(Vec<String>, Vec<fractionate_records::ImportedRun>)>,
    columns: &Columns<'_>,
    options: &ImportOptions,
    names: &ArmNames,
    problems: &mut Problems,
) -> Imported {
    let axes: Vec<String> = columns.axes.iter().map(|(key, _)| key.clone()).collect();
    let asked = options.reference.as_deref().map(|reference| names.of_flag(reference));
    let reference = asked.or(constants.reference).unwrap_or_else(|| "hard".to_owned());
    let explicit = options.reference.is_some();
    if explicit && !arms.contains(&reference) && !arms.is_empty() {
        let advice = match nearest(&reference, arms.iter().map(String::as_str)) {
            Some(arm) => format!("did you mean `{arm}`?"),
            None => format!("the arms are {}.", list(&arms.iter().map(|arm| format!("`{arm}`")).collect::<Vec<_>>())),
        };
        problems.add("--reference", format!("--reference {reference}: no row has this arm; {advice}"));
    }
    let claims = options.claims.iter().filter_map(|claim| checked_claim(claim, &arms, &axes, problems)).collect();
    let stem = Path::new(&table.name).file_stem().map_or_else(|| table.name.clone(), |s| s.to_string_lossy().into());
    Imported {
        format: FORMAT_VERSION,
        suite: options.suite.clone().or(constants.suite).unwrap_or(stem),
        data_set: options.data_set.clone().or(constants.data_set).unwrap_or_else(|| "an unnamed data set".to_owned()),
        table,
        predictions: None,
        arms,
        reference,
        metric: constants.metric,
        epoch_rule: constants.epoch_rule,
        margin: constants.margin,
        seeds,
        comparisons,
        axes,
        configurations: configurations
            .into_iter()
            .map(|(values, runs)| ImportedConfiguration { values, runs })
            .collect(),
        claims,
        right: None,
    }
}

/// A claim about arms and terms of the table. It is declared when the runs are there, so that it is exploratory.
fn checked_claim(text: &str, arms: &[String], axes: &[String], problems: &mut Problems) -> Option<DeclaredClaim> {
    let mut wrong = |why: String| problems.add("--claim", format!("--claim '{text}': {why}."));
    let claim = match Claim::parse(text) {
        Ok(claim) => claim,
        Err(error) => {
            wrong(error.to_string());
            return None;
        }
    };
    if claim.kind != Kind::Metric {
        wrong(format!("{} needs diagnostics, which a table does not have", claim.kind.name()));
        return None;
    }
    let unknown: Vec<String> = claim
        .arms()
        .iter()
        .filter(|arm| !arms.iter().any(|known| known == *arm))
        .map(|arm| format!("`{arm}`"))
        .collect();
    if !unknown.is_empty() {
        wrong(format!("no row has {}", list(&unknown)));
        return None;
    }
    for selector in claim.selectors() {
        if let Err(error) = selector.axis(axes) {
            wrong(error.to_string());
            return None;
        }
    }
    Some(DeclaredClaim { says: text.to_owned(), test: text.to_owned(), comparison: None, after_runs: true })
}

/// How the table was read.
fn reading(
    imported: &Imported,
    columns: &Columns<'_>,
    units: &[(String, AccuracyUnit)],
    arms: &ArmNames,
    options: &ImportOptions,
) -> Vec<String> {
    let mut sentences = Vec::new();
    let quantity = match imported.metric {
        Metric::TestAccuracy => Quantity::TestAccuracy,
        Metric::TestNll => Quantity::TestNll,
    };
    let column = columns.name(quantity).unwrap_or(quantity.name());
    let unit = match imported.metric {
        Metric::TestNll => "in nats",
        Metric::TestAccuracy => units.iter().find(|(name, _)| name == column).map_or("", |(_, unit)| unit.words()),
    };
    sentences.push(format!("The {} is the column `{column}`: {unit}.", imported.metric.name()));
    if columns.name(Quantity::Comparison).is_none() {
        sentences.push(match options.comparison {
            Some(comparison) => format!("All runs are of the {} comparison, as asked.", comparison.name()),
            None => "There is no column `comparison`: all runs count as fixed (every arm at one setting); \
                     say --comparison tuned if each arm has its own."
                .to_owned(),
        });
    }
    if columns.name(Quantity::Epoch).is_some() {
        sentences.push(match imported.epoch_rule {
            EpochRule::Last => "The last epoch of each run counts.".to_owned(),
            EpochRule::BestValidation => "The epoch with the best validation accuracy counts.".to_owned(),
        });
    }
    for (name, arm) in &arms.read_as {
        sentences.push(format!("`{name}` is read as the arm `{arm}`."));
    }
    let known = imported
        .configurations
        .iter()
        .flat_map(|configuration| &configuration.runs)
        .all(|run| run.test_examples.is_some());
    if imported.metric == Metric::TestAccuracy && !known {
        sentences.push(
            "How many test examples there are is not known: accuracies are not counted in whole examples, and there are \
             no intervals over test examples."
                .to_owned(),
        );
    }
    if !columns.unused.is_empty() {
        let names: Vec<String> = columns.unused.iter().map(|name| format!("`{name}`")).collect();
        sentences.push(format!("Not used: {}.", list(&names)));
    }
    sentences
}

/// Cells that the table lacks, seeds that cannot be paired, a reference that is not there.
fn lacking(imported: &Imported) -> Vec<String> {
    let declared = Declared::from(imported);
    let mut notes = Vec::new();
    if !imported.arms.contains(&imported.reference) {
        notes.push(format!(
            "No row has the reference arm `{}`: no differences are given; name another one with --reference.",
            imported.reference
        ));
    }
    for (configuration, own) in declared.configurations.iter().zip(&imported.configurations) {
        let there: std::collections::HashSet<_> = own.runs.iter().map(|run| &run.id).collect();
        let missing = configuration.runs.iter().filter(|run| !there.contains(&run.id)).map(|run| MissingRun {
            id: run.id.to_string(),
            arm: run.arm.clone(),
            seed: run.seed.0,
            role: run.role,
        });
        let name = configuration_name(&declared, &configuration.values);
        let at = if name.is_empty() { String::new() } else { format!("At {name}: ") };
        let missing: Vec<MissingRun> = missing.collect();
        notes.extend(missing_sentences(&missing, true).into_iter().map(|sentence| format!("{at}{sentence}")));
        for &comparison in &imported.comparisons {
            let seeds = |arm: &str| -> Vec<Seed> {
                let own = own.runs.iter().filter(|run| run.comparison == comparison && run.arm == arm);
                own.map(|run| run.seed).collect()
            };
            let reference = seeds(&imported.reference);
            for arm in imported.arms.iter().filter(|arm| **arm != imported.reference) {
                let own = seeds(arm);
                if !own.is_empty() && !reference.is_empty() && !own.iter().any(|seed| reference.contains(seed)) {
                    notes.push(format!(
                        "{at}`{arm}` ({}) has no seed in common with `{}`: nothing can be paired.",
                        comparison.name(),
                        imported.reference
                    ));
                }
            }
        }
    }
    notes
}
