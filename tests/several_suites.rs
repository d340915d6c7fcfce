//! Results compared: two suites, two runs, several machines' results of one suite, and tables for other tools.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::small_suite::{
    all_files, assert_same_numbers, change_document, compared_run, copy_of_undisturbed, fractionate, run_folders,
    run_into, said, undisturbed,
};

fn json(command: &mut Command) -> Value {
    let run = said(command.arg("--json")).with_code(0);
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}", run.out))
}

fn compare(first: &Path, other: &Path) -> Command {
    let mut command = fractionate();
    command.arg("compare").arg(first).arg(other);
    command
}

fn merge(stores: &[&Path], out: &Path) -> Command {
    let mut command = fractionate();
    command.arg("merge").args(stores).arg("--out").arg(out);
    command
}

/// Two arms of the small suite in the fixed comparison, which take a moment.
fn two_arms(out: &Path, more: &[&str]) -> PathBuf {
    let few = ["--arms", "hard,teacher", "--set", "compare=[\"fixed\"]", "--quiet"];
    said(run_into(out).args(few).args(more)).with_code(0);
    out.to_owned()
}

#[test]
fn two_versions_of_a_suite_are_paired_and_what_differs_in_them_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let other = two_arms(&folder.path().join("other"), &["--set", "training.momentum=0.8"]);
    let found = json(&mut compare(&undisturbed().store, &other));
    let found = &found[0];
    let fixed = &found["configurations"].as_array().unwrap()[0];
    assert_eq!(fixed["comparison"], "fixed");
    let arms = fixed["arms"].as_array().unwrap();
    assert_eq!(arms.iter().map(|row| row["arm"].as_str().unwrap()).collect::<Vec<_>>(), ["hard", "teacher"]);
    for row in arms {
        assert_eq!((&row["how"], row["seeds"].as_array().unwrap().len()), (&"paired".into(), 3));
        let difference = row["other"]["mean"].as_f64().unwrap() - row["first"]["mean"].as_f64().unwrap();
        assert!((row["difference"].as_f64().unwrap() - difference).abs() < 1e-9);
    }
    let keys: Vec<&str> =
        found["configuration"].as_array().unwrap().iter().map(|row| row["key"].as_str().unwrap()).collect();
    assert!(keys.contains(&"training.momentum"), "{keys:?}");
    assert!(keys.iter().all(|key| key.starts_with("choice.") || *key == "training.momentum"), "{keys:?}");
    let shown = said(&mut compare(&undisturbed().store, &other)).with_code(0).out;
    for words in
        ["## fixed: test accuracy", "paired by seed, 3 seeds", "training.momentum", "Only the first has finished"]
    {
        assert!(shown.contains(words), "no `{words}` in: {shown}");
    }
}

#[test]
fn a_folder_that_is_no_store_cannot_be_compared_merged_or_exported() {
    let folder = tempfile::tempdir().unwrap();
    let store = &undisturbed().store;
    let out = folder.path().join("out");
    for mut command in [compare(store, folder.path()), merge(&[store, folder.path()], &out)] {
        said(&mut command).with_code(2).with_one_sentence(&["is not a suite's results", "the folder is empty"]);
    }
    said(fractionate().arg("export").arg(folder.path())).with_code(2).with_one_sentence(&["the folder is empty"]);
    said(fractionate().arg("export").arg(store).args(["--out", "runs.xlsx"]))
        .with_code(2)
        .with_one_sentence(&["the name must end in .parquet or .csv"]);
    assert_eq!(all_files(folder.path()).len(), 0);
}

