//! The tables of all runs and of all epochs.

use polars::prelude::{Column, DataFrame};

use crate::error::ReportError;
use crate::frames::{column, frame};
use crate::source::axes::plain_value;
use crate::source::declared::DeclaredRun;
use crate::source::run::{Epoch, Run, RunOutcome};
use crate::source::suite_runs::SuiteRuns;

/// One row for each role of each run that was read, configuration after configuration.
pub(crate) fn runs(configurations: &[SuiteRuns]) -> Result<DataFrame, ReportError> {
    let each = || configurations.iter().flat_map(SuiteRuns::each_teacher);
    let found = || each().flat_map(|suite| suite.found().map(move |found| (suite, found)));
    let rows: Vec<(&DeclaredRun, &Run)> = found().map(|(_, found)| found).collect();
    let text = |name: &str, of: fn(&DeclaredRun, &Run) -> String| {
        column(name, rows.iter().map(|(p, r)| of(p, r)).collect::<Vec<_>>())
    };
    let number = |name: &str, of: fn(&DeclaredRun, &Run) -> Option<f64>| {
        column(name, rows.iter().map(|(p, r)| of(p, r)).collect::<Vec<_>>())
    };
    let count = |name: &str, of: fn(&DeclaredRun, &Run) -> Option<u64>| {
        column(name, rows.iter().map(|(p, r)| of(p, r)).collect::<Vec<_>>())
    };
    let mut columns = axis_columns(configurations, found().map(|(suite, _)| suite));
    columns.extend([
        text("run", |p, _| p.id.to_string()),
        text("role", |p, _| p.role.name().to_owned()),
        text("arm", |p, _| p.arm.clone()),
        count("seed", |p, _| Some(p.seed.0)),
        number("learning_rate", |p, _| Some(p.setting?.learning_rate)),
        number("lambda", |p, _| Some(p.setting?.lambda)),
        number("weight_decay", |p, _| Some(p.setting?.weight_decay)),
        number("temperature", |_, r| Some(r.config.as_ref()?.loss.temperature.get())),
        text("outcome", |_, r| {
            match r.outcome {
                RunOutcome::Finished { .. } => "finished",
                RunOutcome::Diverged { .. } => "diverged",
            }
            .to_owned()
        }),
        count("epoch", |_, r| match r.outcome {
            RunOutcome::Finished { epoch, .. } | RunOutcome::Diverged { epoch, .. } => Some(epoch? as u64),
        }),
        count("diverged_at_step", |_, r| match r.outcome {
            RunOutcome::Finished { .. } => None,
            RunOutcome::Diverged { step, .. } => Some(step? as u64),
        }),
        number("test_accuracy", |_, r| r.outcome.test()?.accuracy),
        number("test_nll", |_, r| r.outcome.test()?.nll),
        number("validation_accuracy", |_, r| r.outcome.validation()?.accuracy),
        number("validation_nll", |_, r| r.outcome.validation()?.nll),
        column("initial_weights", rows.iter().map(|(_, r)| r.initial_weights.as_deref()).collect::<Vec<_>>()),
        column("batch_order", rows.iter().map(|(_, r)| r.batch_order.as_deref()).collect::<Vec<_>>()),
    ]);
    frame("runs", columns)
}

/// One row for each epoch of each role of each run that was read, configuration after configuration.
pub(crate) fn curves(configurations: &[SuiteRuns]) -> Result<DataFrame, ReportError> {
    let found = || {
        let of = |suite| {
            let runs = SuiteRuns::found(suite);
            runs.flat_map(move |(plan, record)| record.curve.iter().map(move |row| (suite, plan, row)))
        };
        configurations.iter().flat_map(SuiteRuns::each_teacher).flat_map(of)
    };
    let rows: Vec<(&DeclaredRun, &Epoch)> = found().map(|(_, plan, row)| (plan, row)).collect();
    let text =
        |name: &str, of: fn(&DeclaredRun) -> &str| column(name, rows.iter().map(|(p, _)| of(p)).collect::<Vec<_>>());
    let number =
        |name: &str, of: fn(&Epoch) -> Option<f64>| column(name, rows.iter().map(|(_, e)| of(e)).collect::<Vec<_>>());
    let mut columns = axis_columns(configurations, found().map(|(suite, ..)| suite));
    columns.extend([
        text("run", |p| p.id.as_str()),
        text("arm", |p| &p.arm),
        column("seed", rows.iter().map(|(p, _)| p.seed.0).collect::<Vec<_>>()),
        text("role", |p| p.role.name()),
        column("epoch", rows.iter().map(|(_, e)| e.epoch as u64).collect::<Vec<_>>()),
        number("loss", |e| e.train.map(|l| l.total)),
        number("hard_ce", |e| e.train.map(|l| l.hard_ce)),
        number("soft_ce", |e| e.train.and_then(|l| l.soft_ce)),
        number("soft_kl", |e| e.train.and_then(|l| l.soft_kl)),
        number("validation_accuracy", |e| e.validation?.accuracy),
        number("validation_nll", |e| e.validation?.nll),
        number("test_accuracy", |e| e.test?.accuracy),
        number("test_nll", |e| e.test?.nll),
    ]);
    frame("curves", columns)
}

/// A column for each axis of the sweep; none without one.
pub(crate) fn axis_columns<'a>(configurations: &[SuiteRuns], rows: impl Iterator<Item = &'a SuiteRuns>) -> Vec<Column> {
    let manifest = configurations.first().map(|suite| &suite.manifest);
    let axes = manifest.into_iter().flat_map(|manifest| manifest.axes.iter().chain(&manifest.teacher_axis));
    let rows: Vec<&SuiteRuns> = rows.collect();
    let values = |i: usize| rows.iter().map(|suite| plain_value(&suite.configuration.values[i])).collect::<Vec<_>>();
    // A key without a dot could be the name of another column.
    let name = |axis: &str| if axis.contains('.') { axis.to_owned() } else { format!("sweep.{axis}") };
    axes.enumerate().map(|(i, axis)| column(&name(axis), values(i))).collect()
}
