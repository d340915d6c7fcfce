//! A suite's folder: whole runs, written once, never half.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::manifest_1::ManifestFormat1;
use crate::run_id::short_hash;
use crate::{
    AskedDiagnostics, DataConfig, Diagnosed, DiagnosticsError, ExampleDiagnostics, FORMAT_VERSION, Holds, Imported,
    Manifest, Outcome, Predictions, Provenance, RightPredictions, RunDiagnostics, RunId, RunRecord, SplitLabels,
    TeacherKey, TeacherRecord,
};

/// The folder of one suite's results.
///
/// ```text
/// suite.toml                the resolved suite, as run
/// manifest.json             the suite's runs, choices and declarations
/// labels-<hash>.safetensors labels of the validation and test examples
/// teacher/<key>/            record.json, logits.safetensors; weights.safetensors of one trained here
/// runs/<run-id>/            record.json, predictions.safetensors, provenance.json, student.safetensors,
///                           diagnostics.json, diagnostics.safetensors
/// holds/                    which process makes what; gone once none does
/// failures/                 why runs could not be made; gone once they are there
/// checkpoints/              cohorts in the middle of their training; gone once their runs are there
/// report/                   tables and figures
/// ```
///
/// Runs that were made elsewhere are in a folder of another kind:
///
/// ```text
/// imported.json             what the table says: names, runs, learning curves
/// right-<hash>.safetensors  whether each test example was classified rightly, run by run, if that is known
/// report/                   tables and figures
/// ```
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
}

/// Held while a process writes to a store; given back when dropped or when the process dies.
#[derive(Debug)]
pub struct StoreLock {
    _file: File,
}

/// Held while a process runs a suite in a store, beside others that run the same.
#[derive(Debug)]
pub struct StoreShare {
    file: File,
    /// What stopped processes left half-written, removed now.
    pub removed: Vec<PathBuf>,
}

/// What goes into a run's folder.
#[derive(Debug, Clone)]
pub struct RunFiles {
    /// `record.json`.
    pub record: RunRecord,
    /// `provenance.json`.
    pub provenance: Provenance,
    /// `predictions.safetensors`; a run that diverged has none.
    pub predictions: Option<Predictions>,
    /// `student.safetensors`: the trained weights; tuning runs keep none.
    pub student: Option<Vec<u8>>,
    /// `diagnostics.json` and `diagnostics.safetensors`, where they were asked for.
    pub diagnostics: Option<Diagnosed>,
    /// The number of classes: decides how wide a prediction is written.
    pub classes: usize,
}

/// What keeps a store from being read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The operating system said no.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// `read`, `write`, `create`.
        action: &'static str,
        /// What it was about.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file that is not what it should be.
    #[error("{path} is damaged: {reason}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A sound run of which less was recorded than is now asked.
    #[error("{0} lacks the diagnostics that the suite asks")]
    Undiagnosed(PathBuf),
    /// A file from a later version of fractionate.
    #[error(
        "{path} has format {found}, but this version of fractionate reads formats up to {FORMAT_VERSION}: use a newer fractionate"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The format that it claims.
        found: u32,
    },
    /// A folder without a manifest.
    #[error("{path} is not a suite's results: {reason} (a folder made by `fractionate run` or `import` is wanted)")]
    NotAStore {
        /// The folder.
        path: PathBuf,
        /// What is there instead.
        reason: &'static str,
    },
    /// A folder of runs that were made elsewhere: none can be made in it.
    #[error("{0} holds runs imported from a table, to which none can be added: give another folder with --out")]
    Imported(PathBuf),
    /// A folder that holds other things: writing there could overwrite them.
    #[error("{0} holds other things than a suite's results: give a new or an empty folder with --out")]
    Foreign(PathBuf),
    /// A calibration's folder whose pool was made from something else.
    #[error(
        "{0} holds the pool of another calibration, or of this one as it was before: give another folder with --out"
    )]
    OtherPool(PathBuf),
    /// Another process is writing.
    #[error("another fractionate is writing to {0}: wait for it or give another folder with --out")]
    Locked(PathBuf),
    /// Other processes are running another suite in the store, or another version of this one.
    #[error(
        "another fractionate is writing to {0} and runs another suite, or this one with other settings: wait for it or give another folder with --out"
    )]
    OtherSuite(PathBuf),
}

