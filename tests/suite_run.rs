//! A suite from nothing to its answer.

use std::collections::HashMap;
use std::fs;

use serde_json::Value;

use crate::small_suite::{RUNS, fractionate, numbers, run_folders, run_into, said, suite_file, undisturbed};

#[test]
fn a_suite_ends_with_the_table_the_decomposition_and_the_answer() {
    let run = &undisturbed().said;
    for words in ["small, tuned", "small, fixed", "teacher", "U+C+D+I+X+F", "Report: "] {
        assert!(run.out.contains(words), "no `{words}` in: {}", run.out);
    }
    let answers = run.out.lines().filter(|line| line.contains("distillation") && line.contains("points (")).count();
    assert_eq!(answers, 2, "one answer for each comparison: {}", run.out);
    assert!(run.err.contains(&format!("{RUNS} runs trained")), "{}", run.err);
    assert_eq!(run_folders(&undisturbed().store).len(), RUNS);
}

#[test]
fn the_report_is_there_with_every_file_that_its_index_names() {
    let report = undisturbed().store.join("report");
    let index = fs::read_to_string(report.join("files.txt")).unwrap();
    for name in index.lines() {
        assert!(fs::metadata(report.join(name)).is_ok_and(|file| file.len() > 0), "{name}");
    }
    for comparison in ["tuned", "fixed"] {
        for wanted in ["tables/_/decomposition.csv", "tables/_/arms.md", "figures/_/arms.svg", "figures/_/arms.png"] {
            let wanted = wanted.replace('_', comparison);
            assert!(index.lines().any(|name| name == wanted), "{wanted}");
        }
    }
}

#[test]
fn the_six_terms_add_up_to_the_total_at_every_seed() {
    for comparison in ["tuned", "fixed"] {
        let path = undisturbed().store.join(format!("report/tables/{comparison}/decomposition_by_seed.csv"));
        let csv = fs::read_to_string(path).unwrap();
        let mut lines = csv.lines();
        let head: Vec<&str> = lines.next().unwrap().split(',').collect();
        let mut seeds = Vec::new();
        for line in lines {
            let row: HashMap<&str, f64> =
                head.iter().copied().zip(line.split(',').map(|cell| cell.parse().unwrap())).collect();
            for (unit, tolerance) in [("examples", 0.0), ("points", 1e-9)] {
                let sum: f64 = ["U", "C", "D", "I", "X", "F"].iter().map(|term| row[&*format!("{term}_{unit}")]).sum();
                let total = row[&*format!("total_{unit}")];
                assert!((sum - total).abs() <= tolerance, "{comparison}: {line}");
            }
            seeds.push(row["seed"]);
        }
        assert_eq!(seeds, [0.0, 1.0, 2.0]);
    }
}

#[test]
fn a_choice_on_the_edge_of_the_grid_is_said_and_one_without_an_edge_is_not() {
    let sentence = "on the grid's edge";
    assert!(undisturbed().said.out.contains(sentence));
    let folder = tempfile::tempdir().unwrap();
    let single = ["--set", "tune.learning_rate=[0.05]", "--set", "tune.lambda=[0.9]", "--arms", "hard,teacher"];
    let run = said(run_into(&folder.path().join("store")).args(single)).with_code(0);
    assert!(!run.out.contains(sentence), "{}", run.out);
}

#[test]
fn diverged_students_are_marked_with_epoch_and_step_and_the_others_finish() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let mut command = run_into(&store);
    command.args(["--arms", "hard,teacher", "--seeds", "0..2", "--set", "training.learning_rate=1e20"]);
    let run = said(&mut command).with_code(1).with_words(&["error: 4 students diverged"]);
    assert!(run.out.contains("teacher at seed 1 (fixed) diverged at epoch 1, step "), "{}", run.out);
    assert!(run.out.contains("small, tuned"), "the tuned comparison has numbers: {}", run.out);

    // In the store: the fixed runs are marked, the tuned ones are those of a suite without mistakes.
    let (mine, undisturbed) = (numbers(&store), numbers(&undisturbed().store));
    let records = || mine.iter().filter(|(name, _)| name.starts_with("runs/") && name.ends_with("record.json"));
    let diverged = records().filter(|(_, record)| String::from_utf8_lossy(record).contains("\"diverged\"")).count();
    let same = records().filter(|(name, record)| undisturbed.get(*name) == Some(record)).count();
    assert_eq!((diverged, same), (4, records().count() - 4));

    let again = said(&mut command).with_code(1).with_words(&["nothing to train"]);
    assert_eq!(again.out, run.out, "the failure is said again");
    said(fractionate().arg("report").arg(&store)).with_code(1);
}

