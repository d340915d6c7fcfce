//! The wall clock decides nothing: it may jump, and files may be of tomorrow.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::small_suite::{all_files, checkout, copy_of_undisturbed, numbers, run_folders, run_into, said};

const FEW: [&str; 4] = ["--arms", "hard,teacher,partial", "--seeds", "0..2"];

#[test]
fn a_clock_that_jumps_by_years_changes_no_number() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("jumping_clock.so");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(checkout().join("tests/jumping_clock.c"));
    if !cfg!(target_os = "linux") || !compiler.status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: a clock that jumps takes Linux and a C compiler");
        return;
    }
    let (jumping, steady) = (folder.path().join("jumping"), folder.path().join("steady"));
    said(run_into(&jumping).args(FEW).args(["--checkpoint-every", "0"]).env("LD_PRELOAD", &library)).with_code(0);
    said(run_into(&steady).args(FEW)).with_code(0);
    assert!(numbers(&jumping) == numbers(&steady));
    // The clock did jump: cohorts that were trained within seconds are years apart.
    let year = |run: &Path| {
        let text = fs::read(run.join("provenance.json")).unwrap();
        let finished: Value = serde_json::from_slice(&text).unwrap();
        finished["finished_at"].as_u64().unwrap() / (365 * 24 * 3600)
    };
    let years: BTreeSet<u64> = run_folders(&jumping).iter().map(|run| year(run)).collect();
    assert!(years.len() > 1, "{years:?}");
}

#[test]
fn files_of_tomorrow_and_of_long_ago_are_files_as_any() {
    let (_folder, store) = copy_of_undisturbed();
    let before = numbers(&store);
    let day = Duration::from_secs(24 * 3600);
    let times = [SystemTime::now() + day, SystemTime::UNIX_EPOCH, SystemTime::now() + 3000 * day];
    for (name, time) in all_files(&store).keys().zip(times.iter().cycle()) {
        fs::File::options().write(true).open(store.join(name)).unwrap().set_modified(*time).unwrap();
    }
    said(&mut run_into(&store)).with_code(0).with_words(&["nothing to train"]);
    assert!(numbers(&store) == before);
}
