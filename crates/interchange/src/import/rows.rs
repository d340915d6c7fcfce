//! The rows of a table of runs, read and checked cell by cell.

use fractionate_records::{Comparison, KnownScores, Seed, nearest};

use super::accuracy_unit::AccuracyUnit;
use super::arm_names::ArmNames;
use super::columns::{Columns, Quantity};
use super::problems::Problems;
use super::table::{Cell, Cells};

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Place {
    /// The value on each axis, as it would be written in TOML.
    pub(super) values: Vec<String>,
    pub(super) comparison: Comparison,
    pub(super) arm: String,
    pub(super) seed: Seed,
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

/// A row, counted from 1.
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
    arm: Option<Cells<'a>>,
    seed: Option<Cells<'a>>,
    comparison: Option<Cells<'a>>,
    axes: Vec<(&'a str, Option<Cells<'a>>)>,
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
    pub(super) fn of(columns: &Columns<'a>, alone: Comparison, problems: &mut Problems) -> Self {
        let name = |quantity: Quantity| columns.name(quantity).unwrap_or(quantity.name());
        Self {
            arm: columns.required(Quantity::Arm, problems),
            seed: columns.required(Quantity::Seed, problems),
            comparison: columns.cells(Quantity::Comparison, problems),
            axes: (0..columns.axes.len()).map(|place| (columns.axes[place].1, columns.axis(place, problems))).collect(),
            alone,
            names: [name(Quantity::Arm), name(Quantity::Seed), name(Quantity::Comparison)],
        }
    }

    /// The place of a row, counted from 0.
    pub(super) fn at(&self, index: usize, arms: &mut ArmNames, problems: &mut Problems) -> Placed {
        let row = index + 1;
        let mut empty = |name: &str| problems.add("empty cells", format!("Row {row}: the column `{name}` is empty."));
        let arm = self.arm.map(|cells| cells.at(index).words());
        if arm == Some(None) {
            empty(self.names[0]);
        }
        let seed = self.seed.map(|cells| cells.at(index));
        if seed == Some(Cell::Empty) {
            empty(self.names[1]);
        }
        let comparison = self.comparison.map(|cells| cells.at(index).words());
        if comparison == Some(None) {
            empty(self.names[2]);
        }
        let mut values = Some(Vec::new());
        for (name, cells) in &self.axes {
            let value = cells.and_then(|cells| cells.at(index).words());
            if cells.is_some() && value.is_none() {
                empty(name);
            }
            values = values.zip(value).map(|(values, value)| [values, vec![as_toml(&value)]].concat());
        }
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
                    problems.add("comparisons", format!("Row {row}: there is no comparison `{other}`; {advice}"));
                    None
                }
                None => None,
            },
        };
        let seed = match seed.map(Cell::whole) {
            Some(Ok(seed)) => seed.map(Seed),
            Some(Err(why)) => {
                problems.add("seeds", format!("Row {row}, column `{}`: {why}.", self.names[1]));
                None
            }
            None => None,
        };
        let arm = arm.flatten().and_then(|name| arms.arm(&name, row, problems));
        match (values, comparison, arm, seed) {
            (Some(values), Some(comparison), Some(arm), Some(seed)) => {
                Placed::Run(Place { values, comparison, arm, seed })
            }
            _ => Placed::Nowhere,
        }
    }
}

/// A value as it would be written in TOML: numbers, truth values and lists as they are, words in quotation marks.
fn as_toml(value: &str) -> String {
    let plain = value.parse::<f64>().is_ok_and(f64::is_finite) || matches!(value, "true" | "false");
    if plain || value.starts_with(['[', '"', '\'']) { value.to_owned() } else { format!("\"{value}\"") }
}

/// Reads all rows.
pub(super) fn read(
    columns: &Columns<'_>,
    rows: usize,
    alone: Comparison,
    asked: Option<AccuracyUnit>,
    arms: &mut ArmNames,
    problems: &mut Problems,
) -> Rows {
    let places = Places::of(columns, alone, problems);
    let mut units = Vec::new();
    let test_accuracy = accuracies(columns, Quantity::TestAccuracy, rows, asked, &mut units, problems);
    let validation_accuracy = accuracies(columns, Quantity::ValidationAccuracy, rows, asked, &mut units, problems);
    let test_nll = nlls(columns, Quantity::TestNll, rows, problems);
    let validation_nll = nlls(columns, Quantity::ValidationNll, rows, problems);
    let test_examples = counts(columns, Quantity::TestExamples, rows, problems);
    let epochs = counts(columns, Quantity::Epoch, rows, problems);
    let diverged_at_epoch = counts(columns, Quantity::DivergedAtEpoch, rows, problems);
    let diverged_at_step = counts(columns, Quantity::DivergedAtStep, rows, problems);
    let diverged = outcomes(columns, rows, problems);
    let mut found = Rows { rows: Vec::with_capacity(rows), tuning: 0, units };
    for index in 0..rows {
        let place = match places.at(index, arms, problems) {
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
            diverged: diverged[index],
            diverged_at_epoch: diverged_at_epoch[index],
            diverged_at_step: diverged_at_step[index],
        };
        found.rows.push(Row { row: index + 1, place, said });
    }
    found
}

