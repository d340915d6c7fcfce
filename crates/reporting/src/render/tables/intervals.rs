//! The table of all intervals of some means: which kind of noise each counts.

use fractionate_statistics::{Interval, Summary};
use polars::prelude::Column;

use crate::model::other_intervals::OtherIntervals;
use crate::numbers;
use crate::numbers::{DASH, fixed, signed};
use crate::render::tables::TextTable;

/// A mean with its intervals.
#[derive(Debug)]
pub(crate) struct Means<'a> {
    pub(crate) name: &'a str,
    pub(crate) summary: Option<Summary>,
    pub(crate) other: OtherIntervals,
}

/// A kind of interval: its name, and where it stands.
type Kind = (&'static str, fn(&Means<'_>) -> Option<Interval>);

const KINDS: [Kind; 4] = [
    (">t, seeds", |row| row.summary?.interval),
    (">BCa, seeds", |row| row.other.bca),
    (">seeds × test examples", |row| row.other.over_examples),
    (">counting the choice", |row| row.other.counting_choice),
];

/// For people: kinds that no row has are left out. `difference`: means are differences, to be written with their sign.
pub(crate) fn intervals_text(of: &str, unit: &str, most: usize, difference: bool, rows: &[Means<'_>]) -> TextTable {
    let kinds: Vec<&Kind> = KINDS.iter().filter(|(_, kind)| rows.iter().any(|row| kind(row).is_some())).collect();
    let mean = if difference { format!(">gain ({unit})") } else { format!(">mean ({unit})") };
    let columns: Vec<&str> = [of, mean.as_str()].into_iter().chain(kinds.iter().map(|kind| kind.0)).collect();
    let mut table = TextTable::with_columns(&columns);
    let show = if difference { signed } else { fixed };
    for row in rows {
        let mean = row.summary.map_or(DASH.to_owned(), |s| show(s.mean, numbers::decimals_of(&s, most)));
        let intervals = kinds.iter().map(|(_, kind)| numbers::interval(kind(row), most));
        table.push([row.name.to_owned(), mean].into_iter().chain(intervals).collect());
    }
    table
}

/// One of the other intervals.
type Other = fn(&OtherIntervals) -> Option<Interval>;

/// For programs: the ends of the other intervals, beside a summary's own.
pub(crate) fn other_columns(others: &[OtherIntervals]) -> Vec<Column> {
    let kinds: [(&str, Other); 3] = [
        ("bca", |other| other.bca),
        ("over_examples", |other| other.over_examples),
        ("counting_choice", |other| other.counting_choice),
    ];
    let end = |name: String, of: &dyn Fn(&OtherIntervals) -> Option<f64>| {
        crate::frames::column(&name, others.iter().map(of).collect::<Vec<_>>())
    };
    let both = |(name, of): (&str, Other)| {
        [
            end(format!("{name}_low"), &move |other| Some(of(other)?.low)),
            end(format!("{name}_high"), &move |other| Some(of(other)?.high)),
        ]
    };
    kinds.into_iter().flat_map(both).collect()
}

/// What the kinds are that some of these means have; nothing where they have the t interval alone.
pub(crate) fn explanation(others: &[OtherIntervals]) -> Option<String> {
    let some = |of: fn(&OtherIntervals) -> Option<Interval>| others.iter().any(|other| of(other).is_some());
    let mut words = Vec::new();
    if some(|other| other.bca) {
        words.push("BCa, a bootstrap of the seeds, is too narrow below 20 seeds");
    }
    if some(|other| other.over_examples) {
        words.push("the one over seeds × test examples counts the draw of the test set too");
    }
    if some(|other| other.counting_choice) {
        words.push("the one that counts the choice, the tuning's");
    }
    let kinds = words.join("; ");
    (!words.is_empty()).then(|| format!("All 95% intervals of the means. Verdicts use the t interval; {kinds}."))
}
