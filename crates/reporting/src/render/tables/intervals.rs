//! The table of all intervals of some means: which kind of noise each counts.

use fractionate_statistics::Summary;
use polars::prelude::Column;

use crate::model::other_intervals::{IntervalKind, OtherIntervals, kinds_of};
use crate::numbers;
use crate::numbers::{DASH, fixed, signed};
use crate::render::tables::TextTable;

/// A mean with its intervals.
#[derive(Debug)]
pub(crate) struct Means<'a> {
    pub(crate) name: &'a str,
    pub(crate) summary: Option<Summary>,
    pub(crate) other: &'a OtherIntervals,
}

/// For people: kinds that no row has are left out. `difference`: means are differences, to be written with their sign.
pub(crate) fn intervals_text(of: &str, unit: &str, most: usize, difference: bool, rows: &[Means<'_>]) -> TextTable {
    let with_t = rows.iter().any(|row| row.summary.is_some_and(|summary| summary.interval.is_some()));
    let kinds = kinds_of(&rows.iter().map(|row| row.other).collect::<Vec<_>>());
    let mean = if difference { format!(">gain ({unit})") } else { format!(">mean ({unit})") };
    let mut columns: Vec<&str> = vec![of, mean.as_str()];
    columns.extend(with_t.then_some(first_column(rows)));
    columns.extend(kinds.iter().map(|kind| kind.text_column));
    let mut table = TextTable::with_columns(&columns);
    let show = if difference { signed } else { fixed };
    for row in rows {
        let mean = row.summary.map_or(DASH.to_owned(), |s| show(s.mean, numbers::decimals_of(&s, most)));
        let mut cells = vec![row.name.to_owned(), mean];
        cells.extend(with_t.then(|| numbers::interval(row.summary.and_then(|summary| summary.interval), most)));
        cells.extend(kinds.iter().map(|kind| numbers::interval(row.other.get(kind.key), most)));
        table.push(cells);
    }
    table
}

/// What the first interval is: where the means have a conditional interval beside it, it includes the selection.
fn first_column(rows: &[Means<'_>]) -> &'static str {
    let included = rows.iter().any(|row| row.other.get("conditional").is_some());
    if included { ">including selection" } else { ">t, seeds" }
}

/// For programs: the means at the selected hyperparameters, where the means are averages over selections, and the ends of
/// the other intervals.
pub(crate) fn other_columns(rows: &[(Option<Summary>, &OtherIntervals)]) -> Vec<Column> {
    let others: Vec<&OtherIntervals> = rows.iter().map(|(_, other)| *other).collect();
    let conditional: Vec<Option<f64>> = rows.iter().map(|(conditional, _)| Some((*conditional)?.mean)).collect();
    let end = |name: String, of: &dyn Fn(&OtherIntervals) -> Option<f64>| {
        crate::frames::column(&name, others.iter().map(|other| of(other)).collect::<Vec<_>>())
    };
    let both = |kind: &'static IntervalKind| {
        [
            end(format!("{}_low", kind.key), &|other| Some(other.get(kind.key)?.low)),
            end(format!("{}_high", kind.key), &|other| Some(other.get(kind.key)?.high)),
        ]
    };
    let asked = others.iter().map(|other| other.kinds().collect::<Vec<_>>()).max_by_key(Vec::len).unwrap_or_default();
    let mean = crate::frames::column("conditional_mean", conditional);
    std::iter::once(mean).chain(asked.into_iter().flat_map(both)).collect()
}

/// What the kinds are that some of these means have; nothing where they have a single interval.
pub(crate) fn explanation(others: &[&OtherIntervals]) -> Option<String> {
    let kinds = kinds_of(others);
    let words: Vec<&str> = kinds.iter().map(|kind| kind.short_note).collect();
    let included = kinds.iter().any(|kind| kind.key == "conditional");
    let kinds = words.join("; ");
    let first = if included { "the one including hyperparameter selection" } else { "the t interval" };
    (!words.is_empty()).then(|| format!("All 95% intervals of the means. Verdicts use {first}; {kinds}."))
}
