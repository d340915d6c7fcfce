//! `fractionate next` and `fractionate finish`: cells for people who own their training loop.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use fractionate_ablation::suite::{Overrides, Sweep};
use fractionate_ablation::{RunError, RunOptions, SweepPlan, Trainer, run};
use fractionate_programs::{GivenOut, Gpus, ProgramTrainer};
use fractionate_records::{RunId, Store};
use serde_json::{Value, json};

use super::foreign_modules::allowed_modules;
use super::suite::{load, options_for, resolve_with};
use super::watched::{failure, watched};
use crate::arguments::{FinishArguments, NextArguments};
use crate::failure::Failure;
use crate::terminal::print;
use crate::trainer::{USUAL_STRATEGY, built_in_trainer};

/// What is left of a suite.
enum Left {
    /// Nothing: every run is there.
    Nothing,
    /// So many cells are out.
    Out(usize),
}

pub(crate) fn next(arguments: &NextArguments) -> Result<u8, Failure> {
    let (sweep, mut options, built_in) = resolve_with(&arguments.suite, |_, built_in| built_in)?;
    needs_program(&sweep, &arguments.suite.suite)?;
    options.waits_for_programs = false;
    options.jobs = 1;
    let given = Arc::new(GivenOut::for_time(Duration::from_secs_f64(3_600.0 * arguments.hours)));
    let trainer = programs(&sweep, built_in).giving_out(Arc::clone(&given));
    let numerics = trainer.numerics();
    options.modules = allowed_modules(&SweepPlan::new(&sweep, &numerics), &Store::at(&options.out), &arguments.module)?;
    let ended = watched(true, |watch| run(&sweep, &options, &trainer, watch))?;
    if let Some(cell) = given.cell() {
        print(&given_text(&cell, arguments.json)?)?;
        return Ok(0);
    }
    let left = match ended {
        Ok(_) => Left::Nothing,
        Err(RunError::NothingNow) => Left::Out(given.out()),
        Err(error) => return Err(failure(error)),
    };
    print(&left_text(&left, &options, arguments.json))?;
    Ok(0)
}

pub(crate) fn finish(arguments: &FinishArguments) -> Result<u8, Failure> {
    let cell = &arguments.cell;
    let (id, folder) = of_cell(cell).ok_or_else(|| {
        Failure::WrongUse(format!(
            "error: {} is no cell: a folder that `fractionate next` gave is wanted, RESULTS/cells/ID",
            cell.display()
        ))
    })?;
    let store = Store::open(&folder)
        .or_else(|error| if folder.join("suite.toml").is_file() { Ok(Store::at(&folder)) } else { Err(error) })?;
    if store.has_run(&id) {
        print(&format!("{id} was stored already\n"))?;
        return Ok(0);
    }
    if !cell.join("result.json").is_file() {
        return Err(Failure::Failed(format!("error: {} has no result.json yet", cell.display())));
    }
    let sweep = load(&folder.join("suite.toml"), &Overrides::default(), arguments.data.as_deref())?;
    needs_program(&sweep, &folder.join("suite.toml"))?;
    let built_in = built_in_trainer("auto", USUAL_STRATEGY)?;
    let mut options = options_for(&folder, arguments.data.as_deref(), 1);
    options.waits_for_programs = false;
    let trainer = programs(&sweep, built_in).collecting();
    let ended = watched(true, |watch| run(&sweep, &options, &trainer, watch))?;
    if store.has_run(&id) {
        print(&format!("{id} is stored in {}\n", store.run_folder(&id).display()))?;
        return Ok(0);
    }
    if let Some(note) = store.failures().into_iter().find(|note| note.runs.contains(&id)) {
        return Err(Failure::Failed(format!("error: {}", note.reason)));
    }
    match ended {
        Ok(_) | Err(RunError::NothingNow) => Err(Failure::Failed(format!(
            "error: {id} is no run of the suite as {} has it now",
            folder.join("suite.toml").display()
        ))),
        Err(error) => Err(failure(error)),
    }
}

fn programs(sweep: &Sweep, built_in: Box<dyn Trainer>) -> ProgramTrainer {
    ProgramTrainer::new(built_in, sweep.programs().cloned(), Gpus::visible())
}

fn needs_program(sweep: &Sweep, suite: &Path) -> Result<(), Failure> {
    if sweep.configurations.iter().all(|configuration| configuration.suite.program.is_some()) {
        return Ok(());
    }
    Err(Failure::WrongUse(format!(
        "error: {}: its students are trained by the built-in trainer: give `[student]` a `command`, which may be empty, to \
         train them yourself",
        suite.display()
    )))
}

/// The run of a cell, and the folder of results that it lies in.
fn of_cell(cell: &Path) -> Option<(RunId, std::path::PathBuf)> {
    let cell = std::path::absolute(cell).ok()?;
    let id = RunId::from_name(cell.file_name()?.to_str()?)?;
    let cells = cell.parent()?;
    (cells.file_name()? == "cells").then(|| Some((id, cells.parent()?.to_owned())))?
}

fn given_text(cell: &Path, json: bool) -> Result<String, Failure> {
    if !json {
        return Ok(format!("{}\n", cell.display()));
    }
    let bytes = std::fs::read(cell.join("cell.json")).map_err(|error| {
        Failure::Failed(format!("error: cannot read {}: {error}", cell.join("cell.json").display()))
    })?;
    let file: Value = serde_json::from_slice(&bytes)
        .map_err(|error| Failure::Failed(format!("error: {}: {error}", cell.join("cell.json").display())))?;
    Ok(format!("{:#}\n", json!({ "cell": cell, "done": false, "cell_file": file })))
}

fn left_text(left: &Left, options: &RunOptions, json: bool) -> String {
    let folder = options.out.display();
    match (left, json) {
        (Left::Nothing, true) => format!("{:#}\n", json!({ "cell": null, "done": true, "out": 0 })),
        (Left::Out(out), true) => format!("{:#}\n", json!({ "cell": null, "done": false, "out": out })),
        (Left::Nothing, false) => format!("every run is there: `fractionate report {folder}` reports them\n"),
        (Left::Out(1), false) => "nothing to give out now: 1 cell is out\n".to_owned(),
        (Left::Out(out), false) => format!("nothing to give out now: {out} cells are out\n"),
    }
}
