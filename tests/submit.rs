//! A suite into a cluster's queue: the scripts, what is wrong with a submission, and what Slurm is told.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::small_suite::{RUNS, copy_of_undisturbed, data_folder, fractionate, said, suite_file};

const TABLE: &str = "
[slurm]
partition = \"gpu\"
account = \"a lab\"
gpus = \"a100:1\"
time = \"1-2:30\"
cpus = 4
tasks = 3
setup = [\"module load cuda\"]
options = { mem = \"16G\", nice = 100, exclusive = true, overcommit = false }
";

/// The small suite with further text, in a folder of its own.
fn suite_with(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let suite = folder.path().join("mine.toml");
    fs::write(&suite, fs::read_to_string(suite_file()).unwrap() + text).unwrap();
    (folder, suite)
}

fn submit_in(folder: &Path) -> Command {
    let mut command = fractionate();
    command.current_dir(folder).args(["submit", "mine.toml", "--slurm"]);
    command
}

/// The scripts, without this machine's folders.
fn scripts(command: &mut Command, folder: &Path) -> String {
    let said = said(command).with_code(0);
    let here = folder.canonicalize().unwrap();
    let scripts = said.out.replace(env!("CARGO_BIN_EXE_fractionate"), "/bin/fractionate");
    scripts.replace(here.to_str().unwrap(), "/home/me/work")
}

#[test]
fn a_dry_run_prints_the_three_scripts_and_writes_nothing() {
    let (folder, _) = suite_with(TABLE);
    let printed = scripts(submit_in(folder.path()).arg("--dry-run"), folder.path());
    insta::assert_snapshot!("scripts", printed);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "only the suite's file");
}

#[test]
fn flags_go_before_the_table_and_the_users_words_reach_the_jobs_as_they_were() {
    let (folder, _) = suite_with(TABLE);
    let mut command = submit_in(folder.path());
    command.args(["--dry-run", "--partition", "fast", "--time", "90", "--tasks", "2", "--cpus", "2"]);
    command.args([
        "--option",
        "qos=low",
        "--option",
        "mem=8G",
        "--option",
        "hold",
        "--device",
        "cpu",
        "--jobs",
        "2",
        "--strategy",
        "separate",
    ]);
    command.args(["--seeds", "0,1", "--arms", "hard, teacher", "--set", "tune.lambda=[0.9]"]);
    command.args(["--out", "it's here", "--data", "/data sets"]);
    insta::assert_snapshot!("scripts_by_flags", scripts(&mut command, folder.path()));
}

#[test]
fn a_suite_without_a_teacher_has_no_job_for_one() {
    let (folder, _) = suite_with("");
    let mut command = submit_in(folder.path());
    command.args(["--dry-run", "--arms", "hard,label-smoothing(0.9)", "--set", "compare=[\"fixed\"]", "--tasks", "2"]);
    let printed = scripts(&mut command, folder.path());
    assert!(!printed.contains("teacher"), "{printed}");
    assert!(printed.contains("# sbatch students.sbatch\n"), "{printed}");
    assert!(printed.contains("# sbatch --dependency=afterany:<students> report.sbatch\n"), "{printed}");
}

#[test]
fn all_that_is_wrong_with_the_table_is_said_at_once_and_where_by_every_command() {
    let wrong = "
[slurm]
partiton = \"gpu\"
account = \"two\\nlines\"
gpus = 1.5
time = \"2h\"
tasks = 0
cohorts_per_task = 4
cpus = -1
setup = [\"module load cuda\", 7]
options = { mem = [1], time = \"1:00\", array = \"1-9\", dependency = \"after:1\", N = 1 }
";
    let (folder, _) = suite_with(wrong);
    let problems = said(submit_in(folder.path()).arg("--dry-run")).with_code(2).err;
    insta::assert_snapshot!("wrong_table", problems);
    let run = said(fractionate().current_dir(&folder).args(["run", "mine.toml"])).with_code(2);
    assert_eq!(run.err, problems);
    let neither = said(fractionate().current_dir(&folder).args(["plan", "mine.toml", "--set", "slurm=3"])).with_code(2);
    neither.with_words(&["--set slurm=3: `slurm` must be a table, not 3"]);
}

#[test]
fn wrong_flags_are_named_as_they_were_typed() {
    let (folder, _) = suite_with("\n[slurm]\ncohorts_per_task = 2\n");
    let mut command = submit_in(folder.path());
    command.args(["--tasks", "many", "--time", "1:2:3:4", "--cpus", "0", "--gpus", "", "--option", "wrap=rm"]);
    let words = [
        "--tasks many: `slurm.tasks` must be a whole number",
        "--time 1:2:3:4: `slurm.time` is not a time limit",
        "--cpus 0: `slurm.cpus` must be from 1 to 1024, not 0",
        "--gpus : `slurm.gpus` cannot be \"\"",
        "--option wrap=rm: `wrap` cannot be given in `slurm.options`",
    ];
    said(&mut command).with_code(2).with_words(&words);
    let both = said(submit_in(folder.path()).args(["--tasks", "2"])).with_code(2);
    both.with_words(&["`slurm.tasks` and `slurm.cohorts_per_task` are both given", "leave one of the two out"]);
    said(submit_in(folder.path()).args(["--device", "gpu"])).with_code(2).with_one_sentence(&["'gpu' is not a device"]);
}

#[test]
fn the_table_changes_no_run() {
    let ids = |text: &str| {
        let (folder, _) = suite_with(text);
        let plan = said(fractionate().current_dir(&folder).args(["plan", "mine.toml", "--json"])).with_code(0);
        let plan: Value = serde_json::from_str(&plan.out).unwrap();
        let runs = plan["runs"].as_array().unwrap().iter().map(|run| run["id"].as_str().unwrap().to_owned());
        runs.collect::<Vec<_>>()
    };
    let without = ids("");
    assert!(without.len() > 50);
    assert_eq!(ids(TABLE), without);
}

/// Puts a program of this name into a folder.
fn program(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// `submit` where `sbatch` is this text, and `scancel` writes down what it is told.
fn submit_to(folder: &Path, sbatch: &str) -> Command {
    let bin = folder.join("bin");
    fs::create_dir_all(&bin).unwrap();
    program(&bin, "sbatch", &format!("echo \"sbatch $*\" >>told\n{sbatch}"));
    program(&bin, "scancel", "echo \"scancel $*\" >>told");
    let mut command = submit_in(folder);
    command.env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
    command
}

const NUMBERS: &str = "echo \"1$(grep -c sbatch told);the-cluster\"";

#[test]
fn each_job_waits_for_the_one_before_and_the_user_learns_how_to_follow_them() {
    let (folder, _) = suite_with(TABLE);
    let submitted = said(&mut submit_to(folder.path(), NUMBERS)).with_code(0);
    let told = fs::read_to_string(folder.path().join("told")).unwrap();
    insta::assert_snapshot!(told, @r"
    sbatch --parsable results/small/slurm/teacher.sbatch
    sbatch --parsable --dependency=afterok:11 --kill-on-invalid-dep=yes results/small/slurm/students.sbatch
    sbatch --parsable --dependency=afterany:12 results/small/slurm/report.sbatch
    ");
    for words in ["teacher   job 11", "squeue --jobs 11,12,13", "fractionate status results/small", "scancel 11 12 13"]
    {
        assert!(submitted.out.contains(words), "{}", submitted.out);
    }
    let printed = said(submit_in(folder.path()).arg("--dry-run")).with_code(0).out;
    for job in ["teacher", "students", "report"] {
        let script = fs::read_to_string(folder.path().join(format!("results/small/slurm/{job}.sbatch"))).unwrap();
        assert!(printed.contains(&script), "{job}: what was printed is what is submitted");
        let syntax = Command::new("bash").args(["-n", "-c", &script]).status().unwrap();
        assert!(syntax.success());
    }
    let json = said(submit_to(folder.path(), NUMBERS).arg("--json")).with_code(0);
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&json["jobs"][2]["name"], &json["jobs"][2]["id"]), (&"report".into(), &"16".into()));
    assert_eq!((&json["tasks"], &json["runs"], &json["task_minutes"]), (&3.into(), &RUNS.into(), &1590.into()));
}

#[test]
fn a_refusal_is_passed_on_and_takes_the_earlier_jobs_back() {
    let (folder, _) = suite_with("");
    let refuse = "case $* in *students*) echo 'sbatch: error: invalid partition' >&2; exit 1 ;; esac; echo 7";
    let words =
        ["the job `students`", "`sbatch` refused it: sbatch: error: invalid partition", "nothing was submitted"];
    said(&mut submit_to(folder.path(), refuse)).with_code(1).with_one_sentence(&words);
    assert!(fs::read_to_string(folder.path().join("told")).unwrap().ends_with("scancel 7\n"));

    let mut command = submit_in(folder.path());
    said(command.env("PATH", folder.path())).with_code(1).with_one_sentence(&["no `sbatch` here", "--dry-run"]);
}

#[test]
fn what_is_done_is_not_submitted_again() {
    let (_kept, store) = copy_of_undisturbed();
    let (folder, _) = suite_with("");
    let mut command = submit_to(folder.path(), NUMBERS);
    said(command.arg("--out").arg(&store)).with_code(0).with_words(&["nothing to submit"]);
    assert!(!folder.path().join("told").exists());
    assert!(!store.join("slurm").exists());
}

#[test]
fn the_teacher_can_be_made_alone_and_the_report_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let on_store = |further: &[&str]| {
        let mut command = fractionate();
        command.arg("run").arg(suite_file()).arg("--out").arg(&store).arg("--data").arg(data_folder());
        said(command.args(["--arms", "hard,teacher", "--seeds", "0", "--set", "compare=[\"fixed\"]"]).args(further))
            .with_code(0)
    };
    on_store(&["--teacher-only"]).with_words(&["the teacher is there"]);
    let entries = |name: &str| fs::read_dir(store.join(name)).unwrap().count();
    assert_eq!((entries("teacher"), entries("runs")), (1, 0));
    let students = on_store(&["--no-report"]).with_words(&["2 runs trained"]);
    assert!(students.out.is_empty(), "{}", students.out);
    assert!(!store.join("report").exists());
    assert_eq!((entries("teacher"), entries("runs")), (1, 2));
}