impl StoreError {
    /// Whether files are missing or not what they should be, or too few, so that making them again is the cure.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Damaged { .. } | Self::Undiagnosed(_) => true,
            Self::Io { source, .. } => source.kind() == io::ErrorKind::NotFound,
            _ => false,
        }
    }
}

/// A run folder that could not be read.
#[derive(Debug)]
pub struct StoreProblem {
    /// The run's folder.
    pub folder: PathBuf,
    /// What is wrong with it.
    pub error: StoreError,
}

/// The manifest's runs as found on disk.
#[derive(Debug, Default)]
pub struct StoreScan {
    /// Runs of the manifest that are there, each once, in the manifest's order.
    pub records: Vec<RunRecord>,
    /// Runs of the manifest that are not there yet.
    pub missing: Vec<RunId>,
    /// Runs that are there but cannot be read.
    pub problems: Vec<StoreProblem>,
}

impl Store {
    /// Opens `root` for writing, creating what is missing.
    ///
    /// # Errors
    /// [`StoreError::Imported`] if `root` holds imported runs, [`StoreError::Foreign`] if it holds other things, or if a
    /// folder cannot be created.
    pub fn create(root: &Path) -> Result<Self, StoreError> {
        if Self::at(root).is_imported() {
            return Err(StoreError::Imported(root.to_owned()));
        }
        if is_foreign(root) {
            return Err(StoreError::Foreign(root.to_owned()));
        }
        for folder in [root.to_owned(), root.join("runs"), root.join("teacher")] {
            fs::create_dir_all(&folder).map_err(|e| io_error("create", &folder, e))?;
        }
        Ok(Self { root: root.to_owned() })
    }