/// A column of finite numbers, empty where there is none.
fn numbers(columns: &Columns<'_>, quantity: Quantity, rows: usize, problems: &mut Problems) -> Vec<Option<f64>> {
    let Some(cells) = columns.cells(quantity, problems) else { return vec![None; rows] };
    let name = columns.name(quantity).unwrap_or(quantity.name());
    let mut read = |index: usize| match cells.at(index).number() {
        Ok(Some(value)) if !value.is_finite() => {
            let sentence = format!(
                "Row {}, column `{name}`: {value} is not a finite number; leave the cell empty, or mark a run that diverged \
                 with `diverged` in a column `outcome`.",
                index + 1
            );
            problems.add("numbers that are not finite", sentence);
            None
        }
        Ok(value) => value,
        Err(why) => {
            problems.add("words in place of numbers", format!("Row {}, column `{name}`: {why}.", index + 1));
            None
        }
    };
    (0..rows).map(&mut read).collect()
}

/// A column of accuracies as shares.
fn accuracies(
    columns: &Columns<'_>,
    quantity: Quantity,
    rows: usize,
    asked: Option<AccuracyUnit>,
    units: &mut Vec<(String, AccuracyUnit)>,
    problems: &mut Problems,
) -> Vec<Option<f64>> {
    let mut values = numbers(columns, quantity, rows, problems);
    let Some(name) = columns.name(quantity) else { return values };
    let known: Vec<(usize, f64)> = (1..).zip(&values).filter_map(|(row, value)| Some((row, (*value)?))).collect();
    let unit = match asked.map_or_else(|| AccuracyUnit::of(&known, name), Ok) {
        Ok(unit) => unit,
        Err(why) => {
            problems.add("units", why);
            return values;
        }
    };
    units.push((name.to_owned(), unit));
    for (row, value) in (1..).zip(&mut values) {
        let Some(given) = *value else { continue };
        *value = match unit.share(given) {
            Ok(share) => Some(share),
            Err(why) => {
                problems.add("accuracies", format!("Row {row}, column `{name}`: {why}."));
                None
            }
        };
    }
    values
}

/// A column of negative log-likelihoods.
fn nlls(columns: &Columns<'_>, quantity: Quantity, rows: usize, problems: &mut Problems) -> Vec<Option<f64>> {
    let values = numbers(columns, quantity, rows, problems);
    let name = columns.name(quantity).unwrap_or(quantity.name());
    for (row, value) in (1..).zip(&values).filter_map(|(row, value)| Some((row, (*value)?))) {
        if value < 0.0 {
            let sentence =
                format!("Row {row}, column `{name}`: {value} is below 0, which no negative log-likelihood is.");
            problems.add("likelihoods", sentence);
        }
    }
    values
}

/// A column of whole numbers.
fn counts(columns: &Columns<'_>, quantity: Quantity, rows: usize, problems: &mut Problems) -> Vec<Option<usize>> {
    let Some(cells) = columns.cells(quantity, problems) else { return vec![None; rows] };
    let name = columns.name(quantity).unwrap_or(quantity.name());
    let mut read = |index: usize| match cells.at(index).whole() {
        Ok(value) => value.and_then(|value| usize::try_from(value).ok()),
        Err(why) => {
            problems.add("whole numbers", format!("Row {}, column `{name}`: {why}.", index + 1));
            None
        }
    };
    (0..rows).map(&mut read).collect()
}

/// Whether each row is of a run that diverged.
fn outcomes(columns: &Columns<'_>, rows: usize, problems: &mut Problems) -> Vec<bool> {
    let Some(cells) = columns.cells(Quantity::Outcome, problems) else { return vec![false; rows] };
    let mut read = |index: usize| match cells.at(index).words().as_deref().map(str::to_lowercase).as_deref() {
        Some("diverged") => true,
        None | Some("finished") => false,
        Some(other) => {
            let sentence = format!("Row {}: there is no outcome `{other}`; it is `finished` or `diverged`.", index + 1);
            problems.add("outcomes", sentence);
            false
        }
    };
    (0..rows).map(&mut read).collect()
}