#[test]
fn an_exported_table_imports_to_the_report_that_it_came_from() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["parquet", "csv"] {
        let table = folder.path().join(format!("small.{ending}"));
        let written = json(fractionate().arg("export").arg(&undisturbed().store).arg("--out").arg(&table));
        assert_eq!((&written["runs"], written["left_out"].as_array().unwrap().len()), (&48.into(), 0));
        let out = folder.path().join(format!("imported-{ending}"));
        said(fractionate().arg("import").arg(&table).arg("--out").arg(&out)).with_code(0);
        let report = |store: &Path| json(fractionate().arg("report").arg(store));
        let (found, expected) = (report(&out), report(&undisturbed().store));
        assert_eq!(found["suite"], expected["suite"]);
        let comparisons = |report: &Value| report["comparisons"].as_array().unwrap().clone();
        assert_eq!(comparisons(&found).len(), 2);
        for (found, expected) in comparisons(&found).iter().zip(comparisons(&expected)) {
            assert_eq!(found["comparison"], expected["comparison"]);
            for (key, value) in [("arms", "summary"), ("differences", "gain")] {
                let numbers = |report: &Value| -> Vec<Value> {
                    report[key].as_array().unwrap().iter().map(|row| row[value].clone()).collect()
                };
                assert_eq!(numbers(found), numbers(&expected), "{key}");
            }
            assert_eq!(found["decomposition"]["by_seed"], expected["decomposition"]["by_seed"]);
        }
    }
}

#[test]
fn results_of_two_machines_become_the_results_of_one() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two, out) = (folder.path().join("one"), folder.path().join("two"), folder.path().join("both"));
    said(run_into(&one).args(["--seeds", "0..2", "--quiet"])).with_code(0);
    said(run_into(&two).args(["--seeds", "1,2", "--quiet"])).with_code(0);
    let merged = json(&mut merge(&[&one, &two], &out));
    assert_eq!((&merged["seeds"], &merged["missing"]), (&3.into(), &0.into()));
    // The tuning and seed 1 are in both.
    assert_eq!(merged["shared"], 60 + 16);
    let run = said(&mut run_into(&out)).with_code(0).with_words(&["nothing to train"]);
    assert_eq!(run.out.matches("3 seeds").count(), undisturbed().said.out.matches("3 seeds").count());
    assert_same_numbers(&out, &undisturbed().store);
}

#[test]
fn results_that_are_not_of_one_suite_are_not_merged_and_every_reason_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (_copy, store) = copy_of_undisturbed();
    let out = folder.path().join("out");
    let others = [
        ("data", &["--set", "data.student_examples=200"][..], "`data.student_examples` differs: `300` and `200`"),
        ("teacher", &["--set", "teacher.seed=7"], "the `teacher` differs"),
        ("setting", &["--set", "training.learning_rate=0.04"], "the `fixed_setting.learning_rate` differs"),
        ("metric", &["--set", "metric=test-nll"], "the suite's `metric` differs: `test-accuracy` and `test-nll`"),
        ("student", &["--set", "training.momentum=0.8"], "`fractionate diff` says in what"),
    ];
    for (name, set, words) in others {
        let other = two_arms(&folder.path().join(name), set);
        said(&mut merge(&[&store, &other], &out)).with_code(2).with_words(&["cannot be merged", words]);
        assert!(!out.exists(), "{name}");
    }

    let other = two_arms(&folder.path().join("numbers"), &[]);
    let run = compared_run(&other).join("record.json");
    change_document(&run, |record| {
        record["outcome"]["test"]["nll"] = 1.23.into();
        record["curve"].as_array_mut().unwrap().last_mut().unwrap()["test"]["nll"] = 1.23.into();
    });
    let id = run.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
    let words = [&*format!("The run {id} ("), "has different numbers in", "NLL"];
    said(&mut merge(&[&store, &other], &out)).with_code(2).with_words(&words);
    // The same two runs compared.
    let mut diff = fractionate();
    diff.arg("diff").arg(store.join("runs").join(&id)).arg(other.join("runs").join(&id));
    let said_of = said(&mut diff).with_code(1);
    assert!(said_of.out.contains("differ in their numbers, which cannot be"), "{}", said_of.out);
    assert!(!out.exists());
    // A folder with other things in it stays as it is.
    said(&mut merge(&[&store, &undisturbed().store], &store)).with_code(2).with_one_sentence(&["holds other things"]);
}

