//! Students that a program trains: one process a run, its folder, its result, its failures.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::interruption::{signal, wait_until};
use crate::program_schemas::{assert_cells_fit, schema, violations};
use crate::small_suite::{Said, checkout, fractionate, numbers, run_folders, said, suite_file, undisturbed};

/// Seven arms, two seeds.
const RUNS: usize = 14;

fn suite() -> PathBuf {
    checkout().join("tests/suites/program.toml")
}

/// `fractionate run` of the suite of the program into `out`, with other values of some keys.
fn run(out: &Path, set: &[&str]) -> Command {
    run_by(2, out, set)
}

fn run_by(jobs: usize, out: &Path, set: &[&str]) -> Command {
    let mut command = fractionate();
    command.arg("run").arg(suite()).arg("--out").arg(out).arg("--jobs").arg(jobs.to_string());
    command.args(set.iter().flat_map(|set| ["--set", set]));
    command
}

fn check(set: &[&str]) -> Said {
    let mut command = fractionate();
    command.arg("check-program").arg(suite()).arg("--json");
    command.args(set.iter().flat_map(|set| ["--set", set]));
    said(&mut command)
}

/// Fails, naming the files, unless both stores hold the same numbers.
#[track_caller]
fn assert_equal(store: &Path, other: &Path) {
    let (left, right) = (numbers(store), numbers(other));
    let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let differing: Vec<_> = names.into_iter().filter(|name| left.get(*name) != right.get(*name)).collect();
    assert!(differing.is_empty(), "{differing:?} differ");
}

/// How often each cell was started.
fn started(count: &Path) -> Vec<String> {
    fs::read_to_string(count).unwrap_or_default().lines().map(str::to_owned).collect()
}

#[test]
fn a_programs_runs_are_runs_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let first = said(&mut run(&store, &["diagnostics={}"])).with_code(0);
    assert!(first.out.contains("trained by the program \"python3 ../programs/train.py\""), "{}", first.out);
    assert_eq!(run_folders(&store).len(), RUNS);
    assert!(!store.join("cells").exists(), "nothing is left of the cells");
    let diagnostics = fs::read_to_string(store.join("report/tables/fixed/fidelity.csv")).unwrap();
    assert!(diagnostics.contains("agreement") && diagnostics.lines().count() > 7, "{diagnostics}");
    let again = said(&mut run(&store, &["diagnostics={}"])).with_code(0);
    assert!(again.err.contains("all 14 runs were there already"), "{}", again.err);
    said(fractionate().arg("verify").arg(&store)).with_code(0);
    // Alone, in another order, elsewhere: the same numbers.
    let alone = folder.path().join("alone");
    said(&mut run_by(1, &alone, &["diagnostics={}"])).with_code(0);
    assert_equal(&store, &alone);
    let status = said(fractionate().arg("status").arg(&store)).with_code(0);
    assert!(status.out.contains("done        14"), "{}", status.out);
}

#[test]
fn a_cell_that_a_killed_process_left_after_its_run_was_there_goes() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    said(&mut run(&store, &[])).with_code(0);
    let id = run_folders(&store)[0].file_name().unwrap().to_owned();
    let cell = store.join("cells").join(id);
    fs::create_dir_all(cell.join("resume")).unwrap();
    fs::write(cell.join("resume/state.bin"), "half").unwrap();
    fs::create_dir_all(store.join("cells/shared")).unwrap();
    fs::write(store.join("cells/shared/0123456789abcdef.npy"), "shared").unwrap();
    said(&mut run(&store, &[])).with_code(0);
    assert!(!store.join("cells").exists());
}

#[test]
fn a_programs_arms_are_tuned_each_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let set = ["tune.learning_rate=[0.05,0.2]", "tune.seeds=\"100..102\"", "arms=[\"hard\",\"teacher\"]"];
    let said = said(&mut run(&store, &set)).with_code(0);
    assert!(said.out.contains("program, tuned"), "{}", said.out);
    let record =
        |run: &PathBuf| -> Value { serde_json::from_slice(&fs::read(run.join("record.json")).unwrap()).unwrap() };
    let tuning =
        run_folders(&store).iter().map(record).filter(|run| run["config"]["seed"].as_u64() >= Some(100)).count();
    assert_eq!(tuning, 8, "two arms, two rates, two seeds");
}

