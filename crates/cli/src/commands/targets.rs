//! `fractionate targets`: arms' soft targets in files, with the loss that they are for.

use std::path::Path;

use fractionate_ablation::suite::{Overrides, Sweep, split_arms};
use fractionate_ablation::{ArmTargets, SweepPlan, TargetsFormat, TargetsOfArms, arm_targets};
use fractionate_arms::{Arm, LOSS_LETTERS};
use fractionate_records::{Seed, Store, write_file};
use serde_json::json;

use super::foreign_modules::allowed_modules;
use super::outputs::{check_outputs, check_outside_store};
use super::suite::{load, options_for};
use super::watched::{failure, watched};
use crate::arguments::TargetsArguments;
use crate::failure::Failure;
use crate::terminal::{print, say};
use crate::trainer::{USUAL_STRATEGY, built_in_trainer, default_jobs, trainer_of};

/// What targets do not depend on: a suite need not say it.
const MISSING: [(&str, &str); 2] = [
    ("student", "{ model = \"mlp\", hidden = [32] }"),
    ("training", "{ learning_rate = 0.03, batch_size = 2, epochs = 1 }"),
];

pub(crate) fn targets(arguments: &TargetsArguments) -> Result<u8, Failure> {
    let overrides = Overrides { set: arguments.set.clone(), missing: MISSING.to_vec(), ..Overrides::default() };
    let trainer = built_in_trainer(&arguments.device, USUAL_STRATEGY)?;
    let sweep = load(&arguments.suite, &overrides, arguments.data.as_deref())?;
    let trainer = trainer_of(&sweep, trainer);
    let arms = checked_arms(arguments, &sweep)?;
    let format = checked_out(&arguments.out)?;
    let suite = sweep.first();
    let out = arguments.results.clone().unwrap_or_else(|| Path::new("results").join(&suite.name));
    let mut options = options_for(&out, arguments.data.as_deref(), default_jobs(&*trainer));
    let outputs = format.paths(&arguments.out, &arms);
    check_outputs(&outputs, &[vec![arguments.suite.as_path()], suite.input_files()].concat())?;
    check_outside_store(&outputs, &options.out)?;
    let mut asked = sweep.clone();
    asked.configurations[0].suite.arms = arms.clone();
    let numerics = trainer.numerics();
    options.modules = allowed_modules(&SweepPlan::new(&asked, &numerics), &Store::at(&options.out), &arguments.module)?;
    if suite.training.views.is_some() {
        say(OF_PLAIN_PICTURES);
    }
    let seed = arguments.seed.map_or(suite.seeds[0], Seed);
    let made = watched(arguments.json, |watch| arm_targets(suite, &arms, seed, &options, &*trainer, watch))?
        .map_err(failure)?;
    let files = made.files(&arguments.out, format);
    for (path, bytes) in &files {
        write_file(path, bytes)?;
    }
    let names: Vec<String> = files.iter().map(|(path, _)| path.display().to_string()).collect();
    print(&if arguments.json { as_json(&made, &names) } else { as_text(&made, &names) })?;
    Ok(0)
}

/// Said of a suite whose students see random views.
const OF_PLAIN_PICTURES: &str = "warning: these are the targets of the pictures as they are. The suite's students see \
                                 random views; with `views = \"same\"` each epoch's targets are the teacher's answers \
                                 for that epoch's views.";

fn as_json(made: &TargetsOfArms, files: &[String]) -> String {
    let of_arm = |made: &ArmTargets| {
        json!({
            "arm": made.arm.name(), "temperature": made.loss.temperature.get(),
            "scale": made.loss.scaling.factor(made.loss.temperature), "loss": made.arm.loss_formula(made.loss),
            "pytorch": made.output.pytorch_loss(made.loss),
        })
    };
    let mut text = json!({
        "arms": made.arms.iter().map(of_arm).collect::<Vec<_>>(), "seed": made.seed, "examples": made.labels.len(),
        "classes": made.classes, "data_hash": made.data_hash, "files": files,
    });
    if let [only] = &made.arms[..] {
        text["arm"] = only.arm.name().into();
        text["temperature"] = only.loss.temperature.get().into();
    }
    format!("{text:#}\n")
}

/// What lies where, then each loss once: in full, and as PyTorch.
fn as_text(made: &TargetsOfArms, files: &[String]) -> String {
    let mut text = String::new();
    let mut losses: Vec<(String, String, Vec<String>)> = Vec::new();
    for arm in &made.arms {
        let name = format!("`{}`", arm.arm.name());
        text.push_str(&format!("{} of {name}\n", arm.in_words()));
        let (formula, code) = (arm.arm.loss_formula(arm.loss), arm.output.pytorch_loss(arm.loss));
        match losses.iter_mut().find(|loss| (&loss.0, &loss.1) == (&formula, &code)) {
            Some(loss) => loss.2.push(name),
            None => losses.push((formula, code, vec![name])),
        }
    }
    text.push_str(&format!("in {}, rows in the data set's order\n", files.join(", ")));
    for (formula, code, arms) in losses {
        text.push_str(&format!("\nLoss of {}: {formula}.\n\n{code}", arms.join(", ")));
    }
    format!("{text}\n{LOSS_LETTERS}\n")
}

/// The arms, if the suite can make targets of them.
fn checked_arms(arguments: &TargetsArguments, sweep: &Sweep) -> Result<Vec<Arm>, Failure> {
    if let Some(name) = &arguments.arm {
        return Ok(vec![checked_arm(name, &format!("--arm {name}"), sweep)?]);
    }
    let given = arguments.arms.as_deref().unwrap_or_default();
    let flag = format!("--arms {given}");
    if given.trim() != "all" {
        return split_arms(given).into_iter().map(|name| checked_arm(name.trim(), &flag, sweep)).collect();
    }
    let with_targets = sweep.first().arms.iter().filter(|arm| **arm != Arm::HARD).map(Arm::name);
    let names: Vec<String> = with_targets.collect();
    if names.is_empty() {
        return Err(Failure::WrongUse(format!("error: {flag}: no arm of the suite has soft targets or weights")));
    }
    names.iter().map(|name| checked_arm(name, &flag, sweep)).collect()
}

fn checked_arm(name: &str, flag: &str, sweep: &Sweep) -> Result<Arm, Failure> {
    let wrong = |reason: String| Failure::WrongUse(format!("error: {flag}: {reason}"));
    let arm = Arm::parse(name).map_err(|error| wrong(format!("{error} (`fractionate arms` lists them all)")))?;
    if arm == Arm::HARD {
        return Err(wrong("its students are trained on the labels alone: there are no soft targets".to_owned()));
    }
    if sweep.configurations.len() > 1 {
        let axes: Vec<String> = sweep.axes.iter().map(|axis| format!("`{axis}`")).collect();
        let (axis, value) = (&sweep.axes[0], &sweep.configurations[0].values[0]);
        if sweep.axes.len() == 1 && sweep.teacher_axis.is_some() {
            return Err(wrong(format!(
                "the suite has several teachers: name one of them, for example with --set 'teacher.seeds=[{value}]'"
            )));
        }
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
