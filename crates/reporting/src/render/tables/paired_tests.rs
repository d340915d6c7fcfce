//! The tables of paired tests: every arm against the reference, and every pair of arms.

use fractionate_records::Metric;
use fractionate_statistics::PairedTests;
use polars::prelude::{Column, DataFrame};

use crate::error::ReportError;
use crate::frames;
use crate::model::differences::{DifferenceRow, PairRow};
use crate::model::metric_words::MetricWords;
use crate::numbers::{DASH, fixed, p_value, signed, signed_plus_minus};
use crate::render::tables::TextTable;
use crate::render::tables::decomposition::summary_columns;

/// How to read the table of tests.
pub(crate) const EXPLANATION: &str = "p-values are two-sided; in parentheses, Holm-adjusted for all comparisons of the table. Better in: the share of pairs \
     in which the arm is better, ties count one half, with its 95% interval (Wilson). d_z: mean over standard deviation \
     of the differences. Correlation: of the paired values; above 0, pairing by seed makes intervals narrower.";

/// Every arm against the reference, for people.
pub(crate) fn tests_text(rows: &[DifferenceRow]) -> TextTable {
    let with_margin = rows.iter().filter_map(|row| row.tests.as_ref()).find_map(|tests| tests.equivalence);
    let mut columns = ["arm", ">sign-flip p", ">signed-rank p", ">paired t p", ">better in", ">d_z", ">correlation"]
        .map(str::to_owned)
        .to_vec();
    if let Some(equivalence) = with_margin {
        columns.push(format!("within ±{}", equivalence.margin));
    }
    let mut table = TextTable::with_columns(&columns.iter().map(String::as_str).collect::<Vec<_>>());
    for row in rows {
        let mut cells = vec![row.arm.clone()];
        match &row.tests {
            None => cells.extend(std::iter::repeat_n(DASH.to_owned(), columns.len() - 1)),
            Some(tests) => {
                cells.extend([
                    both(tests.sign_flip, tests.sign_flip_of_family),
                    both(tests.signed_rank, tests.signed_rank_of_family),
                    both(tests.t, tests.t_of_family),
                    better_in(tests),
                    tests.d_z.map_or(DASH.to_owned(), |d_z| signed(d_z, 1)),
                    tests.correlation.map_or(DASH.to_owned(), |r| signed(r, 2)),
                ]);
                if with_margin.is_some() {
                    cells.push(tests.equivalence.map_or(DASH, |found| found.verdict.name()).to_owned());
                }
            }
        }
        table.push(cells);
    }
    table
}

/// Every arm against the reference, for programs.
pub(crate) fn tests_frame(rows: &[DifferenceRow], reference: &str) -> Result<DataFrame, ReportError> {
    let mut columns = vec![
        frames::column("arm", rows.iter().map(|r| r.arm.as_str()).collect::<Vec<_>>()),
        frames::column("reference", vec![reference; rows.len()]),
    ];
    columns.extend(columns_of(&rows.iter().map(|r| r.tests.as_ref()).collect::<Vec<_>>()));
    frames::frame("tests", columns)
}

/// Every pair of arms, for people.
pub(crate) fn pairs_text(rows: &[PairRow], metric: Metric) -> TextTable {
    let gain = format!(">difference ({})", metric.gain_unit());
    let mut table = TextTable::with_columns(&["arm", "minus", ">n", &gain, ">paired t p", ">better in"]);
    for row in rows {
        table.push(vec![
            row.arm.clone(),
            row.other_arm.clone(),
            row.gain.n.to_string(),
            signed_plus_minus(&row.gain, metric.decimals()),
            row.tests.as_ref().map_or(DASH.to_owned(), |tests| both(tests.t, tests.t_of_family)),
            row.tests.as_ref().map_or(DASH.to_owned(), better_in),
        ]);
    }
    table
}

/// Every pair of arms, for programs.
pub(crate) fn pairs_frame(rows: &[PairRow], metric: Metric) -> Result<DataFrame, ReportError> {
    let mut columns = vec![
        frames::column("arm", rows.iter().map(|r| r.arm.as_str()).collect::<Vec<_>>()),
        frames::column("other_arm", rows.iter().map(|r| r.other_arm.as_str()).collect::<Vec<_>>()),
        frames::column("metric", vec![metric.name(); rows.len()]),
        frames::column("unit", vec![metric.gain_unit(); rows.len()]),
    ];
    columns.extend(summary_columns(&rows.iter().map(|r| Some(r.gain)).collect::<Vec<_>>()));
    columns.extend(columns_of(&rows.iter().map(|r| r.tests.as_ref()).collect::<Vec<_>>()));
    frames::frame("pairs", columns)
}

/// `0.0020 (0.020)`: a p-value, and the same adjusted.
fn both(p: Option<f64>, of_family: Option<f64>) -> String {
    p.zip(of_family).map_or(DASH.to_owned(), |(p, adjusted)| format!("{} ({})", p_value(p), p_value(adjusted)))
}

/// `90% (60 to 98)`.
fn better_in(tests: &PairedTests) -> String {
    let [share, low, high] = [tests.improvement.share, tests.improvement.interval.low, tests.improvement.interval.high]
        .map(|share| fixed(100.0 * share, 0));
    format!("{share}% ({low} to {high})")
}

fn columns_of(tests: &[Option<&PairedTests>]) -> Vec<Column> {
    let number = |name: &str, of: fn(&PairedTests) -> Option<f64>| {
        frames::column(name, tests.iter().map(|tests| tests.and_then(of)).collect::<Vec<_>>())
    };
    let verdict = |tests: &Option<&PairedTests>| Some(tests.as_ref()?.equivalence?.verdict.name());
    vec![
        number("p_sign_flip", |t| t.sign_flip),
        number("p_sign_flip_holm", |t| t.sign_flip_of_family),
        number("p_signed_rank", |t| t.signed_rank),
        number("p_signed_rank_holm", |t| t.signed_rank_of_family),
        number("p_t", |t| t.t),
        number("p_t_holm", |t| t.t_of_family),
        number("improvement", |t| Some(t.improvement.share)),
        number("improvement_low", |t| Some(t.improvement.interval.low)),
        number("improvement_high", |t| Some(t.improvement.interval.high)),
        number("d_z", |t| t.d_z),
        number("correlation", |t| t.correlation),
        number("margin", |t| Some(t.equivalence?.margin)),
        number("equivalence_low", |t| Some(t.equivalence?.interval.low)),
        number("equivalence_high", |t| Some(t.equivalence?.interval.high)),
        frames::column("equivalence", tests.iter().map(verdict).collect::<Vec<_>>()),
    ]
}
