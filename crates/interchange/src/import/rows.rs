//! The rows of a table of runs, read and checked cell by cell.

use fractionate_records::{Comparison, KnownScores, Seed, nearest};

use super::accuracy_unit::AccuracyUnit;
use super::arm_names::ArmNames;
use super::cell::Cell;
use super::column_names::Quantity;
use super::columns::Columns;
use super::problems::Problems;
use super::selection::Selection;

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Place {
    /// The value on each axis, as it would be written in TOML.
    pub(super) values: Vec<String>,
    pub(super) comparison: Comparison,
    pub(super) arm: String,
    pub(super) seed: Seed,
    /// The value of each key that is chosen arm by arm.
    pub(super) setting: Vec<String>,
}

/// What a row says of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Said {
    pub(super) epoch: Option<usize>,
    pub(super) test: KnownScores,
    pub(super) validation: KnownScores,
    pub(super) test_examples: Option<usize>,
    pub(super) diverged: bool,
    pub(super) diverged_at_epoch: Option<usize>,
    pub(super) diverged_at_step: Option<usize>,
}

/// A row by its place in the table.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) row: usize,
    pub(super) place: Place,
    pub(super) said: Said,
}

/// All rows, with what was noticed on the way.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    /// Rows of tuning and of its runner-up settings, which are left out.
    pub(super) tuning: usize,
    /// The accuracy columns with their units.
    pub(super) units: Vec<(String, AccuracyUnit)>,
}

/// Reads the place of a row: the columns that name a run.
pub(super) struct Places<'a> {
    columns: &'a Columns<'a>,
    arm: Option<&'a [Cell]>,
    seed: Option<&'a [Cell]>,
    comparison: Option<&'a [Cell]>,
    axes: Vec<(&'a str, Option<&'a [Cell]>)>,
    tuned: Vec<(&'a str, Option<&'a [Cell]>)>,
    alone: Comparison,
    names: [&'a str; 3],
}

/// What stands where a row's place should be.
pub(super) enum Placed {
    Run(Place),
    Tuning,
    /// A reported problem.
    Nowhere,
}

impl<'a> Places<'a> {
    /// Finds the columns; `alone` is the comparison of a table that names none.
    pub(super) fn of(columns: &'a Columns<'a>, alone: Comparison, problems: &mut Problems) -> Self {
        let name = |quantity: Quantity| columns.name(quantity).unwrap_or(quantity.name());
        let mut cells = |keys: &[(String, usize)]| {
            keys.iter().map(|(_, place)| (columns.table.name(*place), columns.cells_at(*place, problems))).collect()
        };
        let (axes, tuned) = (cells(&columns.axes), cells(&columns.tuned));
        Self {
            columns,
            axes,
            tuned,
            arm: columns.required(Quantity::Arm, problems),
            seed: columns.required(Quantity::Seed, problems),
            comparison: columns.cells(Quantity::Comparison, problems),
            alone,
            names: [name(Quantity::Arm), name(Quantity::Seed), name(Quantity::Comparison)],
        }
    }

    /// The place of a row, counted from 0.
    pub(super) fn at(&self, index: usize, arms: &mut ArmNames, problems: &mut Problems) -> Placed {
        let at = self.columns.table.at(index);
        let mut empty = |name: &str, more: &str| {
            problems.add("empty cells", format!("{at}: the column `{name}` is empty{more}."));
        };
        let arm = self.arm.map(|cells| cells[index].words());
        if arm == Some(None) {
            empty(self.names[0], "");
        }
        let seed = self.seed.map(|cells| &cells[index]);
        if seed == Some(&Cell::Empty) {
            let teacher = arm.iter().flatten().any(|name| name.to_lowercase().contains("teacher"));
            empty(self.names[1], if teacher { TEACHERS_OWN } else { "" });
        }
        let comparison = self.comparison.map(|cells| cells[index].words());
        if comparison == Some(None) {
            empty(self.names[2], "");
        }
        let mut each = |columns: &[(&str, Option<&[Cell]>)], toml: bool| {
            let mut values = Some(Vec::new());
            for (name, cells) in columns {
                let value = cells.and_then(|cells| cells[index].words());
                if cells.is_some() && value.is_none() && toml {
                    empty(name, "");
                }
                // A setting that an arm does not have is empty.
                let value = value.map(|value| if toml { as_toml(&value) } else { value });
                let value = if toml { value } else { Some(value.unwrap_or_default()) };
                values = values.zip(value).map(|(values, value)| [values, vec![value]].concat());
            }
            values
        };
        let (values, setting) = (each(&self.axes, true), each(&self.tuned, false));
        let comparison = match comparison {
            None => Some(self.alone),
            Some(word) => match word.as_deref().map(str::to_lowercase).as_deref() {
                Some("tuned") => Some(Comparison::Tuned),
                Some("fixed") => Some(Comparison::Fixed),
                Some("tuning" | "runner-up") => return Placed::Tuning,
                Some(other) => {
                    let advice = match nearest(other, ["tuned", "fixed"]) {
                        Some(word) => format!("did you mean `{word}`?"),
                        None => "it is `tuned` (each arm at its own setting) or `fixed` (every arm at one).".to_owned(),
                    };
                    problems.add("comparisons", format!("{at}: there is no comparison `{other}`; {advice}"));
                    None
                }
                None => None,
            },
        };
        let seed = match seed.map(Cell::seed) {
            Some(Ok(seed)) => seed.map(Seed),
            Some(Err(why)) => {
                problems.add("seeds", format!("{at}, column `{}`: {why}.", self.names[1]));
                None
            }
            None => None,
        };
        let arm = arm.flatten().map(|name| arms.arm(&name, &at, problems));
        match (values, setting, comparison, arm, seed) {
            (Some(values), Some(setting), Some(comparison), Some(arm), Some(seed)) => {
                Placed::Run(Place { values, comparison, arm, seed, setting })
            }
            _ => Placed::Nowhere,
        }
    }
}

