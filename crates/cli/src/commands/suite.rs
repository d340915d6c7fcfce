//! A suite from the command line.

use std::path::Path;

use fractionate_ablation::suite::{self, Overrides, SuiteProblems, Sweep};
use fractionate_ablation::{CHECKPOINT_SECONDS, RETRIES, RunOptions};
use fractionate_reporting::{ColumnNumbers, parquet_columns};

use crate::arguments::SuiteArguments;
use crate::failure::Failure;
use crate::locations::{data_folder, results_folder};
use crate::terminal::colour_on_stderr;
use crate::trainer::{DeviceChoice, Numbers, default_jobs};

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
    suite::load(suite, overrides, Some(read_parquet)).map_err(|problems| Failure::WrongUse(drawn(&problems)))
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

/// The problems under their source lines.
pub(super) fn drawn(problems: &SuiteProblems) -> String {
    problems.draw(colour_on_stderr())
}
