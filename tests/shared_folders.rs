//! One folder for several suites, and a folder that is copied: nobody's work is lost and nobody waits for nothing.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::interruption::{signal, start, wait_until};
use crate::resumption::{assert_as_undisturbed, checkpoint, long_run, long_run_of, stop, undisturbed};
use crate::small_suite::{Said, numbers, said};

/// The epochs in which trainings went on.
fn epochs_gone_on_from(said: &Said) -> Vec<usize> {
    let epoch = |line: &str| line.split("goes on in epoch ").nth(1)?.parse().ok();
    said.err.lines().filter_map(epoch).collect()
}

#[test]
fn a_big_suite_loses_no_epoch_to_small_ones_that_are_run_in_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    // A second suite, stopped in its teacher.
    let other = |every: &str| {
        let mut command = long_run(&store, every);
        command.args(["--set", "teacher.epochs=3000"]);
        command
    };
    stop(&mut other("0.02"), &store, true, &["INT"]);
    let teachers = checkpoint(&store, true).unwrap();
    stop(&mut long_run(&store, "0.02"), &store, false, &["INT"]);
    let students = checkpoint(&store, false).unwrap();
    let (of_teacher, of_students) = (fs::read(&teachers).unwrap(), fs::read(&students).unwrap());

    // A suite of other runs, and one of some of the same: that one takes its student from where it was.
    said(long_run(&store, "60").args(["--set", "training.epochs=3"])).with_code(0);
    let same = said(&mut long_run_of(&store, "60", "hard", "1")).with_code(0);
    assert!(fs::read(&teachers).unwrap() == of_teacher && fs::read(&students).unwrap() == of_students);
    let epochs = epochs_gone_on_from(&same);
    assert_eq!(epochs.len(), 1, "{}", same.err);

    let resumed = said(&mut long_run(&store, "60")).with_code(0);
    assert_eq!(epochs_gone_on_from(&resumed), epochs, "epochs lost to the small suites: {}", resumed.err);
    assert!(!students.exists() && fs::read(&teachers).unwrap() == of_teacher);
    let big = folder.path().join("big");
    copy_runs_of(&store, &big);
    assert_as_undisturbed(&big);

    let (_, again) = stop(&mut other("0.02"), &store, true, &["INT"]);
    assert!(again.err.contains("the teacher: goes on in epoch "), "{}", again.err);
}

/// A store with the runs of the long run alone: others left theirs in the folder.
fn copy_runs_of(store: &Path, to: &Path) {
    let undisturbed = undisturbed();
    assert!(Command::new("cp").arg("-r").args([store, to]).status().unwrap().success());
    fs::remove_dir_all(to.join("checkpoints")).unwrap();
    for part in ["runs", "teacher"] {
        for entry in fs::read_dir(to.join(part)).unwrap().flatten() {
            if !undisturbed.join(part).join(entry.file_name()).exists() {
                fs::remove_dir_all(entry.path()).unwrap();
            }
        }
    }
}

#[test]
fn students_go_on_where_they_were_however_another_machine_cuts_their_cohorts() {
    let folder = tempfile::tempdir().unwrap();
    for (n, (before, after)) in [("1", "2"), ("2", "1")].into_iter().enumerate() {
        let store = folder.path().join(format!("store-{n}"));
        let with_jobs = |jobs: &str, every: &str| long_run_of(&store, every, "hard,teacher", jobs);
        let child = start(&mut with_jobs(before, "0.02"));
        let files = || {
            let entries = fs::read_dir(store.join("checkpoints")).into_iter().flatten().flatten();
            let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
            names.filter(|name| !name.starts_with('.') && !name.starts_with("teacher-")).count()
        };
        wait_until("checkpoints", || files().to_string() == before);
        signal(&child, "INT");
        Said::of(child.wait_with_output().unwrap()).with_code(130);
        let resumed = said(&mut with_jobs(after, "60")).with_code(0);
        let epochs = epochs_gone_on_from(&resumed);
        assert!(epochs.len() == 2 && epochs.iter().all(|&epoch| epoch > 1), "{}", resumed.err);
        assert!(!store.join("checkpoints").exists());
        assert_as_undisturbed(&store);
    }
}

#[test]
fn a_folder_that_is_copied_while_a_process_works_in_it_waits_for_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let [store, copy] = ["store", "copy"].map(|name| folder.path().join(name));
    let original = start(&mut long_run(&store, "0.02"));
    wait_until("a checkpoint", || checkpoint(&store, false).is_some());
    signal(&original, "STOP");
    assert!(Command::new("cp").arg("-r").args([&store, &copy]).status().unwrap().success());
    let run = said(&mut long_run(&copy, "60")).with_code(0);
    assert!(!run.err.contains("waiting for"), "{}", run.err);
    assert_as_undisturbed(&copy);
    signal(&original, "CONT");
    Said::of(original.wait_with_output().unwrap()).with_code(0);
    assert!(numbers(&store) == numbers(&copy));
}
