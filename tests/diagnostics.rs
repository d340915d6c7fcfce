//! A suite that asks for diagnostics: every compared run has them whole, however the suite was run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::small_suite::{copy_of_undisturbed, numbers, run_folders, run_into, said, undisturbed, unsealed};

/// The fixed comparison of the small suite with diagnostics: 8 arms on 3 seeds.
const RUNS: usize = 24;

const DIAGNOSTICS: [&str; 4] = ["--set", "diagnostics.epochs=[1, 3]", "--set", "diagnostics.examples=100"];

fn run_with_diagnostics(store: &Path) -> Command {
    let mut command = run_into(store);
    command.args(DIAGNOSTICS).args(["--set", "compare=[\"fixed\"]"]);
    command
}

/// All numbers of a store but those of runs that were set aside.
fn kept(store: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = numbers(store);
    files.retain(|name, _| !name.contains("/undiagnosed-"));
    files
}

#[test]
fn every_compared_run_has_whole_diagnostics_and_the_numbers_that_it_has_without() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    said(&mut run_with_diagnostics(&store)).with_code(0);
    let runs = run_folders(&store);
    assert_eq!(runs.len(), RUNS);
    for run in &runs {
        let found: Value = serde_json::from_slice(&fs::read(run.join("diagnostics.json")).unwrap()).unwrap();
        let epochs: Vec<_> = found["rescaling"].as_array().unwrap().iter().map(|r| r["epoch"].as_u64()).collect();
        assert_eq!(epochs, [Some(1), Some(3)]);
        assert_eq!(found["examples"], 100);
        for pointer in
            ["/fidelity/agreement", "/fidelity/kl", "/cka", "/test_by_difficulty/0", "/train_by_difficulty/9"]
        {
            assert!(found.pointer(pointer).unwrap().is_number(), "{pointer} of {found}");
        }
        assert!(run.join("diagnostics.safetensors").exists());
        let undiagnosed = undisturbed().store.join("runs").join(run.file_name().unwrap());
        let record = |run: &Path| unsealed(&fs::read(run.join("record.json")).unwrap());
        assert_eq!(record(run), record(&undiagnosed));
        for file in ["predictions.safetensors", "student.safetensors"] {
            assert!(fs::read(run.join(file)).unwrap() == fs::read(undiagnosed.join(file)).unwrap(), "{file}");
        }
    }
    let again = said(&mut run_with_diagnostics(&store)).with_code(0);
    assert!(again.err.contains(&format!("all {RUNS} runs were there already: nothing to train")), "{}", again.err);
}

#[test]
fn a_suite_that_was_killed_ends_in_the_same_diagnostics() {
    let folder = tempfile::tempdir().unwrap();
    let (store, whole) = (folder.path().join("store"), folder.path().join("whole"));
    let mut child = run_with_diagnostics(&store);
    let mut child = child.args(["--jobs", "1"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while run_folders(&store).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited for a run in vain");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // On a busy machine the kill may come late: then a run is taken away instead.
    if let (RUNS, Some(run)) = (run_folders(&store).len(), run_folders(&store).first()) {
        fs::remove_dir_all(run).unwrap();
    }
    said(run_with_diagnostics(&store).args(["--jobs", "2"])).with_code(0);
    said(&mut run_with_diagnostics(&whole)).with_code(0);
    assert!(kept(&store) == kept(&whole));
}

#[test]
fn runs_without_the_diagnostics_that_are_now_asked_are_repeated_with_a_word() {
    let (folder, store) = copy_of_undisturbed();
    let before = run_folders(&store).len();
    let run = said(run_into(&store).args(DIAGNOSTICS)).with_code(0);
    run.with_words(&["lacks the diagnostics that the suite asks", "undiagnosed-1-", "and the run is repeated"]);
    assert_eq!(run_folders(&store).len(), before);
    let fresh = folder.path().join("fresh");
    said(run_into(&fresh).args(DIAGNOSTICS)).with_code(0);
    assert!(kept(&store) == kept(&fresh));
    // And those that have more than is asked are left alone.
    said(&mut run_into(&store)).with_code(0).with_words(&["nothing to train"]);
}