    /// Opens an existing store for reading.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`] if `root` has neither a manifest nor imported runs.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let store = Self::at(root);
        if root.join("manifest.json").is_file() || store.is_imported() {
            return Ok(store);
        }
        let reason = match fs::read_dir(root).map(|mut entries| entries.next().is_none()) {
            Ok(true) => "the folder is empty",
            Ok(false) => "it has no manifest.json",
            Err(error) if error.kind() == io::ErrorKind::NotFound => "there is no such folder",
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => "it is no folder",
            Err(error) => return Err(io_error("read", root, error)),
        };
        Err(StoreError::NotAStore { path: root.to_owned(), reason })
    }

    /// Whether the store's runs were made elsewhere.
    pub fn is_imported(&self) -> bool {
        self.root.join(IMPORTED).is_file() && !self.root.join("manifest.json").exists()
    }

    /// Reads the runs that were made elsewhere.
    ///
    /// # Errors
    /// If they are missing, damaged or newer than this code.
    pub fn imported(&self) -> Result<Imported, StoreError> {
        let path = self.root.join(IMPORTED);
        let imported: Imported = read_json(&path)?;
        // Readers rely on a first point.
        if imported.points.is_empty() { Err(damaged(&path, "it names no point")) } else { Ok(imported) }
    }

    /// Reads whether each test example was classified rightly, of every imported run of which that is known.
    ///
    /// # Errors
    /// If the file that [`Imported::right`] names is missing or damaged.
    pub fn imported_right(&self, imported: &Imported) -> Result<RightPredictions, StoreError> {
        let Some(name) = &imported.right else { return Ok(RightPredictions::default()) };
        let path = self.root.join(name);
        RightPredictions::from_bytes(&read(&path)?).map_err(|e| damaged(&path, e))
    }

    /// Writes runs that were made elsewhere into a folder that is new, empty or holds an earlier import, which they
    /// replace: all or, on an error, nothing.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] if `root` holds other things, or if a file cannot be written.
    pub fn write_imported(
        root: &Path,
        mut imported: Imported,
        right: Option<&RightPredictions>,
    ) -> Result<Self, StoreError> {
        let store = Self::at(root);
        let there = fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_some());
        if there && !store.is_imported() {
            return Err(StoreError::Foreign(root.to_owned()));
        }
        let right = right.map(RightPredictions::to_bytes);
        imported.right =
            right.as_ref().map(|bytes| format!("{RIGHT}{}.safetensors", &blake3::hash(bytes).to_hex()[..16]));
        let earlier = if there { store.imported().ok().and_then(|earlier| earlier.right) } else { None };
        fs::create_dir_all(root).map_err(|e| io_error("create", root, e))?;
        // The file that names the other comes last.
        if let (Some(name), Some(bytes)) = (&imported.right, &right) {
            write_file(&root.join(name), bytes)?;
        }
        write_file(&root.join(IMPORTED), &json_bytes(&imported))?;
        if let Some(name) = earlier.filter(|name| imported.right.as_ref() != Some(name) && is_right_file(name)) {
            let path = root.join(name);
            fs::remove_file(&path).map_err(|e| io_error("remove", &path, e))?;
        }
        Ok(store)
    }

    /// A store at `root` that may not be there yet; nothing is touched.
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The store's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Claims the store for this process.
    ///
    /// # Errors
    /// [`StoreError::Locked`] if another process has it.
    pub fn lock(&self) -> Result<StoreLock, StoreError> {
        lock(&self.root)
    }

    /// Claims a share of the store for a process that runs the suite `toml`, beside others that run the same. The first
    /// of them removes what stopped processes left half-written, and writes the suite.
    ///
    /// # Errors
    /// [`StoreError::Locked`] if a process has the store for itself, [`StoreError::OtherSuite`] if others run another
    /// suite in it; or if a file cannot be read or written.
    pub fn share(&self, toml: &str) -> Result<StoreShare, StoreError> {
        let path = self.root.join(LOCK);
        let file = File::create(&path).map_err(|e| io_error("create", &path, e))?;
        let failed = |e| io_error("lock", &path, e);
        if matches!(file.try_lock(), Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported) {
            return self.share_without_locks(file, toml);
        }
        let (mut removed, mut refusal) = (Vec::new(), StoreError::Locked(self.root.clone()));
        // One that begins to run a suite has the store for itself for a moment only.
        for _ in 0..50 {
            match file.try_lock() {
                Ok(()) => {
                    removed.extend(self.remove_unfinished_if_alone()?);
                    self.write_suite(toml)?;
                    file.unlock().map_err(failed)?;
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(e)) => return Err(failed(e)),
            }
            match file.try_lock_shared() {
                Ok(()) if fs::read(self.root.join(SUITE)).is_ok_and(|there| there == toml.as_bytes()) => {
                    return Ok(StoreShare { file, removed });
                }
                Ok(()) => {
                    file.unlock().map_err(failed)?;
                    refusal = StoreError::OtherSuite(self.root.clone());
                }
                Err(TryLockError::WouldBlock) => refusal = StoreError::Locked(self.root.clone()),
                Err(TryLockError::Error(e)) => return Err(failed(e)),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(refusal)
    }

    /// On file systems without locks whoever holds something makes itself known by that.
    fn share_without_locks(&self, file: File, toml: &str) -> Result<StoreShare, StoreError> {
        let alone = !Holds::new(&self.root).has_others();
        let removed = if alone { self.remove_unfinished()? } else { Vec::new() };
        if fs::read(self.root.join(SUITE)).is_ok_and(|there| there == toml.as_bytes()) {
            return Ok(StoreShare { file, removed });
        }
        if !alone {
            return Err(StoreError::OtherSuite(self.root.clone()));
        }
        self.write_suite(toml)?;
        Ok(StoreShare { file, removed })
    }

    /// Gives a share back. Whoever is the last removes what killed processes left half-written, and names it.
    ///
    /// # Errors
    /// If the store's folders cannot be read or a left-over not be removed.
    pub fn end_share(&self, share: StoreShare) -> Result<Vec<PathBuf>, StoreError> {
        let file = share.file;
        let alone = file.unlock().is_ok() && file.try_lock().is_ok();
        if alone { self.remove_unfinished_if_alone() } else { Ok(Vec::new()) }
    }

    /// Locks may not reach to other machines: holds do.
    fn remove_unfinished_if_alone(&self) -> Result<Vec<PathBuf>, StoreError> {
        if Holds::new(&self.root).has_others() { Ok(Vec::new()) } else { self.remove_unfinished() }
    }

    /// The folder of a run, there or not.
    pub fn run_folder(&self, id: &RunId) -> PathBuf {
        self.root.join("runs").join(id.as_str())
    }

    /// Whether the run is there. Folders appear whole, so one that is there is finished.
    pub fn has_run(&self, id: &RunId) -> bool {
        self.run_folder(id).is_dir()
    }

    /// Writes a run: all of it or, on an error, nothing. One that is there already, made by another process, is kept.
    ///
    /// # Errors
    /// If a file cannot be written; runs written before stay as they are.
    pub fn write_run(&self, files: &RunFiles) -> Result<(), StoreError> {
        let mut parts =
            vec![("record.json", json_bytes(&files.record)), ("provenance.json", json_bytes(&files.provenance))];
        if let Some(predictions) = &files.predictions {
            parts.push(("predictions.safetensors", predictions.to_bytes(files.classes)));
        }
        if let Some(student) = &files.student {
            parts.push(("student.safetensors", student.clone()));
        }
        if let Some(diagnosed) = &files.diagnostics {
            parts.push(("diagnostics.json", json_bytes(&diagnosed.summary)));
            parts.push(("diagnostics.safetensors", diagnosed.examples.to_bytes()));
        }
        write_folder(&self.run_folder(&files.record.id), &parts)
    }

    /// Reads a run's record.
    ///
    /// # Errors
    /// If it is missing, damaged or newer than this code.
    pub fn record(&self, id: &RunId) -> Result<RunRecord, StoreError> {
        let path = self.run_folder(id).join("record.json");
        let record: RunRecord = read_json(&path)?;
        if record.id != *id || RunId::of(&record.config) != *id {
            let reason = format!("its configuration has run-id {}, its folder says {id}", RunId::of(&record.config));
            return Err(StoreError::Damaged { path, reason });
        }
        Ok(record)
    }

    /// Reads the record of a run whose files are all there: `provenance.json`, the predictions unless it diverged, the
    /// student where `with_student` asks one, and the diagnostics that are asked for unless it diverged. Their contents
    /// are looked at by those who read them.
    ///
    /// # Errors
    /// [`StoreError::Undiagnosed`] if the diagnostics are not those asked for; otherwise if the record cannot be read or
    /// a file is missing.
    pub fn whole_run(
        &self,
        id: &RunId,
        with_student: bool,
        diagnostics: Option<&AskedDiagnostics>,
    ) -> Result<RunRecord, StoreError> {
        let record = self.record(id)?;
        let finished = matches!(record.outcome, Outcome::Finished { .. });
        let diagnostics = diagnostics.filter(|_| finished);
        if let Some(asked) = diagnostics
            && !self.diagnostics(id)?.is_some_and(|found| found.answers(asked))
        {
            return Err(StoreError::Undiagnosed(self.run_folder(id)));
        }
        let wanted = [
            ("provenance.json", true),
            ("predictions.safetensors", finished),
            ("student.safetensors", with_student),
            ("diagnostics.safetensors", diagnostics.is_some()),
        ];
        for (name, _) in wanted.iter().filter(|(_, wanted)| *wanted) {
            let path = self.run_folder(id).join(name);
            fs::metadata(&path).map_err(|e| io_error("read", &path, e))?;
        }
        Ok(record)
    }

    /// Reads where and when a run was made.
    ///
    /// # Errors
    /// If it is missing, damaged or newer than this code.
    pub fn provenance(&self, id: &RunId) -> Result<Provenance, StoreError> {
        read_json(&self.run_folder(id).join("provenance.json"))
    }

    /// Reads a run's predictions.
    ///
    /// # Errors
    /// If they are missing or damaged.
    pub fn predictions(&self, id: &RunId) -> Result<Predictions, StoreError> {
        let path = self.run_folder(id).join("predictions.safetensors");
        Predictions::from_bytes(&read(&path)?).map_err(|e| damaged(&path, e))
    }

    /// Reads a run's diagnostics; `None` if it has none.
    ///
    /// # Errors
    /// If they are damaged or newer than this code.
    pub fn diagnostics(&self, id: &RunId) -> Result<Option<RunDiagnostics>, StoreError> {
        let path = self.run_folder(id).join("diagnostics.json");
        if path.exists() { read_json(&path).map(Some) } else { Ok(None) }
    }

    /// Reads the part of a run's diagnostics that speaks of single examples.
    ///
    /// # Errors
    /// If it is missing, damaged or newer than this code.
    pub fn example_diagnostics(&self, id: &RunId) -> Result<ExampleDiagnostics, StoreError> {
        let path = self.run_folder(id).join("diagnostics.safetensors");
        ExampleDiagnostics::from_bytes(&read(&path)?).map_err(|error| match error {
            DiagnosticsError::Newer(found) => StoreError::Newer { path, found },
            error => damaged(&path, error),
        })
    }

    /// Reads all runs that the manifest names; what cannot be read is listed, not fatal.
    pub fn scan(&self, manifest: &Manifest) -> StoreScan {
        let mut scan = StoreScan::default();
        let mut seen = std::collections::HashSet::new();
        for run in manifest.runs().filter(|run| seen.insert(&run.id)) {
            if !self.has_run(&run.id) {
                scan.missing.push(run.id.clone());
                continue;
            }
            match self.record(&run.id) {
                Ok(record) => scan.records.push(record),
                Err(error) => scan.problems.push(StoreProblem { folder: self.run_folder(&run.id), error }),
            }
        }
        scan
    }

    /// Removes what a killed process left half-written, and names it.
    ///
    /// # Errors
    /// If the store's folders cannot be read or a left-over not be removed.
    pub fn remove_unfinished(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut removed = Vec::new();
        let checkpoints = Some(self.root.join(CHECKPOINTS)).filter(|folder| folder.is_dir());
        let folders = [self.root.clone(), self.root.join("runs"), self.root.join("teacher")];
        for parent in folders.into_iter().chain(checkpoints) {
            for entry in fs::read_dir(&parent).map_err(|e| io_error("read", &parent, e))? {
                let path = entry.map_err(|e| io_error("read", &parent, e))?.path();
                let unfinished = path.file_name().is_some_and(|n| is_temporary(&n.to_string_lossy()));
                if unfinished {
                    let gone = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
                    gone.map_err(|e| io_error("remove", &path, e))?;
                    removed.push(path);
                }
            }
        }
        Ok(removed)
    }

    /// Reads the manifest.
    ///
    /// # Errors
    /// If it is missing, damaged or newer than this code.
    pub fn manifest(&self) -> Result<Manifest, StoreError> {
        let path = self.root.join("manifest.json");
        let manifest = match format_of(&path)? {
            1 => read_json::<ManifestFormat1>(&path)?.into(),
            _ => read_json::<Manifest>(&path)?,
        };
        // Readers rely on a first point.
        if manifest.points.is_empty() { Err(damaged(&path, "it names no point")) } else { Ok(manifest) }
    }

    /// Writes the manifest in place of the one before.
    ///
    /// # Errors
    /// If it cannot be written; the one before then stays.
    pub fn write_manifest(&self, manifest: &Manifest) -> Result<(), StoreError> {
        write_if_other(&self.root.join("manifest.json"), &json_bytes(manifest))
    }

    /// Writes the resolved suite in place of the one before.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_suite(&self, toml: &str) -> Result<(), StoreError> {
        write_if_other(&self.root.join(SUITE), toml.as_bytes())
    }

    /// Reads the labels of the validation and test examples of a split.
    ///
    /// # Errors
    /// If they are missing or damaged.
    pub fn labels(&self, data: &DataConfig) -> Result<SplitLabels, StoreError> {
        let path = self.labels_file(data);
        SplitLabels::from_bytes(&read(&path)?).map_err(|e| damaged(&path, e))
    }

    /// Writes the labels of the validation and test examples of a split.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn write_labels(&self, data: &DataConfig, labels: &SplitLabels) -> Result<(), StoreError> {
        write_file(&self.labels_file(data), &labels.to_bytes())
    }

    /// Named after the split: two versions of a suite may hold out other examples.
    fn labels_file(&self, data: &DataConfig) -> PathBuf {
        self.root.join(format!("labels-{}.safetensors", short_hash("fractionate labels", data)))
    }

    /// The folder of a teacher, there or not.
    pub fn teacher_folder(&self, key: &TeacherKey) -> PathBuf {
        self.root.join("teacher").join(key.as_str())
    }

    /// Reads a teacher's record.
    ///
    /// # Errors
    /// If it is missing, damaged or newer than this code.
    pub fn teacher(&self, key: &TeacherKey) -> Result<TeacherRecord, StoreError> {
        read_json(&self.teacher_folder(key).join("record.json"))
    }

    /// Writes a teacher: record, logits and, where it was trained here, weights; or nothing.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write_teacher(
        &self,
        record: &TeacherRecord,
        logits: Vec<u8>,
        weights: Option<Vec<u8>>,
    ) -> Result<(), StoreError> {
        let mut parts = vec![("record.json", json_bytes(record)), ("logits.safetensors", logits)];
        parts.extend(weights.map(|weights| ("weights.safetensors", weights)));
        write_folder(&self.teacher_folder(&record.key), &parts)
    }

    /// The file of a checkpoint, there or not.
    pub fn checkpoint_file(&self, name: &str) -> PathBuf {
        self.root.join(CHECKPOINTS).join(name)
    }

    /// Sets a damaged checkpoint aside, and says where to.
    ///
    /// # Errors
    /// If it cannot be renamed.
    pub fn set_checkpoint_aside(&self, name: &str) -> Result<PathBuf, StoreError> {
        set_aside(&self.root.join(CHECKPOINTS), "damaged", name)
    }

    /// Removes a checkpoint, once what it would have led to is in the store.
    ///
    /// # Errors
    /// If it is there and cannot be removed.
    pub fn remove_checkpoint(&self, name: &str) -> Result<(), StoreError> {
        let path = self.checkpoint_file(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error("remove", &path, error)),
            _ => Ok(()),
        }
    }

    /// Removes all whole checkpoints but damaged ones, and their folder if nothing is left in it.
    ///
    /// # Errors
    /// If the folder cannot be read or a file not be removed.
    pub fn remove_checkpoints(&self) -> Result<(), StoreError> {
        let folder = self.root.join(CHECKPOINTS);
        let entries = match fs::read_dir(&folder) {
            // Another process may be as far as this one.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries.map_err(|e| io_error("read", &folder, e))?,
        };
        for entry in entries {
            let name = entry.map_err(|e| io_error("read", &folder, e))?.file_name();
            let name = name.to_string_lossy();
            if !name.starts_with("damaged-") && !is_temporary(&name) {
                self.remove_checkpoint(&name)?;
            }
        }
        // Fails where a damaged one is left, which is as it should be.
        let _ = fs::remove_dir(&folder);
        Ok(())
    }

    /// Sets a teacher aside whose files are damaged, and says where to.
    ///
    /// # Errors
    /// If its folder cannot be renamed.
    pub fn set_teacher_aside(&self, key: &TeacherKey) -> Result<PathBuf, StoreError> {
        set_aside(&self.root.join("teacher"), "damaged", key.as_str())
    }

    /// Sets a run aside that is to be made again for this reason, and says where to.
    ///
    /// # Errors
    /// If its folder cannot be renamed.
    pub fn set_run_aside(&self, id: &RunId, reason: &StoreError) -> Result<PathBuf, StoreError> {
        let word = if matches!(reason, StoreError::Undiagnosed(_)) { "undiagnosed" } else { "damaged" };
        set_aside(&self.root.join("runs"), word, id.as_str())
    }
}

