//! The table of arms: how well each did, in the tuned comparison with its own setting.

use fractionate_records::{Comparison, Metric};
use polars::prelude::DataFrame;

use crate::error::ReportError;
use crate::frames;
use crate::model::metric_words::MetricWords;
use crate::model::report::{ArmRow, ComparisonReport, Report};
use crate::numbers::{DASH, decimals_of, fixed, plus_minus};
use crate::render::tables::TextTable;
use crate::render::tables::intervals::other_columns;

/// For people; the best arm is bold if significantly different from every other.
pub(crate) fn arms_text(report: &Report, c: &ComparisonReport) -> TextTable {
    let (metric, most) = (report.metric, report.metric.decimals());
    let tuned = c.comparison == Comparison::Tuned && !report.choices.is_empty();
    let with_decay = crate::render::tables::choices::with_weight_decay(&report.choices);
    let with_gap = c.arms.iter().any(|arm| arm.best_minus_last.is_some());
    let mean = format!(">mean ({})", metric.unit());
    let gap = format!(">best − last epoch ({})", metric.gain_unit());
    let mut columns = vec!["arm"];
    if tuned {
        columns.push(crate::render::tables::choices::setting_head(with_decay));
    }
    columns.extend([">n", &mean, ">sd", ">interquartile mean"]);
    if with_gap {
        columns.push(&gap);
    }
    let mut table = TextTable::with_columns(&columns);
    for row in &c.arms {
        let mut cells = vec![row.arm.clone()];
        if tuned {
            cells.push(crate::render::tables::choices::setting_of(&report.choices, &row.arm, with_decay));
        }
        match row.summary {
            None => cells.extend(["0", DASH, DASH, DASH].map(str::to_owned)),
            Some(s) => {
                let decimals = decimals_of(&s, most);
                let number = |value: Option<f64>| value.map_or(DASH.to_owned(), |value| fixed(value, decimals));
                let middle = number(row.interquartile_mean);
                cells.extend([s.n.to_string(), plus_minus(&s, most), number(s.sd), middle]);
            }
        }
        if with_gap {
            cells.push(row.best_minus_last.map_or(DASH.to_owned(), |gap| plus_minus(&gap, most)));
        }
        table.push(cells);
        if c.best.as_deref() == Some(&row.arm) {
            table.embolden(&[0, columns.iter().position(|name| *name == mean).unwrap_or_default()]);
        }
    }
    table
}

/// For programs.
pub(crate) fn arms_frame(arms: &[ArmRow], metric: Metric) -> Result<DataFrame, ReportError> {
    let summaries: Vec<_> = arms.iter().map(|a| a.summary).collect();
    let mut columns = vec![
        frames::column("arm", arms.iter().map(|a| a.arm.as_str()).collect::<Vec<_>>()),
        frames::column("metric", vec![metric.name(); arms.len()]),
        frames::column("unit", vec![metric.unit(); arms.len()]),
    ];
    columns.extend(crate::render::tables::decomposition::summary_columns(&summaries));
    columns.extend(other_columns(&arms.iter().map(|a| (a.conditional, &a.other)).collect::<Vec<_>>()));
    let number =
        |name: &str, of: fn(&ArmRow) -> Option<f64>| frames::column(name, arms.iter().map(of).collect::<Vec<_>>());
    columns.extend([
        number("interquartile_mean", |a| a.interquartile_mean),
        number("best_minus_last", |a| Some(a.best_minus_last?.mean)),
        number("best_minus_last_low", |a| Some(a.best_minus_last?.interval?.low)),
        number("best_minus_last_high", |a| Some(a.best_minus_last?.interval?.high)),
    ]);
    frames::frame("arms", columns)
}
