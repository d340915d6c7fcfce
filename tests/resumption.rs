//! A cohort that is stopped in its middle goes on from its checkpoint and ends in the same numbers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use crate::interruption::{signal, start, wait_until};
use crate::small_suite::{Said, copy_folder, numbers, run_into, said};

/// A teacher and one cohort of two students, each long enough to be stopped in its middle.
pub(crate) fn long_run(store: &Path, checkpoint_every: &str) -> Command {
    long_run_of(store, checkpoint_every, "hard,teacher", "1")
}

/// The long run of other arms, or with other jobs.
pub(crate) fn long_run_of(store: &Path, checkpoint_every: &str, arms: &str, jobs: &str) -> Command {
    let mut command = run_into(store);
    command.args(["--arms", arms, "--seeds", "0", "--jobs", jobs, "--quiet"]);
    for set in ["compare=[\"fixed\"]", "teacher.epochs=150", "training.epochs=500"] {
        command.args(["--set", set]);
    }
    command.args(["--checkpoint-every", checkpoint_every]);
    command
}

/// A store of the long run that nothing disturbed.
pub(crate) fn undisturbed() -> &'static Path {
    static MADE: LazyLock<PathBuf> = LazyLock::new(|| {
        let store = Path::new(env!("CARGO_TARGET_TMPDIR")).join("undisturbed-long");
        if store.exists() {
            fs::remove_dir_all(&store).unwrap();
        }
        said(&mut long_run(&store, "inf")).with_code(0);
        store
    });
    &MADE
}

#[track_caller]
pub(crate) fn assert_as_undisturbed(store: &Path) {
    let (left, right) = (numbers(store), numbers(undisturbed()));
    let differing: Vec<_> =
        left.keys().chain(right.keys()).filter(|name| left.get(*name) != right.get(*name)).collect();
    assert!(differing.is_empty() && !left.is_empty(), "{differing:?} differ");
}

/// The checkpoint of the teacher, or of the students.
pub(crate) fn checkpoint(store: &Path, of_teacher: bool) -> Option<PathBuf> {
    let mut files = fs::read_dir(store.join("checkpoints")).into_iter().flatten().flatten().map(|entry| entry.path());
    files.find(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        !name.starts_with('.') && !name.starts_with("damaged-") && name.starts_with("teacher-") == of_teacher
    })
}

/// Stops a run once it has saved a checkpoint, and says where that lies.
fn stop_in(store: &Path, of_teacher: bool, signals: &[&str]) -> (PathBuf, Said) {
    stop(&mut long_run(store, "0.02"), store, of_teacher, signals)
}

pub(crate) fn stop(command: &mut Command, store: &Path, of_teacher: bool, signals: &[&str]) -> (PathBuf, Said) {
    let contents = || checkpoint(store, of_teacher).and_then(|path| fs::read(path).ok());
    let before = contents();
    let child = start(command);
    wait_until("a checkpoint", || contents().is_some_and(|now| Some(now) != before));
    for name in signals {
        signal(&child, name);
    }
    let stopped = Said::of(child.wait_with_output().unwrap()).with_code(130);
    assert!(stopped.out.is_empty(), "no report of half a suite: {}", stopped.out);
    (checkpoint(store, of_teacher).expect("it was stopped in the middle"), stopped)
}

