//! The table of paired differences against the reference arm.

use fractionate_records::Metric;
use polars::prelude::DataFrame;

use crate::error::ReportError;
use crate::frames;
use crate::model::differences::DifferenceRow;
use crate::model::metric_words::MetricWords;
use crate::numbers::{DASH, decimals_of, fixed, signed_plus_minus};
use crate::render::tables::TextTable;
use crate::render::tables::intervals::other_columns;

/// For people.
pub(crate) fn differences_text(rows: &[DifferenceRow], reference: &str, metric: Metric) -> TextTable {
    let most = metric.decimals();
    let gain = format!(">gain over {reference} ({})", metric.gain_unit());
    let mut table = TextTable::with_columns(&["arm", ">pairs", &gain, ">sd"]);
    for row in rows {
        let Some(s) = row.gain else {
            table.push(vec![row.arm.clone(), "0".into(), DASH.into(), DASH.into()]);
            continue;
        };
        let sd = s.sd.map_or(DASH.to_owned(), |sd| fixed(sd, decimals_of(&s, most)));
        table.push(vec![row.arm.clone(), s.n.to_string(), signed_plus_minus(&s, most), sd]);
    }
    table
}

/// For programs.
pub(crate) fn differences_frame(
    rows: &[DifferenceRow],
    reference: &str,
    metric: Metric,
) -> Result<DataFrame, ReportError> {
    let summaries: Vec<_> = rows.iter().map(|r| r.gain).collect();
    let mut columns = vec![
        frames::column("arm", rows.iter().map(|r| r.arm.as_str()).collect::<Vec<_>>()),
        frames::column("reference", vec![reference; rows.len()]),
        frames::column("metric", vec![metric.name(); rows.len()]),
        frames::column("unit", vec![metric.gain_unit(); rows.len()]),
    ];
    columns.extend(crate::render::tables::decomposition::summary_columns(&summaries));
    columns.extend(other_columns(&rows.iter().map(|r| (r.conditional, &r.other)).collect::<Vec<_>>()));
    frames::frame("differences", columns)
}
