//! A suite from the command line.

use std::path::Path;

use fractionate_ablation::suite::{Overrides, Sweep, load_with};
use fractionate_ablation::{CHECKPOINT_SECONDS, RETRIES, RunOptions};
use fractionate_interchange::{ColumnNumbers, parquet_columns};
use fractionate_records::DeviceKind;
use fractionate_training::{DeviceChoice, Numbers};
use miette::{GraphicalReportHandler, GraphicalTheme};

use crate::arguments::SuiteArguments;
use crate::failure::Failure;
use crate::locations::{data_folder, results_folder};
use crate::terminal::colour_on_stderr;

/// Reads and checks everything that the arguments name, before anything is touched.
pub(crate) fn resolve(arguments: &SuiteArguments) -> Result<(Sweep, RunOptions), Failure> {
    let overrides = Overrides {
        set: arguments.set.clone(),
        seeds: arguments.seeds.clone(),
        arms: arguments.arms.clone(),
        ..Overrides::default()
    };
    let sweep = load(&arguments.suite, &overrides)?;
    let device = device(&arguments.device)?;
    let options = RunOptions {
        out: results_folder(arguments, &sweep.first().name),
        data: data_folder(arguments.data.as_deref()),
        device,
        jobs: arguments.jobs.map_or_else(|| default_jobs(device), usize::from),
        strategy: arguments.strategy,
        checkpoint_every: CHECKPOINT_SECONDS,
        retries: RETRIES,
    };
    Ok((sweep, options))
}

/// Reads and checks a suite file.
pub(crate) fn load(suite: &Path, overrides: &Overrides) -> Result<Sweep, Failure> {
    load_with(suite, overrides, Some(read_parquet)).map_err(|problems| Failure::WrongUse(drawn(&problems)))
}

/// The device of this name.
pub(crate) fn device(name: &str) -> Result<DeviceChoice, Failure> {
    DeviceChoice::from_name(name).map_err(|error| Failure::WrongUse(format!("error: --device: {error}")))
}

/// Reads a Parquet file with the reporting crate's polars: training and ablation do without it.
fn read_parquet(path: &Path) -> Result<Vec<(String, Numbers)>, String> {
    let numbers = |column| match column {
        ColumnNumbers::Float32(values) => Numbers::Float32(values),
        ColumnNumbers::Float64(values) => Numbers::Float64(values),
        ColumnNumbers::Integers(values) => Numbers::Integers(values),
    };
    Ok(parquet_columns(path)?.into_iter().map(|(name, column)| (name, numbers(column))).collect())
}

/// Cohorts side by side where the user names no number.
pub(crate) fn default_jobs(device: DeviceChoice) -> usize {
    match device.kind() {
        DeviceKind::Cpu => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        DeviceKind::Cuda => 1,
    }
}

/// The problems under their source lines.
pub(super) fn drawn(problems: &dyn miette::Diagnostic) -> String {
    let theme = if colour_on_stderr() { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let mut text = String::new();
    let drawn = GraphicalReportHandler::new_themed(theme).render_report(&mut text, problems);
    drawn.map_or_else(|_| problems.to_string(), |()| text)
}