/// Claims a folder of results for this process.
pub(crate) fn lock(root: &Path) -> Result<StoreLock, StoreError> {
    let path = root.join(LOCK);
    let file = File::create(&path).map_err(|e| io_error("create", &path, e))?;
    match file.try_lock() {
        Ok(()) => Ok(StoreLock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked(root.to_owned())),
        Err(TryLockError::Error(e)) => Err(io_error("lock", &path, e)),
    }
}

/// Renames `parent/name` to a name that no reader looks for.
fn set_aside(parent: &Path, word: &str, name: &str) -> Result<PathBuf, StoreError> {
    let from = parent.join(name);
    let to = (1..)
        .map(|n| parent.join(format!("{word}-{n}-{name}")))
        .find(|path| !path.exists())
        .expect("some number is free");
    fs::rename(&from, &to).map_err(|e| io_error("rename", &from, e))?;
    Ok(to)
}

/// Whether a folder is there, holds something, and is no store, not even one that was stopped while it was made.
fn is_foreign(root: &Path) -> bool {
    // What is no folder, or cannot be read, fails with the system's own words when it is written to.
    let Ok(entries) = fs::read_dir(root) else { return false };
    let names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    let has = |name: &str| names.iter().any(|found| found == name);
    // The lock is the first file of a store; copies may lack it.
    let store = has(LOCK) || (has("manifest.json") && has("runs"));
    !store && !names.iter().all(|name| name == "runs" || name == "teacher")
}

