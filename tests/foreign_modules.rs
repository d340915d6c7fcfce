//! TorchScript modules of strangers: a module is a program, and it is run by `run` and `targets` alone, once the user has
//! said so.
//!
//! `tests/foreign/make_modules.py` makes the modules.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::foreign::{SUITE, folder};
use crate::small_suite::{all_files, checkout, fractionate, said};

/// A folder with a suite of this module.
fn suite_of(module: &str) -> TempDir {
    let folder = folder();
    let from = checkout().join("tests/foreign/modules").join(module);
    fs::copy(from, folder.path().join("teacher.pt")).unwrap();
    let teacher = "from = 'module'\ninputs = 'unit'\nfile = 'teacher.pt'";
    fs::write(folder.path().join("suite.toml"), SUITE.replace("TEACHER", teacher)).unwrap();
    folder
}

/// A verb of the suite; what the user lets run is kept in the folder `state`.
fn on(verb: &str, folder: &Path) -> Command {
    let mut command = fractionate();
    command.env("XDG_STATE_HOME", folder.join("state")).arg(verb).arg(folder.join("suite.toml"));
    match verb {
        "targets" => command.args(["--arm", "teacher", "--results"]).arg(folder.join("store")).arg("--out"),
        "split" => command.arg("--out"),
        _ => command.arg("--out").arg(folder.join("store")),
    };
    match verb {
        "targets" => command.arg(folder.join("targets.npy")),
        "split" => command.arg(folder.join("rows")),
        _ => &mut command,
    };
    command
}

/// What `prints.pt` prints.
const PRINTED: &str = "of a module";

#[test]
fn a_module_is_run_by_run_and_targets_alone_and_only_where_the_user_lets_it() {
    let folder = suite_of("prints.pt");
    let folder = folder.path();
    for verb in ["plan", "status", "split", "run", "targets"] {
        let runs = ["run", "targets"].contains(&verb);
        let said = said(&mut on(verb, folder)).with_code(if runs { 2 } else { 0 });
        assert!(!said.err.contains(PRINTED) && !said.out.contains(PRINTED), "{verb}: {said:?}");
        if runs {
            said.with_one_sentence(&["teacher.pt", "a TorchScript module", "whatever you may", "--trust-module"]);
        } else if verb != "split" {
            assert!(said.out.contains(&format!("`{verb}` runs no module")), "{}", said.out);
        }
        assert!(!folder.join("store").exists() && !folder.join("state").exists(), "{verb} writes nothing");
    }
    for verb in ["run", "targets"] {
        let _ = fs::remove_dir_all(folder.join("store"));
        let said = said(on(verb, folder).args(["--json", "--trust-module"])).with_code(0).with_words(&[PRINTED]);
        assert!(
            serde_json::from_str::<Value>(&said.out).is_ok(),
            "{verb}: its words are no part of the JSON: {}",
            said.out
        );
        let plan = crate::small_suite::said(on("plan", folder).arg("--json")).with_code(0);
        let plan: Value = serde_json::from_str(&plan.out).unwrap();
        assert!(plan["teachers"][0]["right"]["train"]["right"].is_u64(), "known once it has run: {plan}");
    }
}

#[test]
fn the_users_word_holds_for_the_same_file_wherever_it_lies_and_for_no_other() {
    let folder = suite_of("prints.pt");
    let folder = folder.path();
    let has_not_run = "has not run before";
    said(on("run", folder).args(["--teacher-only", "--trust-module"])).with_code(0).with_words(&[has_not_run]);
    // Another place, another name, another folder of results: the same file.
    fs::remove_dir_all(folder.join("store")).unwrap();
    fs::rename(folder.join("teacher.pt"), folder.join("renamed.pt")).unwrap();
    let suite = fs::read_to_string(folder.join("suite.toml")).unwrap();
    fs::write(folder.join("suite.toml"), suite.replace("teacher.pt", "renamed.pt")).unwrap();
    let again = said(on("run", folder).arg("--teacher-only")).with_code(0);
    assert!(!again.err.contains(has_not_run) && again.err.contains(PRINTED), "{}", again.err);
    // Another file under that name.
    fs::remove_dir_all(folder.join("store")).unwrap();
    fs::copy(folder.join("module.pt"), folder.join("renamed.pt")).unwrap();
    said(on("run", folder).arg("--teacher-only")).with_code(2).with_one_sentence(&[has_not_run]);
    // A folder of results says nothing about what its owner lets run.
    assert!(!all_files(folder).keys().any(|name| name.starts_with("store/")));
}

#[test]
fn on_a_terminal_one_is_asked_and_anything_but_yes_stops() {
    let folder = suite_of("prints.pt");
    let folder = folder.path();
    // `script` gives a command a terminal, and types what comes through its standard input.
    let run = format!(
        "XDG_STATE_HOME='{}' '{}' run '{}' --out '{}' --teacher-only",
        folder.join("state").display(),
        env!("CARGO_BIN_EXE_fractionate"),
        folder.join("suite.toml").display(),
        folder.join("store").display(),
    );
    for (answer, code) in [("no", 2), ("yes", 0)] {
        let mut command = Command::new("script");
        command.args(["-qec", &run, "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let Ok(mut child) = command.spawn() else {
            eprintln!("skipped: there is no `script` here to give a command a terminal");
            return;
        };
        let mut typed = child.stdin.take().unwrap();
        typed.write_all(format!("{answer}\n").as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{answer}: {shown}");
        assert!(shown.contains("has not run before") && shown.contains("Run it?"), "{shown}");
        assert_eq!(shown.contains(PRINTED), answer == "yes", "{shown}");
        assert_eq!(folder.join("store").exists(), answer == "yes");
        drop(typed);
    }
}

#[test]
fn a_module_that_never_ends_is_left_after_its_time() {
    let folder = suite_of("endless.pt");
    for verb in ["run", "targets"] {
        let begun = Instant::now();
        let ended = said(on(verb, folder.path()).args(["--trust-module", "--module-seconds", "1"])).with_code(1);
        assert!(begun.elapsed() < Duration::from_secs(30), "{verb}");
        let last = ended.err.lines().last().unwrap();
        assert!(last.starts_with("error: ") && last.contains("teacher.pt gave no outputs"), "{}", ended.err);
        assert!(last.contains("in 1 seconds") && last.contains("--module-seconds"), "{}", ended.err);
        assert!(!folder.path().join("store").exists(), "nothing is written");
    }
}

#[test]
fn outputs_that_are_no_tensor_of_numbers_are_said_in_a_sentence() {
    for (module, words) in [("tuple.pt", "gives a tuple of 2 where"), ("sparse.pt", "gives a sparse tensor where")] {
        let folder = suite_of(module);
        let refused = said(on("run", folder.path()).arg("--trust-module")).with_code(2);
        let last = refused.err.lines().last().unwrap();
        assert!(last.starts_with("error: ") && last.contains(words), "{}", refused.err);
        assert!(last.contains("one tensor of logits is wanted"), "{}", refused.err);
        assert!(!folder.path().join("store").exists(), "nothing is written");
    }
}
