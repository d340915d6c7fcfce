//! A suite that is stopped, in whatever way, goes on with the same command and ends in the same numbers.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::small_suite::{Said, assert_same_numbers, fractionate, run_folders, run_into, said, undisturbed};

/// Waits for something to be there, for so long that only a defect makes it fail.
#[track_caller]
pub(crate) fn wait_until(what: &str, there: impl Fn() -> bool) {
    let begun = Instant::now();
    while !there() {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited for {what} in vain");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Starts a command whose output is read later.
pub(crate) fn start(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Sends a signal by its name.
pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn kill_9_at_any_moment_costs_nothing_but_the_work_at_hand() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let has_teacher = |store: &Path| {
        let named = |name: String| !name.starts_with(".tmp-");
        fs::read_dir(store.join("teacher")).is_ok_and(|mut entries| {
            entries.any(|entry| entry.is_ok_and(|entry| named(entry.file_name().to_string_lossy().into_owned())))
        })
    };
    type Moment = (&'static str, Box<dyn Fn(&Path) -> bool>);
    let moments: [Moment; 6] = [
        ("the store", Box::new(|store| store.join(".lock").exists())),
        ("the manifest", Box::new(|store| store.join("manifest.json").exists())),
        ("the teacher", Box::new(has_teacher)),
        ("the first runs", Box::new(|store| run_folders(store).len() > 1)),
        ("some compared runs", Box::new(|store| run_folders(store).len() > 70)),
        ("the report", Box::new(|store| store.join("report/tables").exists())),
    ];
    let mut killed = 0;
    for (what, there) in moments {
        // On a busy machine a kill may come late, when the next moment is past.
        if there(&store) {
            continue;
        }
        let mut child = start(run_into(&store).args(["--jobs", "1", "--quiet"]));
        wait_until(what, || there(&store));
        child.kill().unwrap();
        killed += u32::from(child.wait().unwrap().code().is_none());
    }
    assert!(killed >= 4, "killed {killed} times before it was done");
    said(&mut run_into(&store)).with_code(0);
    assert_same_numbers(&store, &undisturbed().store);
}

#[test]
fn what_a_killed_process_left_half_written_is_removed_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let arguments = ["--arms", "hard", "--seeds", "0"];
    said(run_into(&store).args(arguments)).with_code(0);
    let left = [
        store.join(".tmp-0123456789abcdef"),
        store.join("runs/.tmp-0000000000000000"),
        store.join("teacher/.tmp-ffffffffffffffff"),
    ];
    fs::write(&left[0], "half a file").unwrap();
    fs::create_dir(&left[1]).unwrap();
    fs::write(left[1].join("record.json"), "{").unwrap();
    fs::create_dir(&left[2]).unwrap();
    let users_own = store.join(".tmp-notes-of-mine");
    fs::write(&users_own, "kept").unwrap();
    let run = said(run_into(&store).args(arguments)).with_code(0);
    for path in left {
        assert!(!path.exists());
        assert!(run.err.contains(&format!("removed {}, which", path.display())), "{}", run.err);
    }
    assert!(users_own.exists());
}

#[test]
fn ctrl_c_ends_in_order_and_the_same_command_goes_on() {
    // Long enough to be interrupted in its middle.
    let arguments = [
        "--arms",
        "hard,teacher",
        "--seeds",
        "0..8",
        "--set",
        "training.epochs=80",
        "--set",
        "compare=[\"fixed\"]",
        "--jobs",
        "1",
    ];
    let folder = tempfile::tempdir().unwrap();
    let (store, undisturbed) = (folder.path().join("store"), folder.path().join("undisturbed"));
    for name in ["INT", "TERM", "HUP"] {
        let runs = run_folders(&store).len();
        let child = start(run_into(&store).args(arguments));
        wait_until("another run", || run_folders(&store).len() > runs);
        signal(&child, name);
        let stopped = Said::of(child.wait_with_output().unwrap()).with_code(130);
        assert!(stopped.err.contains("the same command goes on from there"), "{}", stopped.err);
        assert!(stopped.out.is_empty(), "no report of half a suite: {}", stopped.out);
        assert!(run_folders(&store).len() < 16, "it was stopped in the middle");
        let half = said(fractionate().arg("report").arg(&store)).with_code(0);
        assert!(half.out.contains("of 16 planned runs"), "half a suite can be reported: {}", half.out);
    }
    said(run_into(&store).args(arguments)).with_code(0).with_words(&["were there already"]);
    said(run_into(&undisturbed).args(arguments)).with_code(0);
    let [store, undisturbed] = [&store, &undisturbed].map(|store| crate::small_suite::numbers(store));
    assert!(store == undisturbed);
}

#[test]
fn under_nohup_the_end_of_the_terminal_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let run = run_into(&store);
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' HUP; exec \"$@\"", "sh"]).arg(run.get_program()).args(run.get_args());
    command.args(["--arms", "hard", "--seeds", "0..4"]).env_remove("FRACTIONATE_DATA").stdin(Stdio::null());
    let child = start(&mut command);
    wait_until("the manifest", || store.join("manifest.json").exists());
    signal(&child, "HUP");
    Said::of(child.wait_with_output().unwrap()).with_code(0);
}

#[test]
fn a_second_process_that_runs_another_suite_in_a_store_says_so_and_touches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let mut first = start(run_into(&store).args(["--set", "training.epochs=5000"]));
    wait_until("the first process", || store.join("suite.toml").exists());
    let suite = fs::read(store.join("suite.toml")).unwrap();
    let second = said(&mut run_into(&store));
    let still_at_work = first.try_wait().unwrap().is_none();
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(still_at_work);
    second.with_code(1).with_one_sentence(&["another fractionate is writing to", "runs another suite"]);
    assert_eq!(fs::read(store.join("suite.toml")).unwrap(), suite);
}