pub(crate) const LOCK: &str = ".lock";

const SUITE: &str = "suite.toml";

const CHECKPOINTS: &str = "checkpoints";

const IMPORTED: &str = "imported.json";

const RIGHT: &str = "right-";

/// Whether a name is one that an import gives: nothing else is ever removed.
fn is_right_file(name: &str) -> bool {
    let hash = name.strip_prefix(RIGHT).and_then(|rest| rest.strip_suffix(".safetensors"));
    hash.is_some_and(|hash| hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()))
}

const TEMPORARY: &str = ".tmp-";

/// Whether a name is one that [`temporary_builder`] gives; a user's own `.tmp-notes` is not.
fn is_temporary(name: &str) -> bool {
    let random = name.strip_prefix(TEMPORARY);
    random.is_some_and(|random| random.len() == RANDOM && random.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Files that a stopped process left unfinished in a folder.
pub(crate) fn temporaries_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let unfinished = entries.filter(|entry| is_temporary(&entry.file_name().to_string_lossy()));
    unfinished.map(|entry| entry.path()).filter(|path| path.is_file()).collect()
}

/// How many random letters and digits a temporary name has.
const RANDOM: usize = 6;

pub(crate) fn io_error(action: &'static str, path: &Path, source: io::Error) -> StoreError {
    StoreError::Io { action, path: path.to_owned(), source }
}

pub(crate) fn damaged(path: &Path, reason: impl std::fmt::Display) -> StoreError {
    StoreError::Damaged { path: path.to_owned(), reason: reason.to_string() }
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, StoreError> {
    fs::read(path).map_err(|e| io_error("read", path, e))
}

pub(crate) fn json_bytes(value: &impl serde::Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("records have only string keys");
    bytes.push(b'\n');
    bytes
}

#[derive(serde::Deserialize)]
struct FormatOnly {
    format: u32,
}

fn format_of(path: &Path) -> Result<u32, StoreError> {
    let FormatOnly { format } = serde_json::from_slice(&read(path)?).map_err(|e| damaged(path, e))?;
    Ok(format)
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, StoreError> {
    let bytes = read(path)?;
    let FormatOnly { format } = serde_json::from_slice(&bytes).map_err(|e| damaged(path, e))?;
    if format > FORMAT_VERSION {
        return Err(StoreError::Newer { path: path.to_owned(), found: format });
    }
    serde_json::from_slice(&bytes).map_err(|e| damaged(path, e))
}

/// Temporary names are recognised by their prefix. tempfile would keep them from other users; results are for all.
fn temporary_builder(mode: u32) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY).rand_bytes(RANDOM);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    builder
}

/// Writes a file whole or not at all: under a temporary name, synced, then renamed into the place of what was there.
///
/// # Errors
/// If it cannot be written; what was there stays.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let parent = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let attempt = || -> io::Result<()> {
        let mut file = temporary_builder(0o644).tempfile_in(parent)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        File::open(parent)?.sync_all()
    };
    attempt().map_err(|e| io_error("write", path, e))
}