#[test]
fn what_a_program_finds_in_its_folder_is_what_the_schema_says() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let set = ["student.options.end=none", "student.options.width=3", "arms=[\"hard\",\"teacher\"]", "seeds=[0]"];
    said(&mut run(&store, &set)).with_code(1);
    assert_eq!(assert_cells_fit(&store), 2);
    let mut kinds = BTreeSet::new();
    for cell in fs::read_dir(store.join("cells")).unwrap().map(|entry| entry.unwrap().path()) {
        let Ok(bytes) = fs::read(cell.join("cell.json")) else { continue };
        let cell_file: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(cell_file["options"]["width"], 3);
        assert_eq!(cell_file["learning_rate"], 0.1);
        assert_eq!(cell_file["batch_size"], Value::Null, "the suite names none");
        assert_eq!(cell_file["expected"], serde_json::json!({ "validation": 40, "test": 50 }));
        for (_, file) in cell_file["arrays"].as_object().unwrap() {
            assert!(cell.join(file.as_str().unwrap()).is_file());
        }
        kinds.insert(cell_file["objective"]["kind"].as_str().unwrap().to_owned());
    }
    assert_eq!(kinds, BTreeSet::from(["hard".to_owned(), "soft".to_owned()]));
}

#[test]
fn what_a_program_does_wrong_at_its_end_is_one_sentence_and_its_cell_stays() {
    let folder = tempfile::tempdir().unwrap();
    for (end, words) in [
        ("none", &["ended well and wrote no result.json", "log.txt is empty"][..]),
        ("exit-3", &["failed with exit code 3", "It went wrong: no such layer"]),
        ("nan", &["validation_logits.npy holds NaN in row 1, column 0", "diverged"]),
        ("short", &["validation_logits.npy has the shape [39, 4]", "[40, 4] is wanted"]),
        ("half", &["test_logits.npy", "bytes of numbers where its shape"]),
        ("huge", &["validation_logits.npy has 1099511627776 bytes", "at most"]),
        ("other-cell", &["result.json is of the cell \"0000000000000000\""]),
        ("killed", &["was killed by signal 9"]),
    ] {
        let store = folder.path().join(end);
        let set = [&format!("student.options.end={end:?}"), "arms=[\"hard\"]", "seeds=[0]"];
        let mut command = run(&store, &set);
        said(command.args(["--retries", "0"])).with_code(1).with_words(words).with_words(&["1 run could not be made"]);
        assert!(run_folders(&store).is_empty());
        assert_eq!(fs::read_dir(store.join("cells")).unwrap().count(), 2, "{end}: the cell, and what cells share");
        said(fractionate().arg("status").arg(&store)).with_code(1);
    }
}

#[test]
fn a_run_that_fails_stops_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let set = ["arms=[\"hard\",\"teacher\"]", "sweep.student.options.end=[\"fine\",\"exit-3\"]"];
    said(&mut run(&store, &set)).with_code(1).with_words(&["4 runs could not be made"]);
    assert_eq!(run_folders(&store).len(), 4, "those of the other configuration are there");
}

#[test]
fn a_command_that_cannot_be_started_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("train.sh");
    fs::write(&script, "echo").unwrap();
    for (command, words) in [
        ("[\"no-such-program\",\"x\"]".to_owned(), "`no-such-program` is in no folder of PATH"),
        ("[\"./nowhere\"]".to_owned(), "./nowhere is not there"),
        (format!("[{:?}]", script.display().to_string()), "may not be executed (chmod +x)"),
    ] {
        let set = [&format!("student.command={command}")[..], "arms=[\"hard\"]", "seeds=[0]"];
        said(&mut run(&folder.path().join("store"), &set)).with_code(1).with_words(&[words]);
    }
    let set = ["student.files=[\"nowhere.py\"]", "student.timeout=soon", "student.gpus_per_run=100", "student.modle=3"];
    let wrong = said(&mut run(&folder.path().join("none"), &set)).with_code(2);
    for words in
        ["nowhere.py is not there", "`student.timeout` is no time", "from 0 to 64", "unknown key `student.modle`"]
    {
        assert!(wrong.err.contains(words), "no `{words}` in {}", wrong.err);
    }
    assert!(!folder.path().join("none").exists());
    let everything = said(&mut run(&folder.path().join("none"), &["student.files=[\"/usr\"]"])).with_code(2);
    assert!(everything.err.contains("name its own code alone"), "{}", everything.err);
}

