//! The table of arms: how well each did.

use fractionate_records::Metric;
use polars::prelude::DataFrame;

use super::TextTable;
use crate::measure::MetricWords;
use crate::numbers::{DASH, fixed, interval};
use crate::{ArmRow, ReportError, frames};

/// For people.
pub(crate) fn arms_text(arms: &[ArmRow], metric: Metric) -> TextTable {
    let decimals = metric.decimals();
    let mean = format!(">mean ({})", metric.unit());
    let mut table = TextTable::with_columns(&["arm", ">n", &mean, ">sd", ">95% interval"]);
    for row in arms {
        let Some(s) = row.summary else {
            table.push(vec![row.arm.clone(), "0".into(), DASH.into(), DASH.into(), DASH.into()]);
            continue;
        };
        let sd = s.sd.map_or(DASH.to_owned(), |sd| fixed(sd, decimals));
        table.push(vec![row.arm.clone(), s.n.to_string(), fixed(s.mean, decimals), sd, interval(s.interval, decimals)]);
    }
    table
}

/// For programs.
pub(crate) fn arms_csv(arms: &[ArmRow], metric: Metric) -> Result<Vec<u8>, ReportError> {
    let summaries: Vec<_> = arms.iter().map(|a| a.summary).collect();
    let mut columns = vec![
        frames::column("arm", arms.iter().map(|a| a.arm.as_str()).collect::<Vec<_>>()),
        frames::column("metric", vec![metric.name(); arms.len()]),
        frames::column("unit", vec![metric.unit(); arms.len()]),
    ];
    columns.extend(super::decomposition::summary_columns(&summaries));
    let mut frame: DataFrame = frames::frame("arms", columns)?;
    frames::csv("arms", &mut frame)
}