/// Stops a run that goes on from `checkpoint` and saves nowhere but where it is stopped.
///
/// How long a run takes to listen for signals, and how long to end, is this machine's; the time between is searched.
fn stop_between_checkpoints(store: &Path, checkpoint: &Path) -> Said {
    let before = fs::read(checkpoint).unwrap();
    let (mut too_early, mut too_late) = (Duration::ZERO, None);
    let mut wait = Duration::from_millis(40);
    for attempt in 0..40 {
        // Alone in its folder: a store takes teachers from its neighbours.
        let copy = store.with_file_name(format!("attempt-{attempt}")).join("store");
        copy_folder(store, &copy);
        let child = start(&mut long_run(&copy, "inf"));
        std::thread::sleep(wait);
        signal(&child, "TERM");
        let stopped = Said::of(child.wait_with_output().unwrap());
        match fs::read(copy.join(checkpoint.strip_prefix(store).unwrap())) {
            Ok(now) if now != before => {
                fs::remove_dir_all(store).unwrap();
                fs::rename(copy, store).unwrap();
                return stopped;
            }
            Ok(_) => too_early = wait,
            Err(_) => too_late = Some(wait),
        }
        // Under a load that comes and goes the two may cross.
        wait = match too_late {
            Some(late) if late > too_early => (too_early + late) / 2,
            Some(_) => too_early / 2,
            None => 2 * wait,
        };
    }
    panic!("it was never stopped in the middle: {too_early:?} is too early, {too_late:?} too late")
}

#[test]
fn the_first_ctrl_c_or_the_end_of_the_terminal_saves_the_cohort_at_hand_and_the_same_command_goes_on_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let stops = [
        (true, "the teacher: goes on in epoch ", &["INT"][..]),
        // A terminal that is closed says so twice.
        (false, "seed 0, 2 students: goes on in epoch ", &["HUP", "HUP"]),
    ];
    for (of_teacher, what, signals) in stops {
        let (path, stopped) = stop_in(&store, of_teacher, signals);
        assert!(stopped.err.contains("the same command goes on from there"), "{}", stopped.err);
        let stopped = stop_between_checkpoints(&store, &path);
        stopped.with_code(130).with_words(&[what]);
    }
    said(&mut long_run(&store, "60")).with_code(0).with_words(&["seed 0, 2 students: goes on in epoch "]);
    assert!(!store.join("checkpoints").exists());
    assert_as_undisturbed(&store);
}

#[test]
fn a_second_ctrl_c_leaves_at_once_and_breaks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let left_at_once = (0..10).any(|_| {
        let (_, stopped) = stop_in(&store, false, &["INT", "INT"]);
        !stopped.err.contains("the same command goes on from there")
    });
    assert!(left_at_once, "each time it was done before the second signal came");
    said(&mut long_run(&store, "60")).with_code(0);
    assert_as_undisturbed(&store);
}

#[test]
fn a_damaged_checkpoint_is_set_aside_and_what_it_held_is_trained_anew_to_the_same_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    for (of_teacher, what) in [(true, "the teacher starts again"), (false, "seed 0, 2 students starts again")] {
        let (path, _) = stop_in(&store, of_teacher, &["INT"]);
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let aside = path.with_file_name(format!("damaged-1-{name}"));
        let words =
            ["is damaged: its checksum is not that of its contents; set aside as", aside.to_str().unwrap(), what];
        // The students' own checkpoint is still to come.
        let said = if of_teacher { stop_in(&store, false, &["INT"]).1 } else { said(&mut long_run(&store, "60")) };
        said.with_words(&words);
        assert!(aside.is_file());
    }
    assert_as_undisturbed(&store);
}

#[test]
fn students_without_numbers_are_saved_too_and_end_as_undisturbed_ones() {
    let folder = tempfile::tempdir().unwrap();
    let [store, undisturbed] = ["store", "undisturbed"].map(|name| folder.path().join(name));
    let diverging = |store: &Path, every: &str| {
        let mut command = run_into(store);
        command.args(["--arms", "hard,teacher", "--seeds", "0", "--jobs", "1", "--quiet"]);
        for set in ["compare=[\"fixed\"]", "training.learning_rate=1e20", "training.epochs=200"] {
            command.args(["--set", set]);
        }
        command.args(["--checkpoint-every", every]);
        command
    };
    said(&mut diverging(&undisturbed, "inf")).with_code(1).with_words(&["error: 2 students diverged"]);
    stop(&mut diverging(&store, "0.02"), &store, false, &["INT"]);
    let words = ["seed 0, 2 students: goes on in epoch ", "error: 2 students diverged"];
    said(&mut diverging(&store, "inf")).with_code(1).with_words(&words);
    assert!(numbers(&store) == numbers(&undisturbed));
}
