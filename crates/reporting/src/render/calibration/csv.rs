//! The calibration's tables for programs.

use fractionate_records::Term;
use fractionate_statistics::Share;
use polars::prelude::Column;

use crate::error::ReportError;
use crate::frames;
use crate::model::calibration::{CoverageRow, FalsePositiveRow, SettingRow, TestSetRow, TuningRow};

pub(crate) fn false_positives(rows: &[FalsePositiveRow]) -> Result<Vec<u8>, ReportError> {
    let mut columns = vec![
        frames::column("test", rows.iter().map(|r| r.test.name()).collect::<Vec<_>>()),
        frames::column("pairs", rows.iter().map(|r| r.pairs as u64).collect::<Vec<_>>()),
    ];
    columns.extend(share_columns("rejected", rows.iter().map(|r| r.rejected)));
    frames::csv("false positives", &mut frames::frame("false positives", columns)?)
}

pub(crate) fn coverage(rows: &[CoverageRow]) -> Result<Vec<u8>, ReportError> {
    let text = |name: &str, of: fn(Term) -> &'static str| {
        frames::column(name, rows.iter().map(|r| of(r.term)).collect::<Vec<_>>())
    };
    let mut columns = vec![
        text("term", Term::name),
        text("symbol", Term::symbol),
        frames::column("seeds", rows.iter().map(|r| r.seeds as u64).collect::<Vec<_>>()),
        frames::column("truth", rows.iter().map(|r| r.truth).collect::<Vec<_>>()),
        frames::column("sd", rows.iter().map(|r| r.sd).collect::<Vec<_>>()),
        frames::column("half_width", rows.iter().map(|r| r.half_width).collect::<Vec<_>>()),
    ];
    columns.extend(share_columns("covered", rows.iter().map(|r| r.covered)));
    frames::csv("coverage", &mut frames::frame("coverage", columns)?)
}

pub(crate) fn test_sets(rows: &[TestSetRow]) -> Result<Vec<u8>, ReportError> {
    let number =
        |name: &str, of: fn(&TestSetRow) -> f64| frames::column(name, rows.iter().map(of).collect::<Vec<f64>>());
    let mut columns = vec![
        frames::column("seeds", rows.iter().map(|r| r.seeds as u64).collect::<Vec<_>>()),
        frames::column("test_examples", rows.iter().map(|r| r.examples as u64).collect::<Vec<_>>()),
        number("truth", |r| r.truth),
        number("half_width_over_seeds", |r| r.half_width_over_seeds),
        number("half_width_over_examples", |r| r.half_width_over_examples),
    ];
    columns.extend(share_columns("over_seeds", rows.iter().map(|r| r.over_seeds)));
    columns.extend(share_columns("over_examples", rows.iter().map(|r| r.over_examples)));
    frames::csv("test sets", &mut frames::frame("test sets", columns)?)
}

pub(crate) fn tuning(rows: &[TuningRow]) -> Result<Vec<u8>, ReportError> {
    let number =
        |name: &str, of: fn(&TuningRow) -> f64| frames::column(name, rows.iter().map(of).collect::<Vec<f64>>());
    let mut columns = vec![
        frames::column("tuning_seeds", rows.iter().map(|r| r.tuning_seeds as u64).collect::<Vec<_>>()),
        frames::column("comparison_seeds", rows.iter().map(|r| r.comparison_seeds as u64).collect::<Vec<_>>()),
        number("truth", |r| r.truth),
        number("selection_sd", |r| r.selection_sd),
        number("half_width_conditional", |r| r.half_width_conditional),
        number("half_width_including", |r| r.half_width_including),
    ];
    columns.extend(share_columns("conditional", rows.iter().map(|r| r.conditional)));
    columns.extend(share_columns("conditional_on_own_mean", rows.iter().map(|r| r.conditional_on_own_mean)));
    columns.extend(share_columns("including_selection", rows.iter().map(|r| r.including_selection)));
    frames::csv("tuning", &mut frames::frame("tuning", columns)?)
}

pub(crate) fn settings(rows: &[SettingRow]) -> Result<Vec<u8>, ReportError> {
    let number =
        |name: &str, of: &dyn Fn(&SettingRow) -> f64| frames::column(name, rows.iter().map(of).collect::<Vec<f64>>());
    let mut columns = vec![
        frames::column("arm", rows.iter().map(|r| r.arm.as_str()).collect::<Vec<_>>()),
        number("learning_rate", &|r| r.setting.learning_rate),
        number("lambda", &|r| r.setting.lambda),
        number("weight_decay", &|r| r.setting.weight_decay),
        number("validation", &|r| r.validation),
        number("test", &|r| r.test),
    ];
    let most = rows.iter().map(|r| r.chosen.len()).max().unwrap_or(0);
    for (at, seeds) in crate::analysis::calibration::tuning::TUNING_SEEDS.iter().enumerate().take(most) {
        columns.push(number(&format!("selected_with_{seeds}_seeds"), &|r| r.chosen.get(at).copied().unwrap_or(0.0)));
    }
    frames::csv("settings", &mut frames::frame("settings", columns)?)
}

/// A share's counts and interval.
fn share_columns(name: &str, shares: impl Iterator<Item = Share>) -> Vec<Column> {
    let shares: Vec<Share> = shares.collect();
    let number = |suffix: &str, of: fn(&Share) -> f64| {
        frames::column(&format!("{name}{suffix}"), shares.iter().map(of).collect::<Vec<f64>>())
    };
    vec![
        frames::column(&format!("{name}_count"), shares.iter().map(|s| s.count as u64).collect::<Vec<_>>()),
        frames::column(&format!("{name}_of"), shares.iter().map(|s| s.of as u64).collect::<Vec<_>>()),
        number("", |s| s.share),
        number("_low", |s| s.interval.low),
        number("_high", |s| s.interval.high),
    ]
}
