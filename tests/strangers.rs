//! Folders from strangers: links, pipes and names that lead elsewhere.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::small_suite::{
    all_files, change_document, checkout, compared_run, copy_of_undisturbed, fractionate, run_into, said, suite_file,
    teacher_folder,
};

/// A folder of somebody's own, with names that the program gives its files.
struct Outside(PathBuf);

impl Outside {
    const NAMES: [&str; 6] =
        ["victim", "0123456789abcdef", "record.json", "index.html", ".tmp-0123456789abcdef", "a.csv"];

    fn beside(store: &Path) -> Self {
        let folder = store.with_file_name("outside");
        fs::create_dir(&folder).unwrap();
        Self::NAMES.iter().for_each(|name| fs::write(folder.join(name), "somebody's").unwrap());
        Self(folder)
    }

    #[track_caller]
    fn assert_untouched(&self) {
        let files = all_files(&self.0);
        assert_eq!(files.len(), Self::NAMES.len(), "{:?}", files.keys());
        for (name, bytes) in files {
            assert_eq!(bytes, b"somebody's", "{name}");
            assert_eq!(fs::metadata(self.0.join(&name)).unwrap().nlink(), 1, "{name}");
        }
    }
}

/// Puts a link in the place of whatever is there.
fn link(at: &Path, to: &Path) {
    if at.is_dir() {
        fs::remove_dir_all(at).unwrap();
    } else if at.exists() {
        fs::remove_file(at).unwrap();
    }
    symlink(to, at).unwrap();
}

#[test]
fn run_writes_and_removes_nothing_through_a_link() {
    for name in
        ["checkpoints", "runs", "teacher", "holds", "failures", "report", ".lock", "report/.lock", "report/index.html"]
    {
        let (_folder, store) = copy_of_undisturbed();
        let outside = Outside::beside(&store);
        fs::remove_dir_all(compared_run(&store)).unwrap();
        let target = if name.contains('.') { outside.0.join("victim") } else { outside.0.clone() };
        link(&store.join(name), &target);
        let run = said(&mut run_into(&store)).with_code(1);
        let last = run.err.lines().last().unwrap_or_default();
        assert!(last.starts_with("error: ") && last.contains(name), "{name}: {}", run.err);
        assert!(last.contains("is a symbolic link where a") && last.contains("left as it is"), "{name}: {last}");
        assert_eq!(fs::read_link(store.join(name)).unwrap(), target);
        outside.assert_untouched();
    }
}

#[test]
fn a_report_removes_nothing_that_its_list_names_and_no_report_made() {
    let (_folder, store) = copy_of_undisturbed();
    let outside = Outside::beside(&store);
    let report = store.join("report");
    link(&report.join("link"), &outside.0);
    fs::write(report.join("tables/thesis.txt"), "somebody's").unwrap();
    let list = report.join("files.txt");
    let listed = fs::read_to_string(&list).unwrap();
    fs::write(&list, format!("{listed}link/a.csv\nlink/victim\n../manifest.json\n/etc/hostname\ntables/thesis.txt\n"))
        .unwrap();
    said(fractionate().arg("report").arg(&store)).with_code(0);
    outside.assert_untouched();
    assert!(store.join("manifest.json").exists() && report.join("tables/thesis.txt").exists());
}

#[test]
fn a_users_own_folder_with_a_temporary_name_stays() {
    let (_folder, store) = copy_of_undisturbed();
    let own = [store.join(".tmp-backup"), store.join("runs/.tmp-backup"), store.join("checkpoints")];
    own.iter().for_each(|folder| fs::create_dir(folder).unwrap());
    own.iter().for_each(|folder| fs::write(folder.join("thesis.tex"), "somebody's").unwrap());
    said(&mut run_into(&store)).with_code(0);
    own.iter().for_each(|folder| assert!(folder.join("thesis.tex").exists(), "{}", folder.display()));
}

