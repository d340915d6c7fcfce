//! The folders of runs.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use super::error::{StoreError, damaged, io_error};
use super::files::{json_bytes, read, read_json, write_folder};
use super::folder::Store;
use crate::{
    AskedDiagnostics, Diagnosed, DiagnosticsError, ExampleDiagnostics, Manifest, Outcome, Predictions, Provenance,
    RunDiagnostics, RunId, RunRecord,
};

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
    /// The folder of a run, there or not.
    pub fn run_folder(&self, id: &RunId) -> PathBuf {
        self.root().join("runs").join(id.as_str())
    }

    /// The names of all that is among the runs, damaged ones set aside included.
    pub fn run_names(&self) -> HashSet<String> {
        let entries = fs::read_dir(self.root().join("runs")).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
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
        let mut seen = HashSet::new();
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
}
