//! Which rows of a table count: those that are asked for, of runs that finished.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use fractionate_reporting::numbers::{count, list};

use super::ImportOptions;
use super::cell::Cell;
use super::column_names::Quantity;
use super::columns::{Columns, shell};
use super::problems::Problems;
use super::states::{State, reason_of_failure, state};

/// The rows that count, with what was left out in sentences.
#[derive(Debug, Default)]
pub(super) struct Selection {
    /// Places in the table, rising.
    pub(super) rows: Vec<usize>,
    /// Rows of runs that diverged.
    pub(super) diverged: HashSet<usize>,
    pub(super) notes: Vec<String>,
}

/// Words in a column of seeds that make a row one of means or spreads.
const MEANS: [&str; 13] =
    ["mean", "avg", "average", "median", "std", "sd", "stdev", "var", "sem", "min", "max", "total", "sum"];

/// Selects the rows.
pub(super) fn select(columns: &Columns<'_>, options: &ImportOptions, problems: &mut Problems) -> Selection {
    let mut selection = Selection { rows: (0..columns.table.rows()).collect(), ..Selection::default() };
    where_asked(&mut selection, columns, options, problems);
    of_the_data_set(&mut selection, columns, options, problems);
    without_arms(&mut selection, columns, options, problems);
    without_means(&mut selection, columns, problems);
    of_finished_runs(&mut selection, columns, options, problems);
    selection
}

/// Keeps the rows of `--where COLUMN=VALUE`: any of several values of one column.
fn where_asked(selection: &mut Selection, columns: &Columns<'_>, options: &ImportOptions, problems: &mut Problems) {
    let mut wanted: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for asked in &options.wheres {
        let Some((name, value)) = asked.split_once('=') else {
            let sentence = format!("--where {asked}: write it COLUMN=VALUE, for example --where temperature=4.");
            problems.add("--where", sentence);
            continue;
        };
        if let Some(place) = columns.named("--where", name, problems) {
            wanted.entry(place).or_default().push(value.trim());
        }
    }
    for (place, values) in wanted {
        let Some(cells) = columns.cells_at(place, problems) else { continue };
        let kept = |row: &usize| values.iter().any(|value| is_value(&cells[*row], value));
        let rows: Vec<usize> = selection.rows.iter().copied().filter(kept).collect();
        if rows.is_empty() {
            let name = columns.table.name(place);
            let values = list(&values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>());
            let sentence = format!(
                "--where: no row has {values} in the column `{name}`; it has {}.",
                shown(cells, &selection.rows)
            );
            problems.add("--where", sentence);
            continue;
        }
        selection.rows = rows;
    }
}

/// Keeps the rows of `--data-set NAME`, where the table names data sets.
fn of_the_data_set(selection: &mut Selection, columns: &Columns<'_>, options: &ImportOptions, problems: &mut Problems) {
    let Some(wanted) = &options.data_set else { return };
    let Some(cells) = columns.cells(Quantity::DataSet, problems) else { return };
    let plain = |name: &str| name.to_lowercase().replace(['-', '_', ' '], "");
    let kept = |row: &usize| cells[*row].words().is_some_and(|name| plain(&name) == plain(wanted));
    let rows: Vec<usize> = selection.rows.iter().copied().filter(kept).collect();
    if rows.is_empty() && !selection.rows.is_empty() {
        let name = columns.name(Quantity::DataSet).unwrap_or_default();
        problems.add(
            "--data-set",
            format!(
                "--data-set {wanted}: no row has it in the column `{name}`; it has {}.",
                shown(cells, &selection.rows)
            ),
        );
        return;
    }
    let others = selection.rows.len() - rows.len();
    if others > 0 {
        selection.notes.push(format!("{} of other data sets than {wanted} left out.", count(others, "row")));
    }
    selection.rows = rows;
}

/// Leaves the rows of `--leave-out NAME` out.
fn without_arms(selection: &mut Selection, columns: &Columns<'_>, options: &ImportOptions, problems: &mut Problems) {
    if options.leave_out.is_empty() {
        return;
    }
    let Some(cells) = columns.cells(Quantity::Arm, problems) else { return };
    let is = |row: usize, name: &str| cells[row].words().is_some_and(|word| word == name.trim());
    for name in options.leave_out.iter().filter(|name| !selection.rows.iter().any(|&row| is(row, name))) {
        let sentence = format!("--leave-out {name}: no row has this arm; there are {}.", shown(cells, &selection.rows));
        problems.add("--leave-out", sentence);
    }
    let before = selection.rows.len();
    selection.rows.retain(|&row| !options.leave_out.iter().any(|name| is(row, name)));
    let names: Vec<String> = options.leave_out.iter().map(|name| format!("`{name}`")).collect();
    let gone = before - selection.rows.len();
    selection.notes.push(format!("{} of {} left out, as asked.", count(gone, "row"), list(&names)));
}

/// Leaves rows of means out: a spreadsheet's own.
fn without_means(selection: &mut Selection, columns: &Columns<'_>, problems: &mut Problems) {
    let Some(cells) = columns.cells(Quantity::Seed, problems) else { return };
    let is_mean = |row: usize| match &cells[row] {
        Cell::Text(word) => MEANS.contains(&word.to_lowercase().as_str()),
        _ => false,
    };
    let means: Vec<usize> = selection.rows.iter().copied().filter(|&row| is_mean(row)).collect();
    if let Some(&first) = means.first() {
        let word = cells[first].words().unwrap_or_default();
        let at = columns.table.in_sentence(first);
        selection.notes.push(format!("{} of means left out (`{word}` in {at}).", count(means.len(), "row")));
        selection.rows.retain(|&row| !is_mean(row));
    }
}