#[test]
fn a_grid_may_hold_a_setting_that_diverges_and_never_chooses_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let grid = ["--arms", "hard,teacher", "--set", "tune.learning_rate=[0.05, 1e20]"];
    said(run_into(&store).args(grid)).with_code(0);
    let choices = fs::read_to_string(store.join("report/tables/choices.csv")).unwrap();
    assert_eq!(choices.lines().filter(|line| line.contains("0.05")).count(), 2, "{choices}");
    said(fractionate().arg("report").arg(&store)).with_code(0);
}

#[test]
fn an_arm_that_diverges_at_every_setting_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let grid = ["--arms", "hard,teacher", "--seeds", "0", "--set", "tune.learning_rate=[1e19, 1e20]"];
    let run = said(run_into(&folder.path().join("store")).args(grid)).with_code(1);
    for arm in ["hard", "teacher"] {
        let sentence = format!("error: every setting of the arm `{arm}` diverged in tuning");
        assert!(run.err.contains(&sentence), "{}", run.err);
    }
    assert!(run.out.contains("small, fixed"), "the fixed comparison is made: {}", run.out);
}

#[test]
fn a_teacher_that_diverges_is_called_so_and_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let mut command = run_into(&store);
    command.args(["--set", "teacher.learning_rate=1e20"]);
    for _ in 0..2 {
        said(&mut command).with_code(1).with_words(&["error: the teacher diverged", "smaller learning_rate"]);
        assert_eq!(fs::read_dir(store.join("teacher")).unwrap().count(), 0);
    }
}

#[test]
fn a_suite_that_compares_at_fixed_settings_alone_plans_no_tuning() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let mut command = run_into(&store);
    command.args(["--arms", "hard,teacher", "--set", "compare=[\"fixed\"]"]);
    let run = said(&mut command).with_code(0).with_words(&["6 runs trained"]);
    assert!(!run.out.contains("not there"), "{}", run.out);
    assert_eq!(run_folders(&store).len(), 6);
}

#[test]
fn every_arm_with_every_option_trains_and_keeping_all_classes_gives_the_teachers_student() {
    let listed = said(fractionate().args(["arms", "--json"])).with_code(0);
    let listed: Vec<Value> = serde_json::from_str(&listed.out).unwrap();
    let mut arms = vec!["top-k(10)".to_owned()];
    for arm in &listed {
        let forms = arm["options"].as_array().unwrap().iter().map(|option| &option["example"]);
        arms.extend([&arm["arm"]].into_iter().chain(forms).map(|name| name.as_str().unwrap().to_owned()));
    }
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let mut command = run_into(&store);
    command.args(["--arms", &arms.join(","), "--seeds", "0", "--set", "compare=[\"fixed\"]"]);
    said(&mut command).with_code(0).with_words(&[&format!("{} runs trained", arms.len())]);
    let mut students = HashMap::new();
    for run in run_folders(&store) {
        let record: Value = serde_json::from_slice(&fs::read(run.join("record.json")).unwrap()).unwrap();
        let name = record["config"]["arm"].as_str().unwrap().to_owned();
        students.insert(name, fs::read(run.join("student.safetensors")).unwrap());
    }
    assert!(arms.iter().all(|arm| students.contains_key(arm)), "{:?}", students.keys());
    for arm in arms.iter().filter(|arm| *arm != "teacher") {
        assert_eq!(students[arm] == students["teacher"], arm == "top-k(10)", "{arm}");
    }
}

#[test]
fn the_data_are_found_beside_the_binary_from_any_folder() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = fractionate();
    command.current_dir(&folder).arg("run").arg(suite_file()).args(["--arms", "hard,uniform", "--seeds", "0"]);
    said(&mut command).with_code(0);
    let results = folder.path().join("results/small");
    assert!(results.join("report/report.md").is_file(), "results are named after the suite, in the folder at hand");
    assert!(!folder.path().join(".data").exists());
}
