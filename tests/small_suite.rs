//! The small suite, the binary that runs it, and what a store holds afterwards.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

/// The checkout.
pub(crate) fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The suite's file.
pub(crate) fn suite_file() -> PathBuf {
    checkout().join("tests/suites/small.toml")
}

/// The folder of the data sets.
pub(crate) fn data_folder() -> PathBuf {
    checkout().join(".data")
}

/// The binary, with nothing of the caller's environment that it heeds.
pub(crate) fn fractionate() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fractionate"));
    command.env_remove("FRACTIONATE_DATA").env_remove("NO_COLOR").stdin(Stdio::null());
    // Where nothing can be kept.
    command.env("XDG_STATE_HOME", "/dev/null").env("XDG_CACHE_HOME", "/dev/null");
    command
}

/// `fractionate run` of the small suite into `out`.
pub(crate) fn run_into(out: &Path) -> Command {
    on_small_suite("run", out, &data_folder())
}

/// `fractionate run` of the small suite into `out` with the data sets of another folder.
pub(crate) fn run_with_data(out: &Path, data: &Path) -> Command {
    on_small_suite("run", out, data)
}

/// `fractionate plan` of the small suite with results in `out`.
pub(crate) fn plan_of(out: &Path) -> Command {
    on_small_suite("plan", out, &data_folder())
}

fn on_small_suite(verb: &str, out: &Path, data: &Path) -> Command {
    let mut command = fractionate();
    command.arg(verb).arg(suite_file()).arg("--out").arg(out).arg("--data").arg(data);
    command
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    /// The exit code; none if a signal ended it.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Said {
    /// From a finished process. No command may ever panic.
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("what is printed is text");
        let said = Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
        assert!(!said.err.contains("panicked") && !said.err.contains("defect of fractionate"), "{said:?}");
        said
    }

    /// Fails unless the exit code is this one.
    #[track_caller]
    pub(crate) fn with_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.out, self.err);
        self
    }

    /// Fails unless standard error is one line that begins with `error: ` and holds all of the words.
    #[track_caller]
    pub(crate) fn with_one_sentence(self, words: &[&str]) -> Self {
        assert_eq!(self.err.trim_end().lines().count(), 1, "{}", self.err);
        assert!(self.err.starts_with("error: "), "{}", self.err);
        self.with_words(words)
    }

    /// Fails unless standard error holds all of the words.
    #[track_caller]
    pub(crate) fn with_words(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.err.contains(word), "no `{word}` in: {}", self.err);
        }
        self
    }
}

/// Runs a command to its end.
pub(crate) fn said(command: &mut Command) -> Said {
    Said::of(command.output().expect("the binary can be run"))
}

/// A store of the small suite that nothing disturbed.
#[derive(Debug)]
pub(crate) struct Undisturbed {
    /// Its folder. Only to be read.
    pub(crate) store: PathBuf,
    /// What the run that made it said.
    pub(crate) said: Said,
}

/// The undisturbed store, made once for all tests with two jobs.
pub(crate) fn undisturbed() -> &'static Undisturbed {
    static MADE: LazyLock<Undisturbed> = LazyLock::new(|| {
        let store = Path::new(env!("CARGO_TARGET_TMPDIR")).join("undisturbed");
        if store.exists() {
            fs::remove_dir_all(&store).unwrap();
        }
        let said = said(run_into(&store).args(["--jobs", "2"])).with_code(0);
        Undisturbed { store, said }
    });
    &MADE
}

/// A folder that goes when the test ends, and in it a copy of the undisturbed store.
pub(crate) fn copy_of_undisturbed() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    copy_folder(&undisturbed().store, &store);
    (folder, store)
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Every file below a folder by its path within, with `/`.
pub(crate) fn all_files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Everything of a store that must not depend on how the suite was run: all but times and hosts, and what was set aside.
pub(crate) fn numbers(store: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = all_files(store);
    // The page tells when and where the runs were made.
    let timed =
        |name: &str| ["provenance.json", "index.html", ".report-said.json"].iter().any(|timed| name.ends_with(timed));
    files.retain(|name, _| !timed(name) && !name.contains("/damaged-") && !name.ends_with(".lock"));
    for (name, bytes) in &mut files {
        if name.ends_with("record.json") || name == "claims.json" {
            let mut record = unsealed(bytes);
            let record = record.as_object_mut().unwrap();
            if name.starts_with("teacher/") {
                record.remove("seconds").expect("a teacher's record has its time");
            }
            for claim in record.get_mut("claims").and_then(Value::as_array_mut).into_iter().flatten() {
                claim.as_object_mut().unwrap().remove("declared_at").expect("a claim has its day");
            }
            *bytes = serde_json::to_vec(record).unwrap();
        }
    }
    files
}

/// A document of a store without its checksums, which are also those of times: as a program may have made it.
pub(crate) fn unsealed(document: &[u8]) -> Value {
    let mut document: Value = serde_json::from_slice(document).unwrap();
    document.as_object_mut().unwrap().remove("checksums");
    document
}

/// Changes a document of a store as a program may that knows nothing of checksums.
pub(crate) fn change_document(path: &Path, change: impl FnOnce(&mut Value)) {
    let mut document = unsealed(&fs::read(path).unwrap());
    change(&mut document);
    fs::write(path, document.to_string()).unwrap();
}

/// Fails, naming the files, unless both stores hold the same numbers, byte for byte, report included.
#[track_caller]
pub(crate) fn assert_same_numbers(store: &Path, other: &Path) {
    let (left, right) = (numbers(store), numbers(other));
    let names: Vec<&String> = left.keys().chain(right.keys()).collect();
    let differing: Vec<_> = names.into_iter().filter(|name| left.get(*name) != right.get(*name)).collect();
    assert!(differing.is_empty(), "{differing:?} differ");
    assert!(left.keys().filter(|name| name.ends_with("/student.safetensors")).count() > 10, "a whole store");
}

/// The folders of a store's runs, in the order of their names; what was set aside or left unfinished is not among them.
pub(crate) fn run_folders(store: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(store.join("runs")) else { return Vec::new() };
    let mut folders: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().bytes().all(|b| b.is_ascii_hexdigit()))
        .collect();
    folders.sort();
    folders
}

/// The folder of the first run (in the order of names) that has a student: one of a comparison.
pub(crate) fn compared_run(store: &Path) -> PathBuf {
    run_folders(store).into_iter().find(|run| run.join("student.safetensors").exists()).unwrap()
}

/// The folder of the store's teacher.
pub(crate) fn teacher_folder(store: &Path) -> PathBuf {
    let mut entries = fs::read_dir(store.join("teacher")).unwrap().map(|entry| entry.unwrap().path());
    entries.find(|path| !path.file_name().unwrap().to_string_lossy().starts_with("damaged")).unwrap()
}

/// How many runs the small suite has: tuning (hard has one lambda) and two comparisons of 8 arms on 3 seeds.
pub(crate) const RUNS: usize = (7 * 4 + 2) * 2 + 8 * 3 * 2;
