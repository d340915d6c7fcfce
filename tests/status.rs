//! `fractionate status`: what is done, who makes what, what failed and why.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::interruption::{signal, start, wait_until};
use crate::resumption::{checkpoint, long_run};
use crate::small_suite::{
    RUNS, Said, copy_of_undisturbed, fractionate, run_folders, run_into, said, suite_file, undisturbed,
};

fn status_of(what: &Path) -> Command {
    let mut command = fractionate();
    command.arg("status").arg(what);
    command
}

fn json(command: &mut Command, code: i32) -> Value {
    serde_json::from_str(&said(command.arg("--json")).with_code(code).out).unwrap()
}

/// Runs that are done, running, failed, lost and left.
fn counts(status: &Value) -> [u64; 5] {
    ["done", "running", "failed", "lost", "left"].map(|word| status["counts"][word].as_u64().unwrap())
}

#[test]
fn runs_are_running_while_their_process_lives_and_lost_when_it_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let mut child = start(&mut long_run(&store, "0.02"));
    wait_until("a checkpoint", || checkpoint(&store, false).is_some());
    signal(&child, "STOP");
    let running = json(&mut status_of(&store), 0);
    let text = said(&mut status_of(&store)).with_code(0).out;
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(counts(&running), [0, 2, 0, 0, 0], "{running}");
    assert_eq!(running["teachers"][0]["standing"], "done");
    let process = &running["processes"][0];
    assert_eq!((process["holder"]["process"].as_u64(), &process["dead"]), (Some(child.id().into()), &false.into()));
    assert_eq!(process["runs"].as_array().unwrap().len(), 2);
    assert!(text.contains(&format!("process {} on ", child.id())) && text.contains(" makes 2 runs\n"), "{text}");

    assert_eq!(counts(&json(&mut status_of(&store), 0)), [0, 0, 0, 2, 0]);
    let text = said(&mut status_of(&store)).with_code(0).out;
    assert!(text.contains(" died while it made 2 runs: the next `fractionate run` goes on\n"), "{text}");
}

#[test]
fn a_run_that_could_not_be_made_is_failed_with_its_reason_until_it_is() {
    let (_folder, store) = copy_of_undisturbed();
    let run = run_folders(&store).remove(0);
    fs::remove_dir_all(&run).unwrap();
    assert_eq!(counts(&json(&mut status_of(&store), 0)), [RUNS as u64 - 1, 0, 0, 0, 1]);
    fs::write(&run, "in the way").unwrap();
    said(&mut run_into(&store)).with_code(1);
    let status = json(&mut status_of(&store), 1);
    assert_eq!(counts(&status)[2], 1, "{status}");
    assert!(status["failures"][0]["reason"].as_str().unwrap().contains(run.to_str().unwrap()), "{status}");
    let text = said(&mut status_of(&store)).with_code(1).out;
    assert!(text.contains(", 1 student, tried once: ") && text.contains("is a file where a folder belongs"), "{text}");
    fs::remove_file(&run).unwrap();
    said(&mut run_into(&store)).with_code(0);
    assert_eq!(counts(&json(&mut status_of(&store), 0)), [RUNS as u64, 0, 0, 0, 0]);
}

#[test]
fn a_teacher_in_training_is_running_before_anything_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let mut child = start(&mut long_run(&store, "0.02"));
    wait_until("a checkpoint", || checkpoint(&store, true).is_some());
    signal(&child, "STOP");
    let status = json(&mut status_of(&store), 0);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(status["teachers"][0]["standing"], "running", "{status}");
    assert_eq!((counts(&status), status["processes"][0]["teachers"].as_array().unwrap().len()), ([0, 0, 0, 0, 2], 1));
}

#[test]
fn a_suite_that_was_never_run_is_all_left_and_its_status_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let of_suite = |out: &Path| {
        let mut command = status_of(&suite_file());
        command.arg("--out").arg(out);
        command
    };
    assert_eq!(counts(&json(&mut of_suite(&store), 0)), [0, 0, 0, 0, RUNS as u64]);
    assert!(!store.exists());
    assert_eq!(json(&mut of_suite(&undisturbed().store), 0), json(&mut status_of(&undisturbed().store), 0));
    let refused: Said = said(&mut status_of(&store)).with_code(2);
    refused.with_one_sentence(&["store is not a suite's results: there is no such folder"]);
}