/// What a row of the teacher network itself is told.
const TEACHERS_OWN: &str = "; if the row is the teacher network's own score, leave it out with --leave-out NAME: the \
                            arm `teacher` is students trained on the teacher's soft labels";

/// A value as it would be written in TOML: numbers, truth values and lists as they are, words in quotation marks.
fn as_toml(value: &str) -> String {
    let plain = value.parse::<f64>().is_ok_and(f64::is_finite) || matches!(value, "true" | "false");
    if plain || value.starts_with(['[', '"', '\'']) { value.to_owned() } else { format!("\"{value}\"") }
}

/// Reads the selected rows.
pub(super) fn read(
    columns: &Columns<'_>,
    selection: &Selection,
    alone: Comparison,
    asked: Option<AccuracyUnit>,
    arms: &mut ArmNames,
    problems: &mut Problems,
) -> Rows {
    let rows = &selection.rows;
    let places = Places::of(columns, alone, problems);
    let mut units = Vec::new();
    let test_accuracy = accuracies(columns, Quantity::TestAccuracy, rows, asked, &mut units, problems);
    let validation_accuracy = accuracies(columns, Quantity::ValidationAccuracy, rows, asked, &mut units, problems);
    let test_nll = nlls(columns, Quantity::TestNll, rows, problems);
    let validation_nll = nlls(columns, Quantity::ValidationNll, rows, problems);
    let test_examples = test_examples(columns, rows, problems);
    let epochs = counts(columns, Quantity::Epoch, rows, problems);
    let diverged_at_epoch = counts(columns, Quantity::DivergedAtEpoch, rows, problems);
    let diverged_at_step = counts(columns, Quantity::DivergedAtStep, rows, problems);
    let mut found = Rows { rows: Vec::with_capacity(rows.len()), tuning: 0, units };
    for (index, &row) in rows.iter().enumerate() {
        let place = match places.at(row, arms, problems) {
            Placed::Run(place) => place,
            Placed::Tuning => {
                found.tuning += 1;
                continue;
            }
            Placed::Nowhere => continue,
        };
        let said = Said {
            epoch: epochs[index],
            test: KnownScores { accuracy: test_accuracy[index], nll: test_nll[index] },
            validation: KnownScores { accuracy: validation_accuracy[index], nll: validation_nll[index] },
            test_examples: test_examples[index],
            diverged: selection.diverged.contains(&row),
            diverged_at_epoch: diverged_at_epoch[index],
            diverged_at_step: diverged_at_step[index],
        };
        found.rows.push(Row { row, place, said });
    }
    found
}

/// A column of finite numbers, empty where there is none.
fn numbers(columns: &Columns<'_>, quantity: Quantity, rows: &[usize], problems: &mut Problems) -> Vec<Option<f64>> {
    let Some(cells) = columns.cells(quantity, problems) else { return vec![None; rows.len()] };
    let name = columns.name(quantity).unwrap_or(quantity.name());
    let mut read = |row: usize| match cells[row].number() {
        Ok(Some(value)) if !value.is_finite() => {
            let sentence = format!(
                "{}, column `{name}`: {value} is not a finite number; leave the cell empty, or mark a run that \
                 diverged with `diverged` in a column `outcome`.",
                columns.table.at(row)
            );
            problems.add("numbers that are not finite", sentence);
            None
        }
        Ok(value) => value,
        Err(why) => {
            let at = columns.table.at(row);
            problems.add("words in place of numbers", format!("{at}, column `{name}`: {why}."));
            None
        }
    };
    rows.iter().map(|&row| read(row)).collect()
}