#[test]
fn a_program_that_asks_for_time_is_started_again_and_finds_what_it_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (store, count) = (folder.path().join("store"), folder.path().join("count"));
    let set = [
        "student.options.end=later",
        &format!("student.options.count={:?}", count.display().to_string()),
        "arms=[\"hard\",\"teacher\"]",
        "seeds=[0]",
    ];
    said(&mut run(&store, &set)).with_code(0);
    assert_eq!(started(&count).len(), 4, "two runs, each in two attempts");
}

#[test]
fn a_program_that_takes_too_long_is_ended_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let set = ["student.options.end=sleep", "student.timeout=1s", "arms=[\"hard\"]", "seeds=[0]"];
    let started = Instant::now();
    said(&mut run(&store, &set)).with_code(1).with_words(&["took longer than its timeout of 1 s"]);
    assert!(started.elapsed() < Duration::from_secs(20));
    assert!(!is_working_in(&store));
}

#[test]
fn a_log_without_end_fills_no_disk() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let set = ["student.options.end=chatter", "arms=[\"hard\"]", "seeds=[0]"];
    said(&mut run(&store, &set)).with_code(0);
}

#[test]
fn ctrl_c_ends_the_programs_and_the_same_command_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (store, count) = (folder.path().join("store"), folder.path().join("count"));
    let set = ["student.options.end=slow", &format!("student.options.count={:?}", count.display().to_string())];
    let mut child = run(&store, &set).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    wait_until("some runs are made", || run_folders(&store).len() >= 3);
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(!is_working_in(&store));
    let made = run_folders(&store).len();
    assert!((3..RUNS).contains(&made));
    said(&mut run(&store, &set)).with_code(0);
    assert_eq!(run_folders(&store).len(), RUNS);
    let started = started(&count);
    let twice = started.len() - started.iter().collect::<BTreeSet<_>>().len();
    assert!(twice <= 2, "only what was in the making is started again: {started:?}");
}

#[test]
fn a_killed_process_leaves_a_program_behind_that_the_next_one_ends() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let set = ["student.options.end=sleep", "arms=[\"hard\"]", "seeds=[0]"];
    let mut child = run(&store, &set).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    wait_until("the program works", || is_working_in(&store));
    signal(&child, "KILL");
    child.wait().unwrap();
    assert!(is_working_in(&store), "it goes on");
    let mut timed = run(&store, &[&set[..], &["student.timeout=1s"]].concat());
    said(&mut timed).with_code(1).with_words(&["timeout"]);
    assert!(!is_working_in(&store));
}

/// Whether a process works in a cell of the store.
fn is_working_in(store: &Path) -> bool {
    !programs_of(store).is_empty()
}

#[test]
fn changed_code_makes_new_runs_and_the_old_ones_are_said_to_be_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let (store, own) = (folder.path().join("store"), folder.path().join("suite"));
    fs::create_dir(&own).unwrap();
    let script = fs::read_to_string(checkout().join("tests/programs/train.py")).unwrap();
    fs::write(own.join("train.py"), &script).unwrap();
    fs::copy(checkout().join("tests/programs/npy.py"), own.join("npy.py")).unwrap();
    let text = fs::read_to_string(suite()).unwrap().replace("../programs/train.py", "train.py");
    fs::write(own.join("suite.toml"), text).unwrap();
    let run = || {
        let mut command = fractionate();
        // Named without its folder.
        command.current_dir(&own).args(["run", "suite.toml", "--arms", "hard", "--out"]).arg(&store);
        said(&mut command).with_code(0)
    };
    run();
    assert_eq!(run_folders(&store).len(), 2);
    fs::write(own.join("train.py"), script + "\n# another line\n").unwrap();
    let again = run();
    assert!(again.err.contains("2 runs of these arms and seeds at other settings"), "{}", again.err);
    assert_eq!(run_folders(&store).len(), 4);
}

