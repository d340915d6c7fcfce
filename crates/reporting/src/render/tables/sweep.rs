//! The tables of a sweep: arms and terms along its axes.

use fractionate_records::{Comparison, Metric, Term};
use fractionate_statistics::Summary;
use polars::prelude::DataFrame;

use crate::error::ReportError;
use crate::frames;
use crate::model::metric_words::MetricWords;
use crate::model::report::{ComparisonReport, Sweep, SweepConfiguration};
use crate::numbers::{DASH, plus_minus, signed_plus_minus};
use crate::render::tables::TextTable;
use crate::render::tables::decomposition::summary_columns;

/// Every arm at every configuration, for people; the best arm of a configuration is bold if significantly different from every other.
pub(crate) fn sweep_arms_text(sweep: &Sweep, comparison: Comparison, metric: Metric) -> TextTable {
    let arms = arms(sweep, comparison);
    let mut table = head(sweep, arms.iter().map(String::as_str));
    let show = |s: Option<Summary>| s.map_or(DASH.to_owned(), |s| plus_minus(&s, metric.decimals()));
    for (configuration, c) in rows(sweep, comparison) {
        let cell = |arm: &String| show(c.and_then(|c| c.arm(arm)?.summary));
        table.push(configuration.values.iter().cloned().chain(arms.iter().map(cell)).collect());
        let best = c.and_then(|c| arms.iter().position(|arm| c.best.as_ref() == Some(arm)));
        table.embolden(&best.map(|best| configuration.values.len() + best).into_iter().collect::<Vec<_>>());
    }
    table
}

/// Every arm at every configuration, for programs.
pub(crate) fn sweep_arms_frame(
    sweep: &Sweep,
    comparison: Comparison,
    metric: Metric,
) -> Result<DataFrame, ReportError> {
    let mut cells = Vec::new();
    for (configuration, c) in sweep.comparison(comparison) {
        cells.extend(c.arms.iter().map(|row| (configuration, row.arm.as_str(), row.summary)));
    }
    long("sweep_arms", sweep, "arm", metric, metric.unit(), &cells)
}

/// The terms at every configuration, for people.
pub(crate) fn sweep_terms_text(sweep: &Sweep, comparison: Comparison, metric: Metric) -> TextTable {
    let terms = terms(sweep, comparison);
    let mut table = head(sweep, terms.iter().map(|term| term.name()));
    let show = |s: Option<Summary>| s.map_or(DASH.to_owned(), |s| signed_plus_minus(&s, metric.decimals()));
    for (configuration, c) in rows(sweep, comparison) {
        let cell = |term: &Term| show(c.and_then(|c| c.term(*term)?.gain));
        table.push(configuration.values.iter().cloned().chain(terms.iter().map(cell)).collect());
    }
    table
}

/// The six terms and the total at every configuration, for programs.
pub(crate) fn sweep_terms_frame(
    sweep: &Sweep,
    comparison: Comparison,
    metric: Metric,
) -> Result<DataFrame, ReportError> {
    let mut cells = Vec::new();
    for (configuration, c) in sweep.comparison(comparison) {
        cells.extend(c.decomposition.seven().map(|row| (configuration, row.term.key(), row.gain)));
    }
    long("sweep_terms", sweep, "term", metric, metric.gain_unit(), &cells)
}

/// Whether any configuration has any term, or the total.
pub(crate) fn has_terms(sweep: &Sweep, comparison: Comparison) -> bool {
    !terms(sweep, comparison).is_empty()
}

/// The arms of all configurations, in the suite's order.
pub(crate) fn arms(sweep: &Sweep, comparison: Comparison) -> Vec<String> {
    let mut arms: Vec<String> = Vec::new();
    for row in sweep.comparison(comparison).iter().flat_map(|(_, c)| &c.arms) {
        if !arms.contains(&row.arm) {
            arms.push(row.arm.clone());
        }
    }
    arms
}

/// The six terms and the total, as far as some configuration has them.
fn terms(sweep: &Sweep, comparison: Comparison) -> Vec<Term> {
    let found = sweep.comparison(comparison);
    let is_known = |term: &Term| found.iter().any(|(_, c)| c.term(*term).is_some_and(|row| row.gain.is_some()));
    Term::SIX.into_iter().chain([Term::Total]).filter(is_known).collect()
}

/// Every configuration, with the comparison where it has one.
fn rows(sweep: &Sweep, comparison: Comparison) -> Vec<(&SweepConfiguration, Option<&ComparisonReport>)> {
    let of = |configuration: &'_ SweepConfiguration| {
        configuration.report.comparisons.iter().position(|c| c.comparison == comparison)
    };
    sweep
        .configurations
        .iter()
        .map(|configuration| (configuration, of(configuration).map(|i| &configuration.report.comparisons[i])))
        .collect()
}

fn head<'a>(sweep: &Sweep, names: impl Iterator<Item = &'a str>) -> TextTable {
    let columns: Vec<String> =
        sweep.axis_names().into_iter().map(|axis| format!(">{axis}")).chain(names.map(|n| format!(">{n}"))).collect();
    TextTable::with_columns(&columns.iter().map(String::as_str).collect::<Vec<_>>())
}

/// One row for each cell.
fn long(
    table: &'static str,
    sweep: &Sweep,
    what: &str,
    metric: Metric,
    unit: &str,
    cells: &[(&SweepConfiguration, &str, Option<Summary>)],
) -> Result<DataFrame, ReportError> {
    let axis = |i: usize| cells.iter().map(|(configuration, ..)| configuration.values[i].clone()).collect::<Vec<_>>();
    let mut columns: Vec<_> = sweep.axes.iter().enumerate().map(|(i, key)| frames::column(key, axis(i))).collect();
    columns.extend([
        frames::column(what, cells.iter().map(|cell| cell.1).collect::<Vec<_>>()),
        frames::column("metric", vec![metric.name(); cells.len()]),
        frames::column("unit", vec![unit; cells.len()]),
    ]);
    columns.extend(summary_columns(&cells.iter().map(|cell| cell.2).collect::<Vec<_>>()));
    frames::frame(table, columns)
}
