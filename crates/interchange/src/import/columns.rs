//! Which column of a table says what.

use fractionate_records::nearest;
use fractionate_reporting::numbers::list;

use super::problems::Problems;
use super::table::{Cells, Table};

/// A quantity that a column may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantity {
    Arm,
    Seed,
    TestAccuracy,
    TestNll,
    ValidationAccuracy,
    ValidationNll,
    TestExamples,
    Comparison,
    Epoch,
    Outcome,
    DivergedAtEpoch,
    DivergedAtStep,
    Suite,
    DataSet,
    Metric,
    EpochRule,
    Reference,
    Margin,
    Example,
    Correct,
}

/// The names that are known for each quantity, the first one its own.
const NAMES: [(Quantity, &[&str]); 20] = [
    (Quantity::Arm, &["arm", "method"]),
    (Quantity::Seed, &["seed"]),
    (Quantity::TestAccuracy, &["test_accuracy", "accuracy", "test_acc", "acc"]),
    (Quantity::TestNll, &["test_nll", "nll"]),
    (Quantity::ValidationAccuracy, &["validation_accuracy", "val_accuracy", "validation_acc", "val_acc"]),
    (Quantity::ValidationNll, &["validation_nll", "val_nll"]),
    (Quantity::TestExamples, &["test_examples", "n_test"]),
    (Quantity::Comparison, &["comparison"]),
    (Quantity::Epoch, &["epoch"]),
    (Quantity::Outcome, &["outcome"]),
    (Quantity::DivergedAtEpoch, &["diverged_at_epoch"]),
    (Quantity::DivergedAtStep, &["diverged_at_step"]),
    (Quantity::Suite, &["suite"]),
    (Quantity::DataSet, &["data_set", "dataset"]),
    (Quantity::Metric, &["metric"]),
    (Quantity::EpochRule, &["epoch_rule"]),
    (Quantity::Reference, &["reference"]),
    (Quantity::Margin, &["margin"]),
    (Quantity::Example, &["example", "example_id"]),
    (Quantity::Correct, &["correct", "right"]),
];

/// The quantities of a table of runs.
const OF_RUNS: usize = 18;

impl Quantity {
    /// Its own name.
    pub(super) fn name(self) -> &'static str {
        self.names()[0]
    }

    /// Its names, the first one its own.
    pub(super) fn names(self) -> &'static [&'static str] {
        NAMES.iter().find(|(quantity, _)| *quantity == self).expect("every quantity has names").1
    }
}

/// Every quantity of a table of runs with its names, for whoever explains them.
pub fn import_columns() -> Vec<(&'static str, Vec<&'static str>)> {
    NAMES[..OF_RUNS].iter().map(|(_, names)| (names[0], names[1..].to_vec())).collect()
}

/// The columns of a table that are used.
#[derive(Debug)]
pub(super) struct Columns<'a> {
    table: &'a Table,
    found: Vec<(Quantity, &'a str)>,
    /// The swept keys and their columns, in the table's order.
    pub(super) axes: Vec<(String, &'a str)>,
    /// Columns that say nothing that is asked for.
    pub(super) unused: Vec<&'a str>,
}

impl<'a> Columns<'a> {
    /// Finds the columns; `axes` names further ones that are swept.
    pub(super) fn find(table: &'a Table, axes: &[String], problems: &mut Problems) -> Self {
        let mut columns = Self { table, found: Vec::new(), axes: Vec::new(), unused: Vec::new() };
        for name in table.names() {
            let plain = name.trim().to_lowercase().replace([' ', '-'], "_");
            let quantity =
                NAMES.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(quantity, _)| *quantity);
            let trimmed = name.trim();
            if axes.iter().any(|axis| axis == trimmed) {
                columns.axes.push((trimmed.to_owned(), name));
            } else if let Some(key) = trimmed.strip_prefix("axis.").filter(|key| !key.is_empty()) {
                columns.axes.push((key.to_owned(), name));
            } else if let Some(quantity) = quantity {
                columns.found.push((quantity, name));
            } else {
                columns.unused.push(name);
            }
        }
        for (quantity, names) in NAMES {
            let own: Vec<String> =
                columns.found.iter().filter(|(q, _)| *q == quantity).map(|(_, name)| format!("`{name}`")).collect();
            if own.len() > 1 {
                let sentence = format!("The columns {} all say the {}: rename all but one.", list(&own), names[0]);
                problems.add("columns", sentence);
            }
        }
        for axis in axes.iter().filter(|axis| !columns.axes.iter().any(|(_, name)| name.trim() == *axis)) {
            let names = table.names();
            let advice = match nearest(axis, names.iter().copied()) {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("the columns are {}.", quoted(&names)),
            };
            problems.add("columns", format!("--axis {axis}: there is no such column; {advice}"));
        }
        columns
    }

    /// The column's name in the table.
    pub(super) fn name(&self, quantity: Quantity) -> Option<&'a str> {
        self.found.iter().find(|(q, _)| *q == quantity).map(|(_, name)| *name)
    }

    /// The column's cells; a column of other things than numbers and texts is a problem.
    pub(super) fn cells(&self, quantity: Quantity, problems: &mut Problems) -> Option<Cells<'a>> {
        let name = self.name(quantity)?;
        let cells = self.table.cells(name);
        if cells.is_none() {
            problems.add("columns", format!("The column `{name}` holds neither numbers nor text."));
        }
        cells
    }

    /// The same of a column that must be there.
    pub(super) fn required(&self, quantity: Quantity, problems: &mut Problems) -> Option<Cells<'a>> {
        if self.name(quantity).is_none() {
            problems.add("columns", self.missing(&[quantity]));
        }
        self.cells(quantity, problems)
    }

    /// The sentence that says that none of these quantities has a column.
    pub(super) fn missing(&self, quantities: &[Quantity]) -> String {
        let names: Vec<&str> = quantities.iter().flat_map(|quantity| quantity.names()).copied().collect();
        let wanted = match names.as_slice() {
            [one] => format!("named `{one}`"),
            _ => format!("named one of {}", quoted(&names)),
        };
        let meant = self.unused.iter().find(|unused| nearest(unused, names.iter().copied()).is_some());
        let advice = match meant {
            Some(meant) => format!("did you mean `{meant}` so?"),
            None => format!("the columns are {}.", quoted(&self.table.names())),
        };
        let what: Vec<String> = quantities.iter().map(|q| q.name().replace('_', " ")).collect();
        format!("There is no column of the {}, {wanted}; {advice}", what.join(" or "))
    }

    /// A swept key's cells.
    pub(super) fn axis(&self, place: usize, problems: &mut Problems) -> Option<Cells<'a>> {
        let name = self.axes[place].1;
        let cells = self.table.cells(name);
        if cells.is_none() {
            problems.add("columns", format!("The column `{name}` holds neither numbers nor text."));
        }
        cells
    }
}

/// Words in backticks with commas.
fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