#[test]
fn check_program_finds_and_names_what_is_wrong() {
    let right: Value = serde_json::from_str(&check(&[]).with_code(0).out).unwrap();
    let verdicts = |found: &Value, verdict: &str| -> Vec<String> {
        let findings = found["findings"].as_array().unwrap().iter();
        findings.filter(|f| f["verdict"] == verdict).map(|f| f["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(verdicts(&right, "wrong"), [""; 0]);
    assert_eq!(verdicts(&right, "unsure"), [""; 0]);
    for (mistake, name) in [
        ("seed", "seed"),
        ("validation", "validation"),
        ("targets", "targets"),
        ("rows", "rows"),
        ("learning-rate", "learning rate"),
        ("temperature", "temperature"),
        ("order", "order"),
    ] {
        let said = check(&[&format!("student.options.mistake={mistake}")]).with_code(1);
        let found: Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(verdicts(&found, "wrong")[0], name, "{mistake}: {}", said.out);
    }
    let failed = check(&["student.options.end=exit-3"]).with_code(1);
    assert!(failed.err.contains("failed with exit code 3"), "{}", failed.err);
}

/// The processes that work in a cell of the store, programs and what they started.
fn programs_of(store: &Path) -> Vec<String> {
    let wanted = format!("FRACTIONATE_CELL={}", store.display());
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let works = |path: PathBuf| {
        let environment = fs::read(path.join("environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).split('\0').any(|variable| variable.starts_with(&wanted))
    };
    entries.filter(|entry| works(entry.path())).map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn provenances(store: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    run_folders(store).into_iter().map(|run| (run.clone(), fs::read(run.join("provenance.json")).unwrap())).collect()
}

#[test]
fn programs_and_their_parent_are_killed_again_and_again_and_nothing_is_lost_or_made_twice() {
    let kills = std::env::var("FRACTIONATE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(6);
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("undisturbed");
    let set = ["student.options.end=slow"];
    said(&mut run(&whole, &set)).with_code(0);
    let (mut struck, mut stores, mut lost, mut programs_struck) = (0, 0, 0, 0);
    let mut draw: u64 = std::env::var("FRACTIONATE_KILLS_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let mut below = |n: u64| {
        draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (draw >> 33) % n
    };
    while struck < kills {
        let store = folder.path().join(format!("store-{stores}"));
        let mut seen: Vec<(PathBuf, Vec<u8>)> = Vec::new();
        while struck < kills {
            let start = || run(&store, &set).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
            // Now and then two processes share the store.
            let mut children = vec![start()];
            if below(3) == 0 {
                children.push(start());
            }
            std::thread::sleep(Duration::from_millis(300 + below(1200)));
            if children[0].try_wait().unwrap().is_some() {
                for child in &mut children {
                    child.wait().unwrap();
                }
                break;
            }
            struck += 1;
            if below(2) == 0 {
                // A program alone: it is started again.
                let working = programs_of(&store);
                if !working.is_empty() {
                    let victim = &working[below(working.len() as u64) as usize];
                    let _ = Command::new("kill").args(["-KILL", victim]).stderr(Stdio::null()).status();
                    programs_struck += 1;
                    std::thread::sleep(Duration::from_millis(200));
                }
            }
            for child in &mut children {
                let _ = child.kill();
                child.wait().unwrap();
            }
            for (run, bytes) in provenances(&store) {
                if !seen.iter().any(|(known, _)| *known == run) {
                    seen.push((run, bytes));
                }
            }
        }
        stores += 1;
        said(&mut run(&store, &set)).with_code(0);
        let after = provenances(&store);
        lost += seen.iter().filter(|known| !after.contains(known)).count();
        assert_equal(&store, &whole);
        assert!(!is_working_in(&store) && !store.join("cells").exists());
        fs::remove_dir_all(&store).unwrap();
    }
    println!(
        "kills {struck} ({programs_struck} of programs too), stores {stores} of {RUNS} runs each, lost or made twice {lost}"
    );
    assert_eq!(lost, 0);
}

/// `fractionate next` of the suite with an empty command.
fn next_cell(store: &Path, more: &[&str]) -> Value {
    let mut command = fractionate();
    command.arg("next").arg(suite()).arg("--out").arg(store).arg("--json");
    command.args(["--set", "student.command=[]", "--arms", "hard,teacher", "--seeds", "0..1"]).args(more);
    serde_json::from_str(&said(&mut command).with_code(0).out).unwrap()
}

/// Trains a cell as its owner would.
fn train(cell: &str) {
    let script = checkout().join("tests/programs/train.py");
    let ended = Command::new("python3").arg(script).env("FRACTIONATE_CELL", cell).status().unwrap();
    assert!(ended.success());
}

#[test]
fn cells_are_given_out_one_by_one_and_finished_by_whoever_has_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let finish = |cell: &str| said(fractionate().arg("finish").arg(cell));
    let first = next_cell(&store, &[]);
    let cell = first["cell"].as_str().unwrap();
    assert_eq!(first["cell_file"]["arm"], "hard");
    finish(cell).with_code(1).with_words(&["has no result.json yet"]);
    let second = next_cell(&store, &[]);
    assert_ne!(second["cell"], first["cell"], "a cell is given out once");
    assert_eq!(next_cell(&store, &[]), serde_json::json!({ "cell": null, "done": false, "out": 2 }));
    train(cell);
    finish(cell).with_code(0);
    assert!(!Path::new(cell).exists() && run_folders(&store).len() == 1);
    // The other one's time is over: it is given out again, and a wrong result is named.
    let other = second["cell"].as_str().unwrap();
    fs::write(Path::new(other).join("lease.json"), "{\"until\": 1}").unwrap();
    assert_eq!(next_cell(&store, &[])["cell"], second["cell"]);
    fs::write(Path::new(other).join("result.json"), "{\"format\": 1, \"cell\": \"0123456789abcdef\"}").unwrap();
    finish(other).with_code(1).with_words(&["cannot be taken in", "is of the cell"]);
    train(other);
    finish(other).with_code(0);
    assert_eq!(next_cell(&store, &[])["done"], true);
    let report = said(fractionate().arg("report").arg(&store)).with_code(0);
    assert!(report.out.contains("teacher"), "{}", report.out);
    let mut run = fractionate();
    run.arg("run").arg(suite()).args(["--set", "student.command=[]", "--out"]).arg(&store);
    said(&mut run).with_code(2).with_words(&["`fractionate next` gives its runs"]);
    said(fractionate().arg("finish").arg(folder.path())).with_code(2).with_words(&["is no cell"]);
}

#[test]
fn a_teacher_may_be_a_program_too_and_there_may_be_several() {
    let folder = tempfile::tempdir().unwrap();
    let teacher = |more: &str| {
        format!("teacher={{ from = \"program\", command = [\"python3\", \"../programs/teacher.py\"], {more} }}")
    };
    let store = folder.path().join("store");
    let first = said(&mut run(&store, &[&teacher("seeds = \"0..2\""), "arms=[\"hard\",\"teacher\"]"])).with_code(0);
    assert!(first.out.contains("Teachers: 2 trained alike, each made by the program"), "{}", first.out);
    assert_eq!(run_folders(&store).len(), 2 + 2 * 2, "hard labels once, the teacher's arm under each");
    assert!(!store.join("cells").exists());
    said(fractionate().arg("verify").arg(&store)).with_code(0);
    let again = said(&mut run(&store, &[&teacher("seeds = \"0..2\""), "arms=[\"hard\",\"teacher\"]"])).with_code(0);
    assert!(again.err.contains("all 6 runs were there already"), "{}", again.err);
    for (end, words) in [
        ("exit-1", &["failed with exit code 1", "no such network"][..]),
        ("short", &["training_logits.npy has the shape [59, 4]", "[60, 4] is wanted"]),
    ] {
        let store = folder.path().join(end);
        let set = [&teacher(&format!("options = {{ end = {end:?} }}"))[..], "arms=[\"hard\",\"teacher\"]"];
        said(&mut run(&store, &set)).with_code(1).with_words(words);
        let cell = fs::read_dir(store.join("cells")).unwrap().map(|entry| entry.unwrap().path());
        let cell = cell.into_iter().find(|path| path.join("cell.json").is_file()).unwrap();
        let file: Value = serde_json::from_slice(&fs::read(cell.join("cell.json")).unwrap()).unwrap();
        assert_eq!(violations(&schema("teacher_cell"), &file, "cell"), [""; 0]);
    }
}

#[test]
fn arms_are_paired_by_seed_only_where_the_program_says_what_its_runs_start_from() {
    let folder = tempfile::tempdir().unwrap();
    let report = |name: &str, set: &[&str]| -> Value {
        let store = folder.path().join(name);
        said(&mut run(&store, set)).with_code(0);
        let json = said(fractionate().arg("report").arg(&store).arg("--json")).with_code(0);
        serde_json::from_str(&json.out).unwrap()
    };
    let unpaired_note = |report: &Value| report["comparisons"][0]["notes"].to_string().contains("independent samples");
    let paired = report("paired", &["seeds=\"0..4\""]);
    assert!(!unpaired_note(&paired) && paired["comparisons"][0]["differences"][5]["tests"].is_object());
    let silent = report("silent", &["seeds=\"0..4\"", "student.options.order=false"]);
    assert!(unpaired_note(&silent) && silent["comparisons"][0]["differences"][5]["tests"].is_null());
    // The same means; Welch's interval of the same values.
    let gain = |report: &Value| report["comparisons"][0]["differences"][5]["gain"].clone();
    let (one, other) = (gain(&paired), gain(&silent));
    assert!((one["mean"].as_f64().unwrap() - other["mean"].as_f64().unwrap()).abs() < 1e-9);
    let values = |arm: &str| -> Vec<f64> {
        let csv = fs::read_to_string(folder.path().join("silent/report/tables/runs.csv")).unwrap();
        let head: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
        let column = |name: &str| head.iter().position(|found| *found == name).unwrap();
        let (own, accuracy) = (column("arm"), column("test_accuracy"));
        let rows = csv.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
        rows.filter(|row| row[own] == arm).map(|row| 100.0 * row[accuracy].parse::<f64>().unwrap()).collect()
    };
    let variance_of_mean = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        squares / (values.len() - 1) as f64 / values.len() as f64
    };
    let (a, b) = (variance_of_mean(&values("teacher")), variance_of_mean(&values("hard")));
    let degrees = (a + b).powi(2) / (a * a / 3.0 + b * b / 3.0);
    assert!((other["degrees"].as_f64().unwrap() - degrees).abs() < 1e-6, "{other} {degrees}");
}

#[test]
fn what_a_seed_starts_from_has_the_hashes_of_its_runs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("0.safetensors");
    said(fractionate().arg("initial").arg(suite_file()).args(["--seed", "0", "--out"]).arg(&file)).with_code(0);
    let bytes = fs::read(&file).unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
    let known = &header["__metadata__"];
    assert_eq!(header["layers.0.weight"]["shape"], serde_json::json!([16, 784]), "as PyTorch's Linear has it");
    assert_eq!(header["batch_order"]["shape"], serde_json::json!([3, 300]));
    let mut runs = 0;
    for run in run_folders(&undisturbed().store) {
        let record: Value = serde_json::from_slice(&fs::read(run.join("record.json")).unwrap()).unwrap();
        if record["config"]["seed"] == 0 {
            assert_eq!(record["initial_weights"], known["initial_weights"]);
            assert_eq!(record["batch_order"], known["batch_order"]);
            runs += 1;
        }
    }
    assert!(runs >= 8);
    let program = said(fractionate().arg("initial").arg(suite()).args(["--seed", "0", "--out"]).arg(&file));
    program.with_code(2).with_words(&["a program trains its students"]);
}
