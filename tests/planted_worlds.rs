//! Planted worlds from the suite file to the report: terms that must be 0 are exactly 0.

use std::collections::BTreeSet;
use std::fs;

use crate::small_suite::{checkout, fractionate, numbers, said, teacher_folder};

/// Runs the planted suite with this table and gives the terms that are 0 at every seed, in test examples and points.
fn zero_terms(planted: &str) -> BTreeSet<String> {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let mut command = fractionate();
    command.arg("run").arg(checkout().join("tests/suites/planted.toml")).arg("--out").arg(&store);
    // A world needs no files.
    command.arg("--data").arg(folder.path().join("nowhere"));
    said(command.args(["--set", &format!("data.world.planted={planted}")])).with_code(0);
    let path = store.join("report/tables/fixed/decomposition_by_seed.csv");
    let csv = fs::read_to_string(path).unwrap();
    let mut lines = csv.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let rows: Vec<Vec<String>> = lines.collect();
    assert_eq!(rows.len(), 3, "three seeds");
    let is_zero = |column: usize| rows.iter().all(|row| row[column].parse::<f64>().unwrap() == 0.0);
    let zero = |unit: &str| -> BTreeSet<String> {
        let term = |(column, name): (usize, &String)| {
            let term = name.strip_suffix(unit)?;
            (term != "total" && is_zero(column)).then(|| term.to_owned())
        };
        head.iter().enumerate().filter_map(term).collect()
    };
    assert_eq!(zero("_examples"), zero("_points"));
    zero("_examples")
}

#[track_caller]
fn assert_zero(planted: &str, terms: &[&str]) {
    assert_eq!(zero_terms(planted), terms.iter().map(|&term| term.to_owned()).collect());
}

#[test]
fn a_world_without_relations_has_no_domain_no_interaction_and_nothing_particular() {
    // Class difficulty is there: the students see a part of the classes, with more hard examples in some than in others.
    assert_zero("no-relations", &["D", "F", "X"]);
}

#[test]
fn a_world_without_difficulty_has_no_instance_no_interaction_and_nothing_particular() {
    assert_zero("no-difficulty", &["F", "I", "X"]);
    assert_zero("one-confidence", &["C", "F", "I", "X"]);
}

#[test]
fn a_world_with_nothing_particular_has_domain_and_instance_and_nothing_particular() {
    assert_zero("nothing-particular", &["F"]);
}

#[test]
fn a_world_with_only_the_particular_has_that_and_the_universe() {
    assert_zero("only-the-particular", &["C", "D", "I", "X"]);
}

#[test]
fn the_oracle_of_an_unplanted_world_teaches_without_training_and_its_numbers_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let run = |store: &str| {
        let mut command = fractionate();
        command
            .arg("run")
            .arg(checkout().join("tests/suites/planted.toml"))
            .arg("--out")
            .arg(folder.path().join(store));
        let world = ["data.world.planted=none", "data.world.label=drawn", "data.world.beta_spread=0.5"];
        let world = world.iter().flat_map(|assignment| ["--set", assignment]);
        said(command.args(world).args(["--arms", "hard,teacher", "--seeds", "0..2"])).with_code(0)
    };
    let first = run("first");
    run("second");
    assert!(first.out.contains("teacher"), "{}", first.out);
    let (one, two) = (folder.path().join("first"), folder.path().join("second"));
    assert_eq!(numbers(&one), numbers(&two));
    let teacher = teacher_folder(&one);
    assert!(teacher.join("logits.safetensors").is_file() && !teacher.join("weights.safetensors").exists());
}
