//! The tables of the decomposition: its terms, and its terms seed by seed.

use fractionate_records::{Metric, Term};
use fractionate_statistics::Summary;
use polars::prelude::{Column, DataFrame};

use crate::error::ReportError;
use crate::frames;
use crate::model::decomposition::{Decomposition, TermRow};
use crate::model::metric_words::MetricWords;
use crate::numbers::{DASH, decimals_of, fixed, signed_plus_minus};
use crate::render::tables::TextTable;
use crate::render::tables::intervals::other_columns;

/// For people.
pub(crate) fn decomposition_text(decomposition: &Decomposition, metric: Metric) -> TextTable {
    let most = metric.decimals();
    let gain = format!(">gain ({})", metric.gain_unit());
    let mut table = TextTable::with_columns(&["term", "", "difference of arms", ">n", &gain, ">sd"]);
    for row in decomposition.known() {
        let words = [row.term.name(), row.term.symbol(), row.term.formula()].map(str::to_owned);
        let numbers = match row.gain {
            None => ["0", DASH, DASH].map(str::to_owned),
            Some(s) => [
                s.n.to_string(),
                signed_plus_minus(&s, most),
                s.sd.map_or(DASH.to_owned(), |sd| fixed(sd, decimals_of(&s, most))),
            ],
        };
        table.push(words.into_iter().chain(numbers).collect());
    }
    table
}

/// For programs.
pub(crate) fn decomposition_frame(decomposition: &Decomposition, metric: Metric) -> Result<DataFrame, ReportError> {
    let rows: Vec<&TermRow> = decomposition.seven().chain(&decomposition.shares).collect();
    let text = |name: &str, of: fn(Term) -> &'static str| {
        frames::column(name, rows.iter().map(|r| of(r.term)).collect::<Vec<_>>())
    };
    let mut columns = vec![
        text("term", Term::name),
        text("symbol", Term::symbol),
        text("formula", Term::formula),
        frames::column("metric", vec![metric.name(); rows.len()]),
        frames::column("unit", vec![metric.gain_unit(); rows.len()]),
    ];
    columns.extend(summary_columns(&rows.iter().map(|r| r.gain).collect::<Vec<_>>()));
    columns.extend(other_columns(&rows.iter().map(|r| (r.conditional, &r.other)).collect::<Vec<_>>()));
    frames::frame("decomposition", columns)
}

/// Every seed's terms: in points or nats, and for accuracies in whole test examples, which add up exactly.
pub(crate) fn by_seed_frame(decomposition: &Decomposition, metric: Metric) -> Result<DataFrame, ReportError> {
    let seeds = &decomposition.by_seed;
    let names = ["U", "C", "D", "I", "X", "F", "total"];
    let mut columns = vec![frames::column("seed", seeds.iter().map(|s| s.seed).collect::<Vec<_>>())];
    for (i, name) in names.iter().enumerate() {
        let gains: Vec<Option<f64>> = seeds.iter().map(|s| s.gains[i]).collect();
        columns.push(frames::column(&format!("{name}_{}", metric.gain_unit()), gains));
    }
    if seeds.iter().any(|s| s.examples.iter().any(Option::is_some)) {
        for (i, name) in names.iter().enumerate() {
            let examples: Vec<Option<i64>> = seeds.iter().map(|s| s.examples[i]).collect();
            columns.push(frames::column(&format!("{name}_examples"), examples));
        }
    }
    frames::frame("decomposition_by_seed", columns)
}

/// n, mean, sd, low and high; what is absent stays empty.
pub(crate) fn summary_columns(summaries: &[Option<Summary>]) -> Vec<Column> {
    let number = |name: &str, of: fn(&Summary) -> Option<f64>| {
        frames::column(name, summaries.iter().map(|s| s.as_ref().and_then(of)).collect::<Vec<_>>())
    };
    vec![
        frames::column("n", summaries.iter().map(|s| s.map_or(0, |s| s.n as u64)).collect::<Vec<_>>()),
        number("mean", |s| Some(s.mean)),
        number("sd", |s| s.sd),
        number("low", |s| s.interval.map(|i| i.low)),
        number("high", |s| s.interval.map(|i| i.high)),
    ]
}