/// A column of accuracies as shares.
fn accuracies(
    columns: &Columns<'_>,
    quantity: Quantity,
    rows: &[usize],
    asked: Option<AccuracyUnit>,
    units: &mut Vec<(String, AccuracyUnit)>,
    problems: &mut Problems,
) -> Vec<Option<f64>> {
    let mut values = numbers(columns, quantity, rows, problems);
    let (Some(name), Some(cells)) = (columns.name(quantity), columns.cells(quantity, problems)) else { return values };
    let known: Vec<(usize, f64)> =
        rows.iter().zip(&values).filter_map(|(&row, value)| Some((row, (*value)?))).collect();
    let signs = known.iter().filter(|(row, _)| cells[*row].is_percent()).count();
    let unit = match (signs, asked) {
        (0, Some(asked)) => Ok(asked),
        (0, None) => AccuracyUnit::of(&known, name, |row| columns.table.in_sentence(row)),
        (signs, Some(AccuracyUnit::Share)) if signs > 0 => {
            Err(format!("The column `{name}` has percent signs: --accuracy share does not fit it."))
        }
        (signs, _) if signs < known.len() => {
            let without = known.iter().find(|(row, _)| !cells[*row].is_percent());
            let at = without.map_or(String::new(), |(row, _)| format!(" (not in {})", columns.table.in_sentence(*row)));
            Err(format!("The column `{name}` has percent signs in some rows only{at}: write all alike."))
        }
        _ => Ok(AccuracyUnit::Percent),
    };
    let unit = match unit {
        Ok(unit) => unit,
        Err(why) => {
            problems.add("units", why);
            return values;
        }
    };
    units.push((name.to_owned(), unit));
    for (&row, value) in rows.iter().zip(&mut values) {
        let Some(given) = *value else { continue };
        *value = match unit.share(given) {
            Ok(share) => Some(share),
            Err(why) => {
                problems.add("accuracies", format!("{}, column `{name}`: {why}.", columns.table.at(row)));
                None
            }
        };
    }
    values
}

/// No mean of negative log-likelihoods in double precision is as high as this: it is a run that diverged.
const HIGHEST_NLL: f64 = 1e6;

/// A column of negative log-likelihoods.
fn nlls(columns: &Columns<'_>, quantity: Quantity, rows: &[usize], problems: &mut Problems) -> Vec<Option<f64>> {
    let values = numbers(columns, quantity, rows, problems);
    let name = columns.name(quantity).unwrap_or(quantity.name());
    for (&row, value) in rows.iter().zip(&values).filter_map(|(row, value)| Some((row, (*value)?))) {
        let why = if value < 0.0 {
            format!("{value} is below 0, which no negative log-likelihood is")
        } else if value > HIGHEST_NLL {
            format!("{value:e} nats are no score: mark the run with `diverged` in a column `outcome`")
        } else {
            continue;
        };
        problems.add("likelihoods", format!("{}, column `{name}`: {why}.", columns.table.at(row)));
    }
    values
}

/// The column of the numbers of test examples: above 0.
fn test_examples(columns: &Columns<'_>, rows: &[usize], problems: &mut Problems) -> Vec<Option<usize>> {
    let values = counts(columns, Quantity::TestExamples, rows, problems);
    let name = columns.name(Quantity::TestExamples).unwrap_or_default();
    for (&row, _) in rows.iter().zip(&values).filter(|(_, value)| **value == Some(0)) {
        let at = columns.table.at(row);
        problems.add(
            "test examples",
            format!("{at}, column `{name}`: 0 test examples; leave the cell empty if the number is not known."),
        );
    }
    values
}

/// A column of whole numbers.
fn counts(columns: &Columns<'_>, quantity: Quantity, rows: &[usize], problems: &mut Problems) -> Vec<Option<usize>> {
    let Some(cells) = columns.cells(quantity, problems) else { return vec![None; rows.len()] };
    let name = columns.name(quantity).unwrap_or(quantity.name());
    let mut read = |row: usize| match cells[row].whole() {
        Ok(value) => value.and_then(|value| usize::try_from(value).ok()),
        Err(why) => {
            problems.add("whole numbers", format!("{}, column `{name}`: {why}.", columns.table.at(row)));
            None
        }
    };
    rows.iter().map(|&row| read(row)).collect()
}
