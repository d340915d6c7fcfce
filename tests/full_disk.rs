//! A disk that is full: one sentence, nothing half, and the suite goes on once there is room.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::small_suite::{
    all_files, assert_same_numbers, fractionate, numbers, run_folders, run_into, said, undisturbed,
};

/// A file system of a few hundred kilobytes; unmounted when dropped.
pub(crate) struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where mounting is not permitted.
    pub(crate) fn mount(at: &Path, size: &str) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let options = format!("size={size}");
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(at).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success()).then(|| Self(at.to_owned()))
    }

    /// Its size is from now on what is used and so many pages more.
    fn leave(&self, pages: u64) {
        let used: u64 = all_files(&self.0).values().map(|bytes| pages_of(bytes)).sum();
        self.resize(&format!("{}k", 4 * (used + pages)));
    }

    /// As [`Self::leave`], while a process writes to it.
    pub(crate) fn leave_now(&self, pages: u64) {
        loop {
            let used = Command::new("df").args(["--output=used", "-k"]).arg(&self.0).output().unwrap().stdout;
            let used = String::from_utf8(used).unwrap();
            let used: u64 = used.lines().nth(1).unwrap().trim().parse().unwrap();
            // What was written meanwhile may be more than is left.
            if self.can_have(&format!("{}k", used + 4 * pages)) {
                return;
            }
        }
    }

    pub(crate) fn resize(&self, size: &str) {
        assert!(self.can_have(size));
    }

    fn can_have(&self, size: &str) -> bool {
        let options = format!("remount,size={size}");
        let mut command = Command::new("mount");
        command.args(["-o", &options]).arg(&self.0).stderr(Stdio::null());
        command.status().unwrap().success()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_is_one_sentence_finished_runs_stay_and_the_suite_goes_on_after_space_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("disk");
    let Some(disk) = SmallDisk::mount(&place, "900k") else {
        eprintln!("skipped: mounting a small file system is not permitted here");
        return;
    };
    let store = place.join("store");
    let run = said(&mut run_into(&store)).with_code(1).with_words(&["No space left on device"]);
    let errors: Vec<&str> = run.err.lines().filter(|line| line.contains("error")).collect();
    assert_eq!(errors.len(), 1, "{}", run.err);

    let finished = run_folders(&store);
    assert!(finished.len() > 10, "{} runs were finished before", finished.len());
    let whole = numbers(&undisturbed().store);
    for (name, bytes) in numbers(&store).into_iter().filter(|(name, _)| name.starts_with("runs/")) {
        assert!(whole.get(&name) == Some(&bytes), "{name}");
    }

    disk.resize("100m");
    let words = format!("{} were there already", finished.len());
    said(&mut run_into(&store)).with_code(0).with_words(&[&words]);
    assert_same_numbers(&store, &undisturbed().store);
}

/// Pages of 4096 bytes, in which a small file system counts.
fn pages_of(bytes: &[u8]) -> u64 {
    bytes.len().div_ceil(4096) as u64
}

const FEW: [&str; 6] = ["--arms", "hard,teacher", "--seeds", "0..2", "--jobs", "1"];

#[test]
fn whatever_file_finds_no_room_nothing_is_left_half_and_the_same_command_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    said(run_into(&whole).args(FEW)).with_code(0);
    let expected = numbers(&whole);
    let size_of =
        |part: &str| expected.iter().filter(|(name, _)| name.starts_with(part)).map(|(_, b)| pages_of(b)).sum();

    let place = folder.path().join("disk");
    let Some(disk) = SmallDisk::mount(&place, "4k") else {
        eprintln!("skipped: mounting a small file system is not permitted here");
        return;
    };
    fs::write(place.join("other"), [1; 4096]).unwrap();
    let store = place.join("store");
    let assert_nothing_half = || {
        for (name, bytes) in numbers(&store) {
            assert!(!name.contains(".tmp-"), "{name}");
            // The manifest grows; a report is of what is there.
            let final_form = name.starts_with("runs/") || name.starts_with("labels") || name == "suite.toml";
            assert!(!final_form || expected.get(&name).is_none_or(|whole| *whole == bytes), "{name}");
        }
    };
    // How much room there is, how often cohorts are saved, and for what the room is too small.
    // Who makes it needs a page to say so.
    let teacher: u64 = size_of("teacher/");
    let steps = [
        (0, "inf", "store/suite.toml"),
        (1, "inf", "store/labels-"),
        (1, "inf", "store/holds/"),
        (2, "0", "store/checkpoints/teacher-"),
        (10, "inf", "store/teacher/"),
        (teacher + 1, "inf", "store/manifest.json"),
        (20, "0", "store/checkpoints/"),
        (20, "inf", "store/runs/"),
        (100, "inf", "store/runs/"),
    ];
    for (pages, every, what) in steps {
        disk.leave(pages);
        let run = said(run_into(&store).args(FEW).args(["--checkpoint-every", every])).with_code(1);
        let errors: Vec<&str> = run.err.lines().filter(|line| line.contains("error")).collect();
        assert_eq!(errors.len(), 1, "{}", run.err);
        for words in ["error: cannot write ", what, "No space left on device"] {
            assert!(errors[0].contains(words), "no `{words}` in: {}", errors[0]);
        }
        assert_nothing_half();
    }
    disk.resize("100m");
    said(run_into(&store).args(FEW)).with_code(0);
    fs::remove_dir_all(store.join("report")).unwrap();

    for pages in [0, 1, 3, 60] {
        disk.leave(pages);
        let report = said(fractionate().arg("report").arg(&store)).with_code(1);
        report.with_one_sentence(&["cannot write ", "store/report/", "No space left on device"]);
        assert_nothing_half();
    }
    let table = place.join("table.csv");
    let mut export = fractionate();
    export.arg("export").arg(&store).arg("--out").arg(&table);
    disk.leave(0);
    said(&mut export).with_code(1).with_one_sentence(&["cannot write ", "table.csv", "No space left on device"]);
    assert!(!table.exists());

    disk.resize("100m");
    said(&mut export).with_code(0);
    said(run_into(&store).args(FEW)).with_code(0).with_words(&["nothing to train"]);
    assert!(numbers(&store) == expected);
}
