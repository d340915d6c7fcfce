//! 20 Newsgroups, where it was fetched.

use std::fs;

use serde_json::Value;

use crate::small_suite::{checkout, data_folder, fractionate, run_folders, said, teacher_folder};

/// Whether the set is there; says so if not.
fn fetched() -> bool {
    let there = data_folder().join("20-newsgroups/20newsgroups-train.tab").is_file();
    if !there {
        eprintln!("skipped: 20 Newsgroups is not there; scripts/setup --data newsgroups fetches it");
    }
    there
}

#[test]
fn a_suite_on_newsgroups_learns_far_beyond_chance() {
    if !fetched() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let mut command = fractionate();
    command.arg("run").arg(checkout().join("tests/suites/newsgroups.toml")).arg("--out").arg(&store);
    said(command.arg("--data").arg(data_folder())).with_code(0);
    assert_eq!(run_folders(&store).len(), 4);
    let record = fs::read(teacher_folder(&store).join("record.json")).unwrap();
    let record: Value = serde_json::from_slice(&record).unwrap();
    // Chance is 5%.
    let accuracy = record["test"]["accuracy"].as_f64().unwrap();
    assert!(accuracy > 0.3, "{accuracy}");
}

#[test]
fn newsgroups_that_are_not_there_say_how_to_get_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let mut command = fractionate();
    command.arg("run").arg(checkout().join("tests/suites/newsgroups.toml")).arg("--out").arg(&store);
    let words = ["20newsgroups-train.tab is missing", "scripts/setup --data newsgroups"];
    said(command.arg("--data").arg(folder.path())).with_code(1).with_one_sentence(&words);
    assert!(!store.exists());
}

#[test]
fn texts_are_refused_to_a_cnn_before_anything_runs() {
    let mut command = fractionate();
    command.arg("plan").arg(checkout().join("tests/suites/newsgroups.toml"));
    command.args(["--set", "student={ model = \"cnn\", channels = [4], dense = 8 }"]);
    said(&mut command)
        .with_code(2)
        .with_words(&["`student` is a cnn, and the examples of 20 Newsgroups are no pictures"]);
}
