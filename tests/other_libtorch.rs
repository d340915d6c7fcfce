//! A libtorch of another version than the one compiled for: a conda environment's, first on `LD_LIBRARY_PATH`.

use std::process::Command;

use serde_json::Value;

use crate::small_suite::{checkout, data_folder, fractionate, plan_of, run_into, said, suite_file};

#[test]
fn another_libtorch_is_named_by_doctor_and_refused_in_one_sentence_by_every_command_that_would_use_it() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("other_libtorch.so");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(checkout().join("tests/other_libtorch.c"));
    if !cfg!(target_os = "linux") || !compiler.status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: another libtorch takes Linux and a C compiler");
        return;
    }
    let store = folder.path().join("store");
    let calibration = checkout().join("experiments/calibration/small-world.toml");
    let verb = |words: &[&str]| {
        let mut command = fractionate();
        command.args(words);
        command
    };
    let mut targets = verb(&["targets"]);
    targets.arg(suite_file()).args(["--arm", "teacher", "--out"]).arg(folder.path().join("targets.npy"));
    targets.arg("--results").arg(&store).arg("--data").arg(data_folder());
    let (mut status, mut calibrate, mut submit) =
        (verb(&["status"]), verb(&["calibrate"]), verb(&["submit", "--slurm"]));
    status.arg(suite_file());
    calibrate.arg(calibration).arg("--out").arg(&store);
    submit.arg(suite_file()).arg("--dry-run").arg("--out").arg(&store);
    for mut command in [run_into(&store), plan_of(&store), targets, status, calibrate, submit] {
        let refused = said(command.env("LD_PRELOAD", &library)).with_code(1);
        refused.with_one_sentence(&["compiled for libtorch 2.13.0", "loaded is 2.11.0", "LD_LIBRARY_PATH"]);
        assert!(!store.exists());
    }
    let doctor = said(verb(&["doctor", "--json"]).env("LD_PRELOAD", &library)).with_code(0);
    let doctor: Value = serde_json::from_str(&doctor.out).unwrap();
    assert_eq!(doctor["libtorch"], "2.13.0");
    assert!(doctor["libtorch_loaded"].as_str().unwrap().starts_with("2.11.0 ("), "{doctor}");
    // What makes no tensor goes on.
    said(verb(&["arms"]).env("LD_PRELOAD", &library)).with_code(0);
}
