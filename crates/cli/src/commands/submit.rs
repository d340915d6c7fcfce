//! `fractionate submit`: a suite into a cluster's queue.

use std::path::{Path, PathBuf};
use std::time::Duration;

use fractionate_ablation::suite::{Overrides, SlurmFlag, SlurmSettings, Sweep};
use fractionate_ablation::{Forecast, SweepPlan, Trainer};
use fractionate_records::{DeviceKind, NumericsConfig, Store, StoreError, create_folder, write_file};
use indicatif::HumanDuration;
use serde_json::json;

use super::foreign_modules::allowed_modules;
use super::suite::{load, options_for};
use crate::arguments::SubmitArguments;
use crate::failure::Failure;
use crate::locations::results_folder;
use crate::slurm::{Job, Queued, Scripts, Sizes, Work, span, submit as submit_jobs};
use crate::terminal::{print, say};
use crate::trainer::{USUAL_STRATEGY, built_in_trainer, device_kind, trainer_of};

pub(crate) fn submit(arguments: &SubmitArguments) -> Result<u8, Failure> {
    let trainer = built_in_trainer("cpu", &arguments.suite.strategy)?;
    let sweep = load(&arguments.suite.suite, &overrides(arguments), arguments.suite.data.as_deref())?;
    let trainer = trainer_of(&sweep, trainer);
    let settings = &sweep.slurm;
    let device = match &arguments.suite.device {
        // The GPUs are the program's.
        auto if auto == "auto" && sweep.programs().next().is_some() => DeviceKind::Cpu,
        name => device(name, settings)?,
    };
    let out = results_folder(&arguments.suite, &sweep.first().name);
    let left = left(&sweep, &*trainer, device, &out, arguments);
    if left.runs_left() == 0 && !arguments.dry_run {
        say("all runs are there already: nothing to submit");
        return Ok(0);
    }
    let numerics = NumericsConfig { device, ..trainer.numerics() };
    allowed_modules(&SweepPlan::new(&sweep, &numerics), &Store::at(&out), &arguments.module)?;
    let cpus = asked_cpus(arguments, settings).unwrap_or_else(|| usual_cpus().min(left.cohorts_left().max(1)));
    let jobs = arguments.suite.jobs.map_or_else(|| usual_jobs(&sweep, device, cpus), usize::from);
    let work = Work {
        cohorts: left.cohorts_left(),
        seconds: left.run_seconds,
        teacher_seconds: left.teacher_seconds,
        from_runs: left.from_runs,
        jobs,
    };
    let sizes = Sizes::new(&work, settings);
    let folder = out.join("slurm");
    let here = std::env::current_dir().map_err(|error| {
        Failure::Failed(format!("error: the folder that this is called from cannot be found: {error}"))
    })?;
    let binary = std::env::current_exe()
        .map_err(|error| Failure::Failed(format!("error: this program's own file cannot be found: {error}")))?;
    let scripts = Scripts {
        suite: &sweep.first().name,
        here: one_line(&here)?,
        folder: one_line(&folder)?,
        run: run_words(&binary, arguments, device, jobs, sweep.has_modules())?,
        report: [&binary, Path::new("report"), &out].into_iter().map(text).collect::<Result<_, _>>()?,
        cpus,
        sizes,
        settings,
    };
    let mut chain = vec![Job::Students, Job::Report];
    if left.teachers_left() > 0 {
        chain.insert(0, Job::Teacher);
    }
    if arguments.dry_run {
        print(&listed(&scripts, &chain))?;
        say(&sized(&left, &sizes, cpus, jobs));
        return Ok(0);
    }
    write_scripts(&scripts, &chain, &out, &folder)?;
    let queued = submit_jobs(&chain, &folder)?;
    print(&if arguments.json {
        as_json(&queued, &folder, &left, &sizes)
    } else {
        as_text(&queued, &sized(&left, &sizes, cpus, jobs), &out, &folder)
    })?;
    Ok(0)
}

