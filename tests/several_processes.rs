//! Several processes on one store: they split the work, none does what another does, and the dead are succeeded.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::interruption::{signal, wait_until};
use crate::resumption::{assert_as_undisturbed, checkpoint, long_run};
use crate::small_suite::{RUNS, assert_same_numbers, run_folders, run_into, said, undisturbed};

/// A process that writes what it says into a file.
struct Heard {
    child: Child,
    says: PathBuf,
}

impl Heard {
    fn start(command: &mut Command, says: PathBuf) -> Self {
        command.stdout(Stdio::null()).stderr(File::create(&says).unwrap());
        Self { child: command.spawn().unwrap(), says }
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.says).unwrap()
    }

    #[track_caller]
    fn ends_with_code(mut self, code: i32) -> String {
        let ended = self.child.wait().unwrap();
        let said = self.said();
        assert_eq!(ended.code(), Some(code), "{said}");
        said
    }
}

/// How many runs a process trained, by its own account.
fn trained(said: &str) -> usize {
    let line = said.lines().find(|line| line.contains(" trained")).unwrap_or("0 trained");
    let before = line.split(" trained").next().unwrap();
    before.split_whitespace().filter_map(|word| word.parse().ok()).next_back().unwrap_or_else(|| panic!("{said}"))
}

#[test]
fn three_processes_on_one_store_split_the_work_and_make_no_run_twice() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let processes: Vec<Heard> = (0..3)
        .map(|n| Heard::start(run_into(&store).args(["--jobs", "1"]), folder.path().join(format!("says-{n}"))))
        .collect();
    let said: Vec<String> = processes.into_iter().map(|process| process.ends_with_code(0)).collect();
    let counts: Vec<usize> = said.iter().map(|said| trained(said)).collect();
    assert_eq!(counts.iter().sum::<usize>(), RUNS, "{counts:?}: {said:?}");
    assert_eq!(said.iter().filter(|said| said.contains("train accuracy")).count(), 1, "one made the teacher");
    assert_eq!(run_folders(&store).len(), RUNS);
    assert_same_numbers(&store, &undisturbed().store);
}

#[test]
fn whoever_waits_for_a_process_that_is_killed_takes_over_from_its_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let steps = [
        (true, "waiting for the teacher that process ", "the teacher: goes on in epoch "),
        (false, "waiting for 2 runs of other processes, as process ", "seed 0, 2 students: goes on in epoch "),
    ];
    let mut first = Heard::start(&mut long_run(&store, "0.02"), folder.path().join("says-0"));
    for (n, (of_teacher, waits, goes_on)) in steps.into_iter().enumerate() {
        wait_until("a checkpoint", || checkpoint(&store, of_teacher).is_some());
        // However slow the second one is to come, the first is still at it.
        signal(&first.child, "STOP");
        let says = folder.path().join(format!("says-{}", n + 1));
        let second = Heard::start(&mut long_run(&store, "0.02"), says);
        wait_until("the second process", || second.said().contains(waits));
        first.child.kill().unwrap();
        let process = first.child.id();
        assert_eq!(first.child.wait().unwrap().code(), None, "it was killed in its work: {}", first.said());
        wait_until("the second process to take over", || second.said().contains(goes_on));
        let taken = format!("taken over from process {process} on ");
        assert!(second.said().contains(&taken), "{}", second.said());
        first = second;
    }
    first.ends_with_code(0);
    assert_as_undisturbed(&store);
}

#[test]
fn a_process_that_is_asked_to_stop_gives_its_work_back_and_one_that_waits_for_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let first = Heard::start(&mut long_run(&store, "0.02"), folder.path().join("says-0"));
    wait_until("a checkpoint", || checkpoint(&store, true).is_some());
    signal(&first.child, "STOP");
    let second = Heard::start(&mut long_run(&store, "inf"), folder.path().join("says-1"));
    wait_until("the second process", || second.said().contains("waiting for "));
    signal(&first.child, "TERM");
    signal(&first.child, "CONT");
    first.ends_with_code(130);
    let said = second.ends_with_code(0);
    assert!(said.contains(": goes on in epoch ") && !said.contains("taken over"), "{said}");
    assert_eq!(holds(&store), 0);
    assert_as_undisturbed(&store);
}

fn holds(store: &Path) -> usize {
    fs::read_dir(store.join("holds")).map_or(0, Iterator::count)
}

#[test]
fn what_cannot_be_made_is_kept_with_its_reason_until_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let few = ["--arms", "hard", "--seeds", "0", "--set", "compare=[\"fixed\"]"];
    said(run_into(&store).args(few)).with_code(0);
    let run = run_folders(&store).remove(0);
    fs::remove_dir_all(&run).unwrap();
    fs::write(&run, "in the way").unwrap();
    let words = ["error: 1 run could not be made: ", "is a file where a folder belongs"];
    said(run_into(&store).args(few)).with_code(1).with_words(&words);
    let notes: Vec<String> = fs::read_dir(store.join("failures"))
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    let [note] = &notes[..] else { panic!("{notes:?}") };
    assert!(note.contains("seed 0, 1 student") && note.contains("is a file where a folder belongs"), "{note}");
    fs::remove_file(&run).unwrap();
    said(run_into(&store).args(few)).with_code(0).with_words(&["1 run trained"]);
    assert!(!store.join("failures").exists());
}