/// Leaves rows of runs out that crashed, still run, were pruned and so on.
fn of_finished_runs(
    selection: &mut Selection,
    columns: &Columns<'_>,
    options: &ImportOptions,
    problems: &mut Problems,
) {
    let known = asked_states(options, problems);
    let mut unfinished: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut gone: HashSet<usize> = HashSet::new();
    let mut unknown: BTreeSet<String> = BTreeSet::new();
    let arm = columns.cells(Quantity::Arm, &mut Problems::default());
    let seed = columns.cells(Quantity::Seed, &mut Problems::default());
    let places = [columns.places(Quantity::State), columns.places(Quantity::Outcome)].concat();
    for &place in &places {
        let Some(cells) = columns.cells_at(place, problems) else { continue };
        let name = columns.table.name(place);
        let may_be_empty = columns.quantity(place) == Some(Quantity::Outcome)
            || selection.rows.iter().all(|&row| cells[row] == Cell::Empty);
        for &row in &selection.rows {
            if cells[row] == Cell::Empty && may_be_empty {
                continue;
            }
            match state(name, &cells[row], &known) {
                Ok((State::Finished, _)) => {}
                Ok((State::Diverged, _)) => drop(selection.diverged.insert(row)),
                Ok((State::Unfinished, word)) => {
                    let words = |cells: Option<&[Cell]>| cells.and_then(|cells| cells[row].words());
                    let run = match (words(arm), words(seed)) {
                        (Some(arm), Some(seed)) => format!("`{arm}` at seed {seed}"),
                        _ => columns.table.in_sentence(row),
                    };
                    unfinished.entry(word.to_lowercase()).or_default().insert(run);
                    gone.insert(row);
                }
                Err(word) => {
                    if unknown.insert(word.clone()) {
                        let sentence = format!(
                            "{}, column `{name}`: the state {} is not known: say --state {} or --state {} (then it \
                             is left out).",
                            columns.table.at(row),
                            if cells[row] == Cell::Empty { "of an empty cell".to_owned() } else { format!("`{word}`") },
                            shell(&format!("{word}=finished")),
                            shell(&format!("{word}=unfinished"))
                        );
                        problems.add("states", sentence);
                    }
                }
            }
        }
    }
    selection.rows.retain(|row| !gone.contains(row));
    ask_about_reasons(selection, columns, options, problems);
    if gone.is_empty() {
        return;
    }
    let runs: usize = unfinished.values().map(BTreeSet::len).sum();
    let each: Vec<String> = unfinished
        .iter()
        .map(|(word, runs)| {
            let some: Vec<&str> = runs.iter().take(4).map(String::as_str).collect();
            let more = if runs.len() > 4 { ", …" } else { "" };
            format!("{} {word} ({}{more})", runs.len(), some.join(", "))
        })
        .collect();
    selection.notes.push(format!("{} that did not finish left out: {}.", count(runs, "run"), list(&each)));
}

/// Asks about columns that say why some runs failed, unless the option for it names them.
fn ask_about_reasons(selection: &Selection, columns: &Columns<'_>, options: &ImportOptions, problems: &mut Problems) {
    let wheres = options.wheres.iter().filter_map(|asked| asked.split_once('=')).map(|(name, _)| name);
    let answered: Vec<usize> =
        wheres.chain(options.ignore.iter().map(String::as_str)).filter_map(|name| columns.place_of(name)).collect();
    for &place in columns.unused.iter().filter(|place| !answered.contains(place)) {
        let (name, Ok(cells)) = (columns.table.name(place), columns.table.cells(place)) else { continue };
        let Some(row) = reason_of_failure(name, cells, &selection.rows) else { continue };
        problems.add(
            "states",
            format!(
                "{}, column `{name}`: `{}` may say that the run failed: leave such rows out with --where {}, or keep \
                 them with --ignore {}.",
                columns.table.at(row),
                cells[row].words().unwrap_or_default(),
                shell(&format!("{name}=")),
                shell(name)
            ),
        );
    }
}

/// The words of `--state WORD=finished|unfinished`.
fn asked_states(options: &ImportOptions, problems: &mut Problems) -> Vec<(String, State)> {
    let mut known = Vec::new();
    for asked in &options.states {
        match asked.rsplit_once('=').map(|(word, state)| (word.trim(), state.trim().to_lowercase())) {
            Some((word, state)) if state == "finished" => known.push((word.to_owned(), State::Finished)),
            Some((word, state)) if state == "unfinished" => known.push((word.to_owned(), State::Unfinished)),
            _ => problems.add(
                "--state",
                format!(
                    "--state {asked}: write it WORD=finished or WORD=unfinished, for example --state stopped=finished."
                ),
            ),
        }
    }
    known
}

/// Whether a cell says a value: the same number, or the same word.
fn is_value(cell: &Cell, value: &str) -> bool {
    let Some(word) = cell.words() else { return value.is_empty() };
    let numbers = cell.number().ok().flatten().zip(Cell::of(value).number().ok().flatten());
    word.eq_ignore_ascii_case(value) || numbers.is_some_and(|(cell, value)| cell == value)
}

/// The different values of some cells, at most eight.
pub(super) fn shown(cells: &[Cell], rows: &[usize]) -> String {
    let mut values: Vec<String> = Vec::new();
    for word in rows.iter().filter_map(|&row| cells[row].words()) {
        if !values.contains(&word) {
            values.push(word);
        }
    }
    let more = if values.len() > 8 { ", …" } else { "" };
    let some: Vec<String> = values.iter().take(8).map(|value| format!("`{value}`")).collect();
    if some.is_empty() { "no value".to_owned() } else { format!("{}{more}", some.join(", ")) }
}
