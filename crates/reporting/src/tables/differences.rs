//! The table of paired differences against the reference arm.

use fractionate_records::Metric;

use super::TextTable;
use crate::measure::MetricWords;
use crate::numbers::{DASH, fixed, interval, signed};
use crate::{DifferenceRow, ReportError, frames};

/// For people.
pub(crate) fn differences_text(rows: &[DifferenceRow], reference: &str, metric: Metric) -> TextTable {
    let decimals = metric.decimals();
    let gain = format!(">gain over {reference} ({})", metric.gain_unit());
    let mut table = TextTable::with_columns(&["arm", ">pairs", &gain, ">sd", ">95% interval"]);
    for row in rows {
        let Some(s) = row.gain else {
            table.push(vec![row.arm.clone(), "0".into(), DASH.into(), DASH.into(), DASH.into()]);
            continue;
        };
        let sd = s.sd.map_or(DASH.to_owned(), |sd| fixed(sd, decimals));
        table.push(vec![
            row.arm.clone(),
            s.n.to_string(),
            signed(s.mean, decimals),
            sd,
            interval(s.interval, decimals),
        ]);
    }
    table
}

/// For programs.
pub(crate) fn differences_csv(rows: &[DifferenceRow], reference: &str, metric: Metric) -> Result<Vec<u8>, ReportError> {
    let summaries: Vec<_> = rows.iter().map(|r| r.gain).collect();
    let mut columns = vec![
        frames::column("arm", rows.iter().map(|r| r.arm.as_str()).collect::<Vec<_>>()),
        frames::column("reference", vec![reference; rows.len()]),
        frames::column("metric", vec![metric.name(); rows.len()]),
        frames::column("unit", vec![metric.gain_unit(); rows.len()]),
    ];
    columns.extend(super::decomposition::summary_columns(&summaries));
    frames::csv("differences", &mut frames::frame("differences", columns)?)
}
