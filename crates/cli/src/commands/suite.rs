//! A suite from the command line.

use std::collections::HashSet;
use std::path::Path;

use fractionate_ablation::suite::{self, Overrides, Readers, SuiteProblems, Sweep};
use fractionate_ablation::{CHECKPOINT_SECONDS, ModuleRights, RETRIES, RunOptions, Trainer};
use fractionate_data::{Decoding, Numbers};
use fractionate_interchange::{ColumnNumbers, parquet_columns};

use crate::arguments::SuiteArguments;
use crate::decoding_display::show_decoding;
use crate::failure::Failure;
use crate::locations::{data_folder, kept_pictures, results_folder};
use crate::terminal::{colour_on_stderr, say};
use crate::trainer::{WEIGHTS, built_in_trainer, jobs_of, networks, trainer_of};

/// Reads and checks everything that the arguments name, before anything is touched.
pub(crate) fn resolve(arguments: &SuiteArguments) -> Result<(Sweep, RunOptions, Box<dyn Trainer>), Failure> {
    resolve_with(arguments, trainer_of)
}

/// The same with another trainer for the suite.
pub(super) fn resolve_with<T>(
    arguments: &SuiteArguments,
    trainer_of: impl FnOnce(&Sweep, Box<dyn Trainer>) -> T,
) -> Result<(Sweep, RunOptions, T), Failure> {
    let trainer = built_in_trainer(&arguments.device, &arguments.strategy)?;
    let overrides = Overrides {
        set: arguments.set.clone(),
        seeds: arguments.seeds.clone(),
        arms: arguments.arms.clone(),
        ..Overrides::default()
    };
    let data = data_folder(arguments.data.as_deref());
    let sweep = load_with_labels(&arguments.suite, &overrides, &data)?;
    sweep.skipped_claims.iter().for_each(|sentence| say(sentence));
    let jobs = arguments.jobs.map_or_else(|| jobs_of(&sweep, &*trainer), usize::from);
    let out = results_folder(arguments, &sweep.first().name);
    let options = options_for(&out, arguments.data.as_deref(), jobs);
    let trainer = trainer_of(&sweep, trainer);
    Ok((sweep, options, trainer))
}

/// How a suite is run where nothing more is said.
pub(super) fn options_for(out: &Path, data: Option<&Path>, jobs: usize) -> RunOptions {
    RunOptions {
        out: out.to_owned(),
        data: data_folder(data),
        jobs,
        checkpoint_every: CHECKPOINT_SECONDS,
        retries: RETRIES,
        modules: ModuleRights::none(),
        waits_for_programs: true,
        checked: HashSet::new(),
    }
}

/// Reads and checks a suite file, with pictures from the folder of the data sets: `data`, or where it usually is.
pub(crate) fn load(suite: &Path, overrides: &Overrides, data: Option<&Path>) -> Result<Sweep, Failure> {
    load_with(suite, overrides, &data_folder(data), None)
}

/// The same, and the labels of its examples are looked at where the sets in the folder `data` are at hand.
fn load_with_labels(suite: &Path, overrides: &Overrides, data: &Path) -> Result<Sweep, Failure> {
    load_with(suite, overrides, data, Some(data))
}

fn load_with(suite: &Path, overrides: &Overrides, pictures: &Path, data: Option<&Path>) -> Result<Sweep, Failure> {
    let kept = kept_pictures();
    let decoding = Decoding { kept_in: kept.as_deref(), watch: Some(show_decoding) };
    let readers = Readers {
        parquet: Some(read_parquet),
        data,
        pictures: Some(pictures),
        decoding,
        networks: networks(),
        weights: WEIGHTS,
    };
    let sweep = suite::load(suite, overrides, readers).map_err(|problems| Failure::Problems(drawn(&problems)))?;
    sweep.warnings.iter().for_each(|warning| say(&format!("warning: {warning}")));
    Ok(sweep)
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
