//! `fractionate status`: what of a suite is done, who makes what, and what went wrong.

use std::path::{Path, PathBuf};

use fractionate_ablation::SweepPlan;
use fractionate_ablation::suite::Overrides;
use fractionate_records::{Manifest, Standing, Status, Store, StoreError};
use serde_json::json;

use super::suite::load;
use crate::arguments::StatusArguments;
use crate::failure::Failure;
use crate::terminal::print;
use crate::trainer::{USUAL_STRATEGY, built_in_trainer};

pub(crate) fn status(arguments: &StatusArguments) -> Result<u8, Failure> {
    let (manifest, folder) = manifest(arguments)?;
    let status = Status::of(&manifest, &Store::at(&folder));
    print(&if arguments.json { json_of(&status, &folder) } else { text_of(&status, &folder) })?;
    // As for `run`: something failed.
    Ok(u8::from(status.count(Standing::Failed) > 0))
}

/// What the store says it is to hold, or, where there is none yet, what the suite does.
fn manifest(arguments: &StatusArguments) -> Result<(Manifest, PathBuf), Failure> {
    if arguments.what.is_file() {
        return of_suite(&arguments.what, arguments.out.as_deref());
    }
    if arguments.out.is_some() {
        return Err(Failure::WrongUse("error: --out belongs to a suite's file, not to a folder of results".to_owned()));
    }
    // The manifest comes after the teacher.
    let suite = arguments.what.join("suite.toml");
    if suite.is_file() && !arguments.what.join("manifest.json").exists() {
        return of_suite(&suite, Some(&arguments.what));
    }
    let store = Store::open(&arguments.what)?;
    if store.is_imported() {
        return Err(StoreError::Imported(arguments.what.clone()).into());
    }
    Ok((store.manifest()?, arguments.what.clone()))
}

fn of_suite(suite: &Path, out: Option<&Path>) -> Result<(Manifest, PathBuf), Failure> {
    let trainer = built_in_trainer("auto", USUAL_STRATEGY)?;
    let sweep = load(suite, &Overrides::default(), &*trainer)?;
    let folder = out.map_or_else(|| Path::new("results").join(&sweep.first().name), Path::to_owned);
    if folder.join("manifest.json").exists() {
        return Ok((Store::open(&folder)?.manifest()?, folder));
    }
    let plan = SweepPlan::new(&sweep, &trainer.numerics());
    let nothing_chosen = vec![Vec::new(); plan.configurations.len()];
    Ok((plan.manifest(&nothing_chosen), folder))
}

fn json_of(status: &Status, folder: &Path) -> String {
    let total = status.runs.len() + status.runs_named_after_tuning;
    let mut counts = json!({ "total": total });
    for standing in Standing::ALL {
        counts[standing.word()] = status.count(standing).into();
    }
    counts["left"] = (status.count(Standing::Left) + status.runs_named_after_tuning).into();
    let json = json!({
        "suite": status.suite, "folder": folder, "counts": counts, "teachers": status.teachers, "runs": status.runs,
        "runs_named_after_tuning": status.runs_named_after_tuning, "processes": status.workers,
        "failures": status.failures,
    });
    format!("{json:#}\n")
}

fn text_of(status: &Status, folder: &Path) -> String {
    let total = status.runs.len() + status.runs_named_after_tuning;
    let mut text = format!("{} in {}: {total} {}\n", status.suite, folder.display(), runs(total));
    for standing in Standing::ALL {
        let unnamed = if standing == Standing::Left { status.runs_named_after_tuning } else { 0 };
        text.push_str(&format!("  {:<8}{:>6}\n", standing.word(), status.count(standing) + unnamed));
    }
    for teacher in &status.teachers {
        let word = match teacher.standing {
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