/// Writes a file as [`write_file`] does, unless it has this content already: then a full disk does not matter.
fn write_if_other(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    if fs::read(path).is_ok_and(|now| now == bytes) { Ok(()) } else { write_file(path, bytes) }
}

/// A folder under a temporary name, gone when dropped.
pub(crate) fn temporary_folder(parent: &Path) -> io::Result<tempfile::TempDir> {
    temporary_builder(0o755).tempdir_in(parent)
}

/// Writes and syncs a file that is not there yet.
pub(crate) fn create_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Writes a folder under a temporary name, syncs it and renames it into place.
fn write_folder(folder: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), StoreError> {
    let parent = folder.parent().expect("folders of a store lie in a folder");
    let attempt = || -> io::Result<()> {
        let temporary = temporary_folder(parent)?;
        for (name, bytes) in files {
            create_new(&temporary.path().join(name), bytes)?;
        }
        File::open(temporary.path())?.sync_all()?;
        match fs::rename(temporary.path(), folder) {
            // Somebody who was thought dead came before: it has the same numbers.
            Err(_) if folder.is_dir() => return Ok(()),
            renamed => renamed?,
        }
        let _ = temporary.keep();
        File::open(parent)?.sync_all()
    };
    attempt().map_err(|e| io_error("write", folder, e))
}