/// The command line's changes; flags for `[slurm]` are checked together with the table.
fn overrides(arguments: &SubmitArguments) -> Overrides {
    let SubmitArguments { suite, partition, account, gpus, cpus, time, tasks, options, .. } = arguments;
    let keys = [
        ("partition", partition),
        ("account", account),
        ("gpus", gpus),
        ("cpus", cpus),
        ("time", time),
        ("tasks", tasks),
    ];
    let mut slurm: Vec<SlurmFlag> = Vec::new();
    for (key, value) in keys {
        if let Some(value) = value {
            let flag = format!("--{key} {value}");
            slurm.push(SlurmFlag { flag, key: vec![key.to_owned()], value: Some(value.clone()) });
        }
    }
    for option in options {
        let (name, value) = match option.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (option.as_str(), None),
        };
        let flag = format!("--option {option}");
        slurm.push(SlurmFlag { flag, key: vec!["options".to_owned(), name.to_owned()], value });
    }
    Overrides {
        set: suite.set.clone(),
        seeds: suite.seeds.clone(),
        arms: suite.arms.clone(),
        slurm,
        ..Overrides::default()
    }
}

/// The kind of device that the jobs will have. What this machine has says nothing about theirs.
fn device(name: &str, settings: &SlurmSettings) -> Result<DeviceKind, Failure> {
    if name == "auto" {
        return Ok(if settings.gpus.is_some() { DeviceKind::Cuda } else { DeviceKind::Cpu });
    }
    device_kind(name)
}

fn left(sweep: &Sweep, trainer: &dyn Trainer, device: DeviceKind, out: &Path, arguments: &SubmitArguments) -> Forecast {
    // Runs have the names that they will have where they are made.
    let numerics = NumericsConfig { device, ..trainer.numerics() };
    let jobs = asked_cpus(arguments, &sweep.slurm).unwrap_or_else(usual_cpus);
    let options = options_for(out, arguments.suite.data.as_deref(), jobs);
    Forecast::new(&SweepPlan::new(sweep, &numerics), &Store::at(out), &options, trainer)
}

/// Runs at the same time in a task where nobody says how many: a program may use all cores, and needs its own GPUs.
fn usual_jobs(sweep: &Sweep, device: DeviceKind, cpus: usize) -> usize {
    let gpus = sweep.slurm.gpus.as_deref().and_then(|gpus| gpus.rsplit(':').next()?.parse::<usize>().ok());
    match sweep.programs().map(|program| program.gpus_per_run).max() {
        Some(0) => 1,
        Some(each) => (gpus.unwrap_or(each) / each).max(1),
        None if device == DeviceKind::Cuda => 1,
        None => cpus,
    }
}

/// More cores than this only somebody who knows the nodes asks for.
const MOST_UNASKED_CPUS: usize = 8;

fn usual_cpus() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MOST_UNASKED_CPUS)
}

fn asked_cpus(arguments: &SubmitArguments, settings: &SlurmSettings) -> Option<usize> {
    settings.cpus.or(arguments.suite.jobs.map(usize::from))
}

/// The command that trains, with the user's own changes to the suite.
fn run_words(
    binary: &Path,
    arguments: &SubmitArguments,
    device: DeviceKind,
    jobs: usize,
    has_modules: bool,
) -> Result<Vec<String>, Failure> {
    let suite = &arguments.suite;
    let mut words = vec![text(binary)?, "run".to_owned(), text(&suite.suite)?];
    let mut add = |flag: &str, value: String| words.extend([flag.to_owned(), value]);
    for (flag, value) in [("--seeds", &suite.seeds), ("--arms", &suite.arms)] {
        if let Some(value) = value {
            add(flag, value.clone());
        }
    }
    for assignment in &suite.set {
        add("--set", assignment.clone());
    }
    for (flag, folder) in [("--out", &suite.out), ("--data", &suite.data)] {
        if let Some(folder) = folder {
            add(flag, text(folder)?);
        }
    }
    let device = match (suite.device.as_str(), device) {
        ("auto", DeviceKind::Cpu) => "cpu",
        ("auto", DeviceKind::Cuda) => "cuda:0",
        (name, _) => name,
    };
    add("--device", device.to_owned());
    if suite.strategy != USUAL_STRATEGY {
        add("--strategy", suite.strategy.clone());
    }
    add("--jobs", jobs.to_string());
    if has_modules {
        // Whoever submits has allowed it: the jobs can ask nobody.
        add("--module-seconds", arguments.module.module_seconds.to_string());
        words.push("--trust-module".to_owned());
    }
    Ok(words)
}

