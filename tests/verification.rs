//! Every file of a store is what it was written as, or is named, left out of the report and made again.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::small_suite::{
    RUNS, assert_same_numbers, change_document, compared_run, copy_of_undisturbed, fractionate, run_into, said,
    teacher_folder, undisturbed,
};

/// What happens to a run's folder.
type Damage = dyn Fn(&Path);

fn verified(store: &Path, code: i32) -> Value {
    let run = said(fractionate().arg("verify").arg(store).arg("--json")).with_code(code);
    serde_json::from_str(&run.out).unwrap()
}

/// The paths that `verify` names, in the store.
fn damaged(store: &Path) -> Vec<String> {
    let found = verified(store, 1);
    let damaged = found["damaged"].as_array().unwrap();
    damaged.iter().map(|damage| damage["path"].as_str().unwrap().to_owned()).collect()
}

fn flip_last_bit(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_store_as_it_was_written_is_verified_and_nothing_of_it_is_changed() {
    let store = &undisturbed().store;
    let found = verified(store, 0);
    assert_eq!(found["runs"], RUNS);
    assert_eq!(found["teachers"], 1);
    for none in ["missing", "without_checksums"] {
        assert_eq!(found[none], 0, "{none}");
    }
    assert_eq!(found["damaged"], Value::Array(Vec::new()));
    let text = said(fractionate().arg("verify").arg(store)).with_code(0).out;
    assert!(text.contains(&format!("{RUNS} runs and 1 teacher, and every file is as it was written")), "{text}");
    said(fractionate().arg("verify").arg(store.join("runs"))).with_code(2).with_one_sentence(&["no manifest.json"]);
}

#[test]
fn damage_of_every_file_of_a_run_is_named_left_out_of_the_report_and_made_again() {
    let changed_digit = |run: &Path| {
        let path = run.join("record.json");
        let text = fs::read_to_string(&path).unwrap();
        let (before, after) = text.split_once("\"accuracy\": 0.").unwrap();
        fs::write(path, format!("{before}\"accuracy\": 0.9{}", &after[1..])).unwrap();
    };
    let better_by_the_curve = |run: &Path| {
        change_document(&run.join("record.json"), |record| record["outcome"]["test"]["accuracy"] = 0.94.into());
    };
    let better_by_the_predictions = |run: &Path| {
        change_document(&run.join("record.json"), |record| {
            record["outcome"]["test"]["accuracy"] = 0.94.into();
            record["curve"].as_array_mut().unwrap().last_mut().unwrap()["test"]["accuracy"] = 0.94.into();
        });
    };
    let empty = |name: &'static str| move |run: &Path| fs::write(run.join(name), "").unwrap();
    let flip = |name: &'static str| move |run: &Path| flip_last_bit(&run.join(name));
    let gone = |name: &'static str| move |run: &Path| fs::remove_file(run.join(name)).unwrap();
    // What is done, the file that is named, and whether a report needs to look at its content.
    let cases: [(Box<Damage>, &str, bool); 11] = [
        (Box::new(changed_digit), "record.json", true),
        (Box::new(better_by_the_curve), "record.json", true),
        (Box::new(better_by_the_predictions), "predictions.safetensors", true),
        (Box::new(empty("student.safetensors")), "student.safetensors", true),
        (Box::new(empty("provenance.json")), "provenance.json", true),
        (Box::new(flip("student.safetensors")), "student.safetensors", false),
        (Box::new(flip("provenance.json")), "provenance.json", true),
        (Box::new(flip("predictions.safetensors")), "predictions.safetensors", true),
        (Box::new(gone("student.safetensors")), "student.safetensors", true),
        (Box::new(gone("provenance.json")), "provenance.json", true),
        (Box::new(gone("predictions.safetensors")), "predictions.safetensors", true),
    ];
    let (_folder, store) = copy_of_undisturbed();
    for (number, (damage, file, reported)) in cases.into_iter().enumerate() {
        let run = compared_run(&store);
        let id = run.file_name().unwrap().to_str().unwrap();
        damage(&run);
        let path = format!("runs/{id}/{file}");
        assert_eq!(damaged(&store), [&*path], "case {number}");
        if reported {
            let report = said(fractionate().arg("report").arg(&store)).with_code(1);
            let [said_first, reason] = ["1 run is left out of every number", &format!("runs/{id}")];
            assert!(report.out.contains(said_first) && report.out.contains(reason), "case {number}: {}", report.out);
        }
        let words = [file, "set aside as", "1 run trained"];
        said(&mut run_into(&store)).with_code(0).with_words(&words);
        assert_eq!(verified(&store, 0)["set_aside"], 1, "case {number}");
        for entry in fs::read_dir(store.join("runs")).unwrap().flatten() {
            if entry.file_name().to_string_lossy().starts_with("damaged-") {
                fs::remove_dir_all(entry.path()).unwrap();
            }
        }
    }
    assert_same_numbers(&store, &undisturbed().store);
}

#[test]
fn damage_of_what_belongs_to_all_runs_is_named_and_made_again() {
    let (_folder, store) = copy_of_undisturbed();
    let teacher = teacher_folder(&store);
    let key = teacher.file_name().unwrap().to_str().unwrap().to_owned();
    let in_store = |path: &str| store.join(path);
    let labels = fs::read_dir(&store).unwrap().flatten().map(|entry| entry.file_name().into_string().unwrap());
    let labels = labels.into_iter().find(|name| name.starts_with("labels-")).unwrap();
    for path in [
        format!("teacher/{key}/logits.safetensors"),
        format!("teacher/{key}/weights.safetensors"),
        format!("teacher/{key}/record.json"),
        labels,
        "manifest.json".to_owned(),
    ] {
        flip_last_bit(&in_store(&path));
        assert_eq!(damaged(&store), [&*path]);
        said(&mut run_into(&store)).with_code(0).with_words(&[&path, "nothing to train"]);
        assert_eq!(verified(&store, 0)["damaged"], Value::Array(Vec::new()), "{path}");
    }
    fs::remove_file(in_store("manifest.json")).unwrap();
    assert_eq!(damaged(&store), ["manifest.json"]);
}

#[test]
fn a_damaged_run_counts_as_left_and_not_as_done() {
    let (_folder, store) = copy_of_undisturbed();
    fs::write(compared_run(&store).join("student.safetensors"), "").unwrap();
    let status = said(fractionate().arg("status").arg(&store).arg("--json")).with_code(0);
    let status: Value = serde_json::from_str(&status.out).unwrap();
    assert_eq!(status["counts"]["done"], RUNS - 1);
    assert_eq!(status["counts"]["left"], 1);
}

#[test]
fn a_run_that_a_program_made_without_checksums_is_read_and_counted_as_such() {
    let (_folder, store) = copy_of_undisturbed();
    change_document(&compared_run(&store).join("record.json"), |_| ());
    assert_eq!(verified(&store, 0)["without_checksums"], 1);
    said(&mut run_into(&store)).with_code(0).with_words(&["nothing to train"]);
}