#[test]
fn two_runs_are_found_by_path_or_by_the_beginning_of_their_ids_and_put_beside_each_other() {
    let store = &undisturbed().store;
    let runs = run_folders(store);
    let record = |run: &Path| -> Value { serde_json::from_slice(&fs::read(run.join("record.json")).unwrap()).unwrap() };
    let of = |arm: &str, seed: u64| {
        let wanted = |record: &Value| {
            let config = &record["config"];
            config["arm"] == arm && config["seed"] == seed && config["training"]["learning_rate"] == 0.03
        };
        runs.iter().find(|run| wanted(&record(run))).unwrap()
    };
    let (hard, teacher) = (of("hard", 0), of("teacher", 0));
    let name = |run: &Path| run.file_name().unwrap().to_str().unwrap().to_owned();
    let mut by_id = fractionate();
    by_id.args(["diff", &name(hard)[..14], &name(teacher)]).arg("--in").arg(store);
    let found = json(&mut by_id);
    let mut by_path = fractionate();
    by_path.arg("diff").arg(hard).arg(teacher);
    assert_eq!(json(&mut by_path), found);
    assert_eq!((&found["same_initial_weights"], &found["same_batch_order"]), (&true.into(), &true.into()));
    assert_eq!((&found["same_teacher"], &found["first"]["arm"]), (&Value::Null, &"hard".into()));
    let keys: Vec<&str> =
        found["configuration"].as_array().unwrap().iter().map(|row| row["key"].as_str().unwrap()).collect();
    assert!(keys.contains(&"arm") && keys.contains(&"loss.lambda") && keys.contains(&"teacher"), "{keys:?}");
    assert!(!keys.contains(&"seed"), "{keys:?}");
    let mut text = fractionate();
    text.arg("diff").arg(hard).arg(hard);
    let text = said(&mut text).with_code(0).out;
    for words in ["test accuracy (%)", "initial weights   the same", "The configurations are the same."] {
        assert!(text.contains(words), "no `{words}` in: {text}");
    }
}

#[test]
fn runs_that_cannot_be_found_are_one_sentence() {
    let store = &undisturbed().store;
    let run = compared_run(store);
    let run = run.to_str().unwrap();
    let diff = |other: &str, folder: Option<&Path>| {
        let mut command = fractionate();
        command.args(["diff", run, other]);
        folder.into_iter().for_each(|folder| {
            command.arg("--in").arg(folder);
        });
        said(&mut command)
    };
    diff("zzz", None).with_code(2).with_one_sentence(&["zzz: there is no such folder", "--in DIR"]);
    diff("zzz", Some(store)).with_code(2).with_one_sentence(&["zzz: no run in", "begins so"]);
    diff("", Some(store)).with_code(2).with_one_sentence(&["runs in", "begin so", "among them"]);
    diff(store.to_str().unwrap(), None).with_code(2).with_one_sentence(&["it is not a run's folder"]);
}

#[test]
fn runner_ups_of_several_machines_are_merged_and_exported_tables_leave_them_out() {
    let folder = tempfile::tempdir().unwrap();
    let with = ["--arms", "hard,teacher", "--set", "tune.runner_ups=true", "--quiet"];
    let half = |name: &str, seeds: &str| {
        let out = folder.path().join(name);
        said(run_into(&out).args(with).args(["--seeds", seeds])).with_code(0);
        out
    };
    let (first, second) = (half("first", "0..2"), half("second", "2..3"));
    let (both, whole) = (folder.path().join("both"), folder.path().join("whole"));
    said(&mut merge(&[&first, &second], &both)).with_code(0);
    let again = said(run_into(&both).args(with)).with_code(0);
    said(run_into(&whole).args(with)).with_code(0);
    let manifest = |store: &Path| fs::read_to_string(store.join("manifest.json")).unwrap();
    assert!(manifest(&whole).contains("\"runner-up\""), "some choice has a runner-up setting");
    assert_eq!(manifest(&both), manifest(&whole), "{}", again.err);

    let table = folder.path().join("runs.csv");
    said(fractionate().arg("export").arg(&whole).arg("--out").arg(&table)).with_code(0);
    assert!(!fs::read_to_string(&table).unwrap().contains("runner-up"));
    let imported = folder.path().join("imported");
    said(fractionate().arg("import").arg(&table).arg("--out").arg(&imported)).with_code(0);
    said(&mut merge(&[&first, &first], &folder.path().join("twice"))).with_code(2).with_words(&["is named twice"]);
}