/// A path as a script may have it.
fn text(path: impl AsRef<Path>) -> Result<String, Failure> {
    one_line(path.as_ref()).map(str::to_owned)
}

fn one_line(path: &Path) -> Result<&str, Failure> {
    path.to_str().filter(|text| !text.contains(char::is_control)).ok_or_else(|| {
        Failure::WrongUse(format!("error: {}: no job can have a path that is not text on one line", path.display()))
    })
}

/// Writes the scripts into the store's folder, made if it is not there.
fn write_scripts(scripts: &Scripts<'_>, chain: &[Job], out: &Path, folder: &Path) -> Result<(), Failure> {
    let store = Store::create(out)?;
    // A folder with a lock is known as a store; one that is at work has it.
    match store.lock() {
        Ok(_) | Err(StoreError::Locked(_)) => {}
        Err(error) => return Err(error.into()),
    }
    create_folder(folder)?;
    for &job in chain {
        write_file(&script_path(folder, job), scripts.of(job).as_bytes())?;
    }
    Ok(())
}

fn script_path(folder: &Path, job: Job) -> PathBuf {
    folder.join(format!("{}.sbatch", job.name()))
}

/// Every script under its name, with how it is submitted.
fn listed(scripts: &Scripts<'_>, chain: &[Job]) -> String {
    let mut text = String::new();
    let mut earlier: Option<Job> = None;
    for &job in chain {
        let after = earlier.map_or_else(Vec::new, |earlier| job.after(&format!("<{}>", earlier.name())));
        let call = [vec!["sbatch".to_owned()], after, vec![format!("{}.sbatch", job.name())]].concat().join(" ");
        if earlier.is_some() {
            text.push('\n');
        }
        text.push_str(&format!("# {call}\n{}", scripts.of(job)));
        earlier = Some(job);
    }
    text
}

/// What is submitted, in a sentence.
fn sized(left: &Forecast, sizes: &Sizes, cpus: usize, jobs: usize) -> String {
    let basis = if left.from_runs { "from the runs made so far" } else { "measured on this machine" };
    let took = HumanDuration(Duration::from_secs_f64((left.run_seconds / jobs as f64).max(1.0)));
    let Sizes { tasks, cohorts_per_task, task_minutes, .. } = *sizes;
    format!(
        "{} in {}, about {took} in one task ({basis}): {} of {}, about {} and at most {} each",
        counted(left.runs_left(), "run"),
        counted(left.cohorts_left(), "cohort"),
        counted(tasks, "task"),
        counted(cpus, "core"),
        counted(cohorts_per_task, "cohort"),
        span(task_minutes),
    )
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn as_text(queued: &[Queued], sized: &str, out: &Path, folder: &Path) -> String {
    let mut text = format!("{sized}\n\n");
    for Queued { job, id } in queued {
        text.push_str(&format!("{:<10}job {id}  {}\n", job.name(), script_path(folder, *job).display()));
    }
    let ids: Vec<&str> = queued.iter().map(|queued| queued.id.as_str()).collect();
    let (folder, out) = (folder.display(), out.display());
    text.push_str(&format!("\nFollow it:   squeue --jobs {}\n", ids.join(",")));
    text.push_str(&format!("             fractionate status {out}\n             tail -f {folder}/*.out\n"));
    text.push_str(&format!("Call it off: scancel {}\n", ids.join(" ")));
    text
}

fn as_json(queued: &[Queued], folder: &Path, left: &Forecast, sizes: &Sizes) -> String {
    let jobs: Vec<_> = queued
        .iter()
        .map(|Queued { job, id }| json!({ "name": job.name(), "id": id, "script": script_path(folder, *job) }))
        .collect();
    let submitted = json!({
        "jobs": jobs, "runs": left.runs_left(), "cohorts": left.cohorts_left(), "tasks": sizes.tasks,
        "cohorts_per_task": sizes.cohorts_per_task, "task_minutes": sizes.task_minutes,
        "teacher_minutes": sizes.teacher_minutes, "report_minutes": sizes.report_minutes,
        "seconds": left.run_seconds, "teacher_seconds": left.teacher_seconds, "estimate_from_runs": left.from_runs,
    });
    format!("{submitted:#}\n")
}