#[test]
fn merge_writes_nothing_outside_and_takes_no_link() {
    let merge = |store: &Path, other: &Path| {
        let out = store.with_file_name("merged");
        let mut command = fractionate();
        command.arg("merge").arg(store).arg(other).arg("--out").arg(&out);
        (said(&mut command), out)
    };
    let (_other_folder, other) = copy_of_undisturbed();
    let (folder, store) = copy_of_undisturbed();
    let outside = Outside::beside(&store);

    let weights = compared_run(&store).join("student.safetensors");
    let whole = fs::read(&weights).unwrap();
    link(&weights, &outside.0.join("victim"));
    let run = compared_run(&store).file_name().unwrap().to_owned();
    fs::remove_dir_all(other.join("runs").join(&run)).unwrap();
    // The run is not what it was written as, and no other folder has it.
    let (merged, out) = merge(&store, &other);
    let merged = merged.with_code(0);
    assert!(merged.out.contains("1 planned runs are in none"), "{}", merged.out);
    assert!(!out.join("runs").join(&run).exists());
    outside.assert_untouched();
    fs::remove_dir_all(out).unwrap();
    fs::remove_file(&weights).unwrap();
    fs::write(&weights, whole).unwrap();

    let key = teacher_folder(&store).file_name().unwrap().to_str().unwrap().to_owned();
    for evil in ["../../pwned", "/", "", "."] {
        for store in [&store, &other] {
            let manifest = store.join("manifest.json");
            fs::copy(&manifest, manifest.with_extension("whole")).unwrap();
            change_document(&manifest, |manifest| {
                let teacher = &mut manifest["configurations"][0]["teacher"];
                assert_eq!(*teacher, key.as_str());
                *teacher = evil.into();
            });
        }
        let (merged, out) = merge(&store, &other);
        let merged = merged.with_code(1).with_one_sentence(&["manifest.json", "hexadecimal digits"]);
        assert!(!out.exists(), "{}", merged.err);
        assert!(!folder.path().join("pwned").exists());
        for store in [&store, &other] {
            fs::rename(store.join("manifest.whole"), store.join("manifest.json")).unwrap();
        }
    }
}

#[test]
fn a_report_elsewhere_touches_nothing_in_the_store() {
    let (folder, store) = copy_of_undisturbed();
    fs::remove_dir_all(store.join("report")).unwrap();
    let times = |store: &Path| -> Vec<_> {
        let paths = all_files(store).into_keys().map(|name| store.join(name));
        paths.map(|path| (fs::metadata(&path).unwrap().modified().unwrap(), path)).collect()
    };
    let before = times(&store);
    let elsewhere = folder.path().join("elsewhere");
    let report = |out: &Path| {
        let mut command = fractionate();
        command.arg("report").arg(&store).arg("--json").arg("--out").arg(out);
        said(&mut command)
    };
    for _ in 0..2 {
        let made: serde_json::Value = serde_json::from_str(&report(&elsewhere).with_code(0).out).unwrap();
        assert_eq!(made["folder"].as_str(), elsewhere.to_str());
        assert!(elsewhere.join("index.html").exists());
        assert_eq!(times(&store), before);
        assert!(!store.join("report").exists());
    }
    let others = folder.path().join("others");
    fs::create_dir(&others).unwrap();
    fs::write(others.join("thesis.tex"), "somebody's").unwrap();
    report(&others).with_code(2).with_one_sentence(&["--out", "other things than a report"]);
}

#[test]
fn a_path_that_is_not_text_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join(OsStr::from_bytes(b"r\xe9sultats"));
    let here = |command: &mut Command| said(command.current_dir(folder.path())).with_code(2);
    let suite = suite_file();
    let with = |arguments: &[&OsStr]| {
        let mut command = fractionate();
        command.args(arguments);
        here(&mut command).with_one_sentence(&["is not UTF-8"]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{arguments:?}");
    };
    let (bad, suite) = (bad.as_os_str(), suite.as_os_str());
    let word = OsStr::new;
    for command in ["run", "plan", "submit", "calibrate"] {
        with(&[word(command), suite, word("--out"), bad]);
        with(&[word(command), bad]);
    }
    for command in ["status", "report", "export", "compare", "merge", "diff", "import"] {
        with(&[word(command), bad]);
    }
    with(&[word("targets"), suite, word("--arm"), word("teacher"), word("--out"), bad]);
    with(&[word("split"), suite, word("--out"), bad]);
    with(&[word("export"), word("."), word("--out"), bad]);

    fs::create_dir(bad).unwrap();
    said(fractionate().arg("arms").current_dir(bad)).with_code(2).with_one_sentence(&["current folder", "UTF-8"]);
}

#[test]
fn a_drawn_sample_of_strangers_folders_harms_nobody() {
    let mut command = Command::new(checkout().join("scripts/strangers"));
    command.args(["40", "7", "--binary", env!("CARGO_BIN_EXE_fractionate")]);
    let output = command.output().expect("scripts/strangers can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
