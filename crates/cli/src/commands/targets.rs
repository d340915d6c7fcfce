//! `fractionate targets`: an arm's soft targets in a file.

use std::path::Path;

use fractionate_ablation::suite::{Overrides, Sweep};
use fractionate_ablation::{CHECKPOINT_SECONDS, RETRIES, RunOptions, TargetsFormat, arm_targets};
use fractionate_arms::Arm;
use fractionate_records::{Seed, write_file};
use serde_json::json;

use super::suite::load;
use super::watched::{failure, watched};
use crate::arguments::TargetsArguments;
use crate::failure::Failure;
use crate::locations::data_folder;
use crate::terminal::print;
use crate::trainer::{USUAL_STRATEGY, built_in_trainer, default_jobs};

pub(crate) fn targets(arguments: &TargetsArguments) -> Result<u8, Failure> {
    let overrides = Overrides { set: arguments.set.clone(), ..Overrides::default() };
    let trainer = built_in_trainer(&arguments.device, USUAL_STRATEGY)?;
    let sweep = load(&arguments.suite, &overrides, &*trainer)?;
    let arm = checked_arm(&arguments.arm, &sweep)?;
    let format = checked_out(&arguments.out)?;
    let suite = sweep.first();
    let options = RunOptions {
        out: arguments.results.clone().unwrap_or_else(|| Path::new("results").join(&suite.name)),
        data: data_folder(arguments.data.as_deref()),
        jobs: default_jobs(&*trainer),
        checkpoint_every: CHECKPOINT_SECONDS,
        retries: RETRIES,
    };
    let seed = arguments.seed.map_or(suite.seeds[0], Seed);
    let made = watched(arguments.json, |watch| arm_targets(suite, &arm, seed, &options, &*trainer, watch))?
        .map_err(failure)?;
    let files = made.files(&arguments.out, format);
    for (path, bytes) in &files {
        write_file(path, bytes)?;
    }
    let names: Vec<String> = files.iter().map(|(path, _)| path.display().to_string()).collect();
    print(&if arguments.json {
        let text = json!({
            "arm": arm.name(), "seed": seed, "temperature": made.temperature.get(), "examples": made.labels.len(),
            "classes": made.classes, "data_hash": made.data_hash, "files": names,
        });
        format!("{text:#}\n")
    } else {
        format!("{} of `{}` in {}\n", made.in_words(), arm.name(), names.join(", "))
    })?;
    Ok(0)
}

/// The arm, if the suite can make targets of it.
fn checked_arm(name: &str, sweep: &Sweep) -> Result<Arm, Failure> {
    let wrong = |reason: String| Failure::WrongUse(format!("error: --arm {name}: {reason}"));
    let arm = Arm::parse(name).map_err(|error| wrong(format!("{error} (`fractionate arms` lists them all)")))?;
    if arm == Arm::HARD {
        return Err(wrong("its students are trained on the labels alone: there are no soft targets".to_owned()));
    }
    if sweep.configurations.len() > 1 {
        let axes: Vec<String> = sweep.axes.iter().map(|axis| format!("`{axis}`")).collect();
        let (axis, value) = (&sweep.axes[0], &sweep.configurations[0].values[0]);
        return Err(wrong(format!(
            "the suite sweeps {}: name one value of each, for example with --set 'sweep.{axis}=[{value}]'",
            axes.join(", ")
        )));
    }
    sweep.first().check_arm(&arm).map_err(wrong)?;
    Ok(arm)
}

fn checked_out(path: &Path) -> Result<TargetsFormat, Failure> {
    let wrong = |reason: &str| Failure::WrongUse(format!("error: --out {}: {reason}", path.display()));
    let format = TargetsFormat::of(path).ok_or_else(|| wrong("the name must end in .npy or .safetensors"))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(wrong("its folder is not there"));
    }
    Ok(format)
}
