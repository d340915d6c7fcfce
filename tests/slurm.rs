//! A suite through a real Slurm. It needs one: `scripts/test-slurm` starts it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::small_suite::{all_files, checkout, data_folder, fractionate, numbers, run_folders, said, suite_file};

/// So much to do that there is a middle to disturb.
const LONGER: [&str; 6] = ["--set", "training.epochs=150", "--seeds", "0..6", "--set", "teacher.epochs=20"];

/// One of Slurm's commands, with what it says.
fn slurm(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Waits for something that a cluster takes its time for.
#[track_caller]
fn wait_for(what: &str, store: &Path, there: impl Fn() -> bool) {
    let begun = Instant::now();
    while !there() {
        if begun.elapsed() > Duration::from_secs(240) {
            let said: Vec<String> = all_files(&store.join("slurm"))
                .iter()
                .map(|(name, text)| format!("{name}:\n{}", String::from_utf8_lossy(text)))
                .collect();
            panic!("waited for {what} in vain\n{}\n{}", slurm("squeue", &[]), said.join("\n"));
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// One field of what Slurm knows of a job or a task, `State=...`.
fn field(id: &str, name: &str) -> String {
    let shown = slurm("scontrol", &["show", "job", id]);
    let value = shown.split_whitespace().find_map(|word| word.strip_prefix(&format!("{name}="))).map(str::to_owned);
    value.unwrap_or_else(|| panic!("no {name} in {shown}"))
}

/// Submits the suite to two tasks of one core each and gives the numbers of teacher, students and report.
fn submit(store: &Path) -> [String; 3] {
    let mut command = fractionate();
    command.current_dir(checkout()).arg("submit").arg(suite_file()).args(["--slurm", "--json"]);
    command.args(["--tasks", "2", "--cpus", "1"]).arg("--out").arg(store).arg("--data").arg(data_folder());
    let submitted: Value = serde_json::from_str(&said(command.args(LONGER)).with_code(0).out).unwrap();
    [0, 1, 2].map(|job| submitted["jobs"][job]["id"].as_str().unwrap().to_owned())
}

/// Fails, naming the files, unless the store holds the numbers of the local one, which has so many files.
#[track_caller]
fn assert_equal_to_local(store: &Path, local: &Path) -> usize {
    let mut through_slurm = numbers(store);
    through_slurm.retain(|name, _| !name.starts_with("slurm/"));
    let local = numbers(local);
    let differing: Vec<&String> =
        local.keys().chain(through_slurm.keys()).filter(|n| local.get(*n) != through_slurm.get(*n)).collect();
    assert!(differing.is_empty(), "{differing:?} differ");
    local.len()
}

#[test]
#[ignore = "needs a Slurm: scripts/test-slurm starts one and runs this"]
fn a_suite_through_slurm_with_a_task_preempted_and_one_killed_equals_the_local_one() {
    let folder = tempfile::tempdir().unwrap();
    let (store, local) = (folder.path().join("store"), folder.path().join("local"));
    let [_, students, report] = submit(&store);
    let task = |number: u32| format!("{students}_{number}");
    let is = |id: &str, state: &str| field(id, "JobState") == state;
    let restarts = |id: &str| field(id, "Restarts").parse::<u32>().unwrap();

    // Another's more urgent job takes the core of one task while it trains; the task comes back by itself.
    wait_for("the first runs", &store, || run_folders(&store).len() > 8 && is(&task(2), "RUNNING"));
    let urgent = slurm("sbatch", &["--parsable", "--partition=urgent", "--output=/dev/null", "--wrap=sleep 3"]);
    wait_for("the preemption", &store, || restarts(&task(1)) + restarts(&task(2)) > 0);
    wait_for("the urgent job's end", &store, || is(urgent.trim(), "COMPLETED"));

    // The other's program dies at once, and its task is queued again, as after a node's failure.
    let other = if restarts(&task(1)) > 0 { task(2) } else { task(1) };
    assert!(!is(&report, "COMPLETED"), "there is a middle to disturb");
    slurm("scancel", &["--signal=KILL", &other]);
    wait_for("the end of the killed task", &store, || !is(&other, "RUNNING"));
    slurm("scontrol", &["requeue", &other]);

    wait_for("the report", &store, || is(&report, "COMPLETED"));
    assert!(is(&task(1), "COMPLETED") && is(&task(2), "COMPLETED"), "{}", slurm("squeue", &["--states=all"]));
    assert!(restarts(&task(1)) > 0 && restarts(&task(2)) > 0);

    let mut command = fractionate();
    command.arg("run").arg(suite_file()).args(LONGER).arg("--out").arg(&local).arg("--data").arg(data_folder());
    said(&mut command).with_code(0);
    let files = assert_equal_to_local(&store, &local);
    assert!(fs::read_dir(store.join("checkpoints")).map_or(true, |mut left| left.next().is_none()));
    let runs = run_folders(&store).len();
    println!(
        "{runs} runs through Slurm, one task preempted, one killed: the store equals the local one ({files} files)"
    );
}

#[test]
#[ignore = "needs a Slurm: scripts/test-slurm starts one and runs this"]
fn a_suite_through_slurm_whose_students_a_program_trains_equals_the_local_one() {
    let folder = tempfile::tempdir().unwrap();
    let (store, local) = (folder.path().join("store"), folder.path().join("local"));
    let suite = checkout().join("tests/suites/program.toml");
    // Long enough that a task can be disturbed.
    let more = ["--set", "student.options.end=slow", "--seeds", "0..6"];
    let mut command = fractionate();
    command
        .current_dir(checkout())
        .arg("submit")
        .arg(&suite)
        .args(["--slurm", "--json", "--tasks", "2", "--cpus", "1"]);
    let submitted: Value =
        serde_json::from_str(&said(command.arg("--out").arg(&store).args(more)).with_code(0).out).unwrap();
    let jobs = submitted["jobs"].as_array().unwrap();
    let id = |name: &str| {
        let job = jobs.iter().find(|job| job["name"] == name).unwrap_or_else(|| panic!("no {name} in {submitted}"));
        job["id"].as_str().unwrap().to_owned()
    };
    let (students, report) = (id("students"), id("report"));
    let task = format!("{students}_1");
    let is = |id: &str, state: &str| field(id, "JobState") == state;
    wait_for("the first runs", &store, || run_folders(&store).len() > 4 && is(&task, "RUNNING"));
    slurm("scancel", &["--signal=KILL", &task]);
    wait_for("the end of the killed task", &store, || !is(&task, "RUNNING"));
    slurm("scontrol", &["requeue", &task]);
    wait_for("the report", &store, || is(&report, "COMPLETED"));
    let mut command = fractionate();
    said(command.arg("run").arg(&suite).args(more).arg("--out").arg(&local)).with_code(0);
    let files = assert_equal_to_local(&store, &local);
    let runs = run_folders(&store).len();
    println!("{runs} runs of a program through Slurm, one task killed: the store equals the local one ({files} files)");
}
