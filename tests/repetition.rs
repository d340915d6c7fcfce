//! The same numbers, however a suite is run.

use std::fs;

use crate::small_suite::{
    RUNS, all_files, assert_same_numbers, compared_run, copy_of_undisturbed, numbers, run_folders, run_into,
    run_with_data, said, undisturbed,
};

#[test]
fn a_second_run_trains_nothing_and_says_so() {
    let (_folder, store) = copy_of_undisturbed();
    let before = all_files(&store);
    let run = said(&mut run_into(&store)).with_code(0);
    assert!(run.err.contains(&format!("all {RUNS} runs were there already: nothing to train")), "{}", run.err);
    let after = all_files(&store);
    // What the report said is kept with the times of its files, which are others in a copy.
    let is_kept_text = |name: &str| name == ".report-said.json";
    let other = |(name, bytes): &(&String, &Vec<u8>)| before.get(*name) != Some(*bytes) && !is_kept_text(name);
    let changed: Vec<_> = after.iter().filter(other).collect();
    assert!(changed.is_empty() && before.len() == after.len(), "{:?}", changed.iter().map(|c| c.0).collect::<Vec<_>>());
}

#[test]
fn a_finished_suite_needs_no_data() {
    let (folder, store) = copy_of_undisturbed();
    let nothing = folder.path().join("nothing");
    said(&mut run_with_data(&store, &nothing)).with_code(0).with_words(&["nothing to train"]);
}

#[test]
fn a_deleted_run_alone_is_repeated_with_the_same_bytes() {
    let (_folder, store) = copy_of_undisturbed();
    // One of a comparison, and one of the tuning, on which the choices rest.
    let tuning = run_folders(&store).into_iter().find(|run| !run.join("student.safetensors").exists()).unwrap();
    for deleted in [compared_run(&store), tuning] {
        let provenances = |store| {
            let mut files = all_files(store);
            files.retain(|name, _| name.ends_with("provenance.json"));
            files
        };
        let before = provenances(&store);
        fs::remove_dir_all(&deleted).unwrap();
        let words = format!("1 run trained, {} were there already", RUNS - 1);
        said(&mut run_into(&store)).with_code(0).with_words(&[&words]);
        assert_same_numbers(&store, &undisturbed().store);
        // When each run was made tells which ones were made now.
        let id = deleted.file_name().unwrap().to_str().unwrap();
        let after = provenances(&store);
        let remade: Vec<_> = after.iter().filter(|(name, bytes)| before.get(*name) != Some(bytes)).collect();
        assert_eq!(remade.len(), 1);
        assert!(remade[0].0.contains(id));
    }
}

#[test]
fn jobs_change_no_number() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    said(run_into(&store).args(["--jobs", "1"])).with_code(0);
    assert_same_numbers(&store, &undisturbed().store);
}

#[test]
fn fewer_arms_and_seeds_in_another_order_give_the_same_runs() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    said(run_into(&store).args(["--arms", "teacher,partial,hard", "--seeds", "2,0"])).with_code(0);
    let (part, whole) = (numbers(&store), numbers(&undisturbed().store));
    let mut compared = 0;
    for (name, bytes) in part.iter().filter(|(name, _)| name.starts_with("runs/") || name.starts_with("teacher/")) {
        assert!(whole.get(name) == Some(bytes), "{name}");
        compared += 1;
    }
    // Tuning runs have two such files, compared ones three, the teacher three.
    assert_eq!(compared, (2 + 4 + 4) * 2 * 2 + 3 * 2 * 2 * 3 + 3);
}

#[test]
fn a_suite_that_grows_repeats_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    said(run_into(&store).args(["--arms", "hard,teacher", "--seeds", "0..1"])).with_code(0);
    let there = run_folders(&store).len();
    let words = format!("{} runs trained, {there} were there already", RUNS - there);
    said(&mut run_into(&store)).with_code(0).with_words(&[&words]);
    assert_same_numbers(&store, &undisturbed().store);
}
