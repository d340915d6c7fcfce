//! `fractionate status`: what of a suite is done, who makes what, and what went wrong.

use std::path::{Path, PathBuf};

use fractionate_ablation::suite::{Overrides, Sweep};
use fractionate_ablation::{Forecast, SweepPlan, Trainer};
use fractionate_records::{Manifest, Standing, Status, Store, StoreError};
use serde_json::json;

use super::plan::time_left;
use super::suite::{load, options_for};
use crate::arguments::StatusArguments;
use crate::failure::Failure;
use crate::terminal::print;
use crate::trainer::{USUAL_STRATEGY, built_in_trainer, jobs_of, trainer_of};

pub(crate) fn status(arguments: &StatusArguments) -> Result<u8, Failure> {
    let trainer = built_in_trainer("auto", USUAL_STRATEGY)?;
    let Found { manifest, folder, sweep } = found(arguments, &*trainer)?;
    let trainer = match &sweep {
        Some(sweep) => trainer_of(sweep, trainer),
        None => trainer,
    };
    let status = Status::of(&manifest, &Store::at(&folder));
    let modules = sweep.as_ref().is_some_and(Sweep::has_modules);
    let forecast = sweep.and_then(|sweep| forecast(&sweep, &status, &folder, &*trainer));
    let forecast = forecast.as_ref();
    print(&if arguments.json {
        json_of(&status, &folder, forecast)
    } else {
        text_of(&status, &folder, forecast, modules)
    })?;
    // As for `run`: something failed.
    Ok(u8::from(status.has_failed()))
}

/// A suite's results, or where they will be.
struct Found {
    manifest: Manifest,
    folder: PathBuf,
    /// The suite; absent where its file cannot be read any more.
    sweep: Option<Sweep>,
}

/// What the store says it is to hold, or, where there is none yet, what the suite does.
fn found(arguments: &StatusArguments, trainer: &dyn Trainer) -> Result<Found, Failure> {
    if arguments.what.is_file() {
        return of_suite(&arguments.what, arguments.out.as_deref(), trainer);
    }
    if arguments.out.is_some() {
        if !arguments.what.exists() {
            return Err(Failure::WrongUse(format!("error: there is no suite file {}", arguments.what.display())));
        }
        return Err(Failure::WrongUse("error: --out belongs to a suite's file, not to a folder of results".to_owned()));
    }
    // The manifest comes after the teacher.
    let suite = arguments.what.join("suite.toml");
    if suite.is_file() && !arguments.what.join("manifest.json").exists() {
        return of_suite(&suite, Some(&arguments.what), trainer);
    }
    let store = Store::open(&arguments.what)?;
    if store.is_imported() {
        return Err(StoreError::Imported(arguments.what.clone()).into());
    }
    let sweep = store.folder().has_file("suite.toml").then(|| load(&suite, &Overrides::default(), None).ok()).flatten();
    Ok(Found { manifest: store.manifest()?, folder: arguments.what.clone(), sweep })
}

fn of_suite(suite: &Path, out: Option<&Path>, trainer: &dyn Trainer) -> Result<Found, Failure> {
    let sweep = load(suite, &Overrides::default(), None)?;
    let folder = out.map_or_else(|| Path::new("results").join(&sweep.first().name), Path::to_owned);
    let manifest = if folder.join("manifest.json").exists() {
        Store::open(&folder)?.manifest()?
    } else {
        let plan = SweepPlan::new(&sweep, &trainer.numerics());
        let nothing_chosen = vec![Vec::new(); sweep.configurations.len()];
        plan.manifest(&nothing_chosen)
    };
    Ok(Found { manifest, folder, sweep: Some(sweep) })
}

/// What is left to make takes so long on this machine; `None` where nothing is left, or no trainer knows.
fn forecast(sweep: &Sweep, status: &Status, folder: &Path, trainer: &dyn Trainer) -> Option<Forecast> {
    if status.count(Standing::Done) == status.runs.len() + status.runs_named_after_tuning {
        return None;
    }
    let options = options_for(folder, None, jobs_of(sweep, trainer));
    let plan = SweepPlan::new(sweep, &trainer.numerics());
    let forecast = Forecast::new(&plan, &Store::at(folder), &options, trainer);
    forecast.is_estimated.then_some(forecast)
}

fn json_of(status: &Status, folder: &Path, forecast: Option<&Forecast>) -> String {
    let total = status.runs.len() + status.runs_named_after_tuning;
    let mut counts = json!({ "total": total });
    for standing in Standing::ALL {
        counts[standing.word()] = status.count(standing).into();
    }
    counts["left"] = (status.count(Standing::Left) + status.runs_named_after_tuning).into();
    let json = json!({
        "suite": status.suite, "folder": folder, "counts": counts, "teachers": status.teachers, "runs": status.runs,
        "runs_named_after_tuning": status.runs_named_after_tuning, "processes": status.workers,
        "failures": status.failures, "seconds_left": forecast.map(|forecast| forecast.seconds_left),
        "estimate_from_runs": forecast.map(|forecast| forecast.from_runs),
    });
    format!("{json:#}\n")
}

/// `modules`: whether the suite's teachers are modules, which are not run here.
fn text_of(status: &Status, folder: &Path, forecast: Option<&Forecast>, modules: bool) -> String {
    let total = status.runs.len() + status.runs_named_after_tuning;
    let mut text = format!("{} in {}: {total} {}\n", status.suite, folder.display(), runs(total));
    for standing in Standing::ALL {
        let unnamed = if standing == Standing::Left { status.runs_named_after_tuning } else { 0 };
        text.push_str(&format!("  {:<8}{:>6}\n", standing.word(), status.count(standing) + unnamed));
    }
    if let Some(forecast) = forecast {
        text.push_str(&format!("{}, with all of this machine\n", time_left(forecast)));
    }
    for teacher in &status.teachers {
        let word = match teacher.standing {
            Standing::Left if modules => "to be made: `status` runs no module",
            Standing::Left => "to be made",
            other => other.word(),
        };
        text.push_str(&format!("teacher {}: {word}\n", teacher.key));
        if let Some(right) = &teacher.right {
            text.push_str(&format!("  {}\n", right.sentence()));
        }
        teacher.warnings.iter().for_each(|warning| text.push_str(&format!("  warning: {warning}\n")));
    }
    for worker in &status.workers {
        let mut makes = Vec::new();
        if !worker.teachers.is_empty() {
            makes.push("the teacher".to_owned());
        }
        if !worker.runs.is_empty() {
            makes.push(format!("{} {}", worker.runs.len(), runs(worker.runs.len())));
        }
        let makes = makes.join(" and ");
        text.push_str(&match worker.dead {
            false => format!("{} makes {makes}\n", worker.holder),
            true => format!("{} died while it made {makes}: the next `fractionate run` goes on\n", worker.holder),
        });
    }
    for failure in &status.failures {
        let times = if failure.attempts == 1 { "once".to_owned() } else { format!("{} times", failure.attempts) };
        text.push_str(&format!("{}, tried {times}: {}\n", failure.what, failure.reason));
    }
    text
}

fn runs(count: usize) -> &'static str {
    if count == 1 { "run" } else { "runs" }
}
