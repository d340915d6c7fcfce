//! The folders of runs.

use std::collections::HashSet;
use std::path::PathBuf;

use rayon::prelude::*;

use super::checksums::{Checksums, sealed_json, unsealed};
use super::error::{StoreError, damaged};
use super::files::{expect_sizes, json_bytes, json_of, open, read, write_folder};
use super::folder::Store;
use crate::{
    AskedDiagnostics, DataConfig, Diagnosed, DiagnosticsError, ExampleDiagnostics, Manifest, Outcome, Predictions,
    Provenance, RunDiagnostics, RunId, RunRecord, SplitLabels,
};

pub(super) const RECORD: &str = "record.json";
const PROVENANCE: &str = "provenance.json";
const PREDICTIONS: &str = "predictions.safetensors";
const STUDENT: &str = "student.safetensors";
const PROGRAM_STUDENT: &str = "student.npz";
const DIAGNOSTICS: &str = "diagnostics.json";
const EXAMPLE_DIAGNOSTICS: &str = "diagnostics.safetensors";

/// Files that may be big: who looks at all runs looks at their sizes alone, who reads one at every byte.
const BIG: [&str; 3] = [STUDENT, PROGRAM_STUDENT, EXAMPLE_DIAGNOSTICS];

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
    /// `student.npz`: the trained weights as a program gave them, if it did.
    pub program_student: Option<Vec<u8>>,
    /// `diagnostics.json` and `diagnostics.safetensors`, where they were asked for.
    pub diagnostics: Option<Diagnosed>,
    /// The number of classes: decides how wide a prediction is written.
    pub classes: usize,
}

/// A run that is there but cannot be read, or is not what it was written as.
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
    /// Runs that are there but cannot be read, or are not what they were written as.
    pub problems: Vec<StoreProblem>,
}

pub(super) const RUNS: &str = "runs";

impl Store {
    /// The folder of a run, there or not.
    pub fn run_folder(&self, id: &RunId) -> PathBuf {
        self.folder().path(run_name(id))
    }

    /// The names of all that is among the runs, damaged ones set aside included.
    pub fn run_names(&self) -> HashSet<String> {
        let entries = self.folder().entries(RUNS).unwrap_or_default();
        entries.iter().map(|entry| entry.name.to_string_lossy().into_owned()).collect()
    }

    /// Whether the run is there. Folders appear whole, so one that is there is finished.
    pub fn has_run(&self, id: &RunId) -> bool {
        self.folder().has_folder(run_name(id))
    }

    /// Whether the run's trained weights are there.
    pub fn has_student(&self, id: &RunId) -> bool {
        self.folder().has_file(file_name(id, STUDENT))
    }

    /// Whether something lies where the run's predictions belong.
    pub(super) fn has_predictions(&self, id: &RunId) -> bool {
        self.folder().kind(file_name(id, PREDICTIONS)).is_some()
    }

    /// Writes a run: all of it or, on an error, nothing. One that is there already, made by another process, is kept.
    ///
    /// # Errors
    /// If a file cannot be written; runs written before stay as they are.
    pub fn write_run(&self, files: &RunFiles) -> Result<(), StoreError> {
        let mut parts = vec![(PROVENANCE, json_bytes(&files.provenance))];
        if let Some(predictions) = &files.predictions {
            parts.push((PREDICTIONS, predictions.to_bytes(files.classes)));
        }
        if let Some(student) = &files.student {
            parts.push((STUDENT, student.clone()));
        }
        if let Some(student) = &files.program_student {
            parts.push((PROGRAM_STUDENT, student.clone()));
        }
        if let Some(diagnosed) = &files.diagnostics {
            parts.push((DIAGNOSTICS, json_bytes(&diagnosed.summary)));
            parts.push((EXAMPLE_DIAGNOSTICS, diagnosed.examples.to_bytes()));
        }
        parts.push((RECORD, sealed_json(&files.record, &Checksums::of(&parts))));
        write_folder(self.folder(), &run_name(&files.record.id), &parts)
    }

    /// Reads a run's record, whose content is the one that was written, and sees to it that the run's other files have
    /// the sizes that they were written with.
    ///
    /// # Errors
    /// If a file is missing, damaged or newer than this code, or if the record contradicts itself.
    pub fn record(&self, id: &RunId) -> Result<RunRecord, StoreError> {
        self.record_and_checksums(id).map(|(record, _)| record)
    }

    /// Reads the record of a run none of whose files has changed since [`Store::sound_run`] looked at it.
    ///
    /// # Errors
    /// If the record is missing, damaged or newer than this code, or if it contradicts itself.
    pub fn unchanged_run(&self, id: &RunId) -> Result<RunRecord, StoreError> {
        self.record_alone(id).map(|(record, _)| record)
    }

    fn record_and_checksums(&self, id: &RunId) -> Result<(RunRecord, Checksums), StoreError> {
        let (record, checksums) = self.record_alone(id)?;
        expect_sizes(self.folder(), &run_name(id), &checksums)?;
        Ok((record, checksums))
    }

    fn record_alone(&self, id: &RunId) -> Result<(RunRecord, Checksums), StoreError> {
        let name = file_name(id, RECORD);
        let path = self.folder().path(&name);
        let (record, checksums): (RunRecord, Option<Checksums>) = json_of(&path, read(self.folder(), &name)?)?;
        if record.id != *id || RunId::of(&record.config) != *id {
            let reason = format!("its configuration has run-id {}, its folder says {id}", RunId::of(&record.config));
            return Err(damaged(&path, reason));
        }
        if let Some(contradiction) = record.contradiction() {
            return Err(damaged(&path, format!("it has {contradiction}")));
        }
        Ok((record, checksums.unwrap_or_default()))
    }

    /// A file of a run, whose content is the one that was written.
    fn run_file(&self, id: &RunId, name: &str) -> Result<Vec<u8>, StoreError> {
        let record = file_name(id, RECORD);
        let (_, checksums) =
            unsealed(read(self.folder(), &record)?).map_err(|reason| damaged(&self.folder().path(&record), reason))?;
        self.covered_file(id, name, &checksums.unwrap_or_default())
    }

    fn covered_file(&self, id: &RunId, name: &str, checksums: &Checksums) -> Result<Vec<u8>, StoreError> {
        let file = file_name(id, name);
        let bytes = read(self.folder(), &file)?;
        checksums.damage(name, &bytes).map_or(Ok(bytes), |reason| Err(damaged(&self.folder().path(file), reason)))
    }

    /// Holds the content of a run's files against their checksums, and its predictions against the labels.
    fn check_files(
        &self,
        record: &RunRecord,
        checksums: &Checksums,
        labels: Option<&SplitLabels>,
        looked_at: impl Fn(&str) -> bool,
    ) -> Result<(), StoreError> {
        let id = &record.id;
        for (name, _) in checksums.sizes().filter(|(name, _)| *name != PREDICTIONS && looked_at(name)) {
            self.covered_file(id, name, checksums)?;
        }
        let name = file_name(id, PREDICTIONS);
        if !checksums.covers(PREDICTIONS) && self.folder().kind(&name).is_none() {
            return Ok(());
        }
        let path = self.folder().path(name);
        let bytes = self.covered_file(id, PREDICTIONS, checksums)?;
        let predictions = Predictions::from_bytes(&bytes).map_err(|e| damaged(&path, e))?;
        let contradiction = labels.and_then(|labels| record.contradiction_of_predictions(&predictions, labels));
        contradiction.map_or(Ok(()), |words| Err(damaged(&path, format!("with it the run has {words}"))))
    }

    /// Reads the record of a run whose files are all there: `provenance.json`, the predictions unless it diverged, the
    /// student where `with_student` asks one, and the diagnostics that are asked for unless it diverged. Their contents
    /// are looked at by those who read them.
    ///
    /// # Errors
    /// [`StoreError::Undiagnosed`] if the diagnostics are not those asked for; otherwise as [`Store::record`].
    pub fn whole_run(
        &self,
        id: &RunId,
        with_student: bool,
        diagnostics: Option<&AskedDiagnostics>,
    ) -> Result<RunRecord, StoreError> {
        self.whole(id, with_student, diagnostics).map(|(record, _)| record)
    }

    /// Reads the record of a whole run every byte of which is the one that was written, and whose predictions, held
    /// against the labels, have the scores that it states.
    ///
    /// # Errors
    /// As [`Store::whole_run`].
    pub fn sound_run(
        &self,
        id: &RunId,
        with_student: bool,
        diagnostics: Option<&AskedDiagnostics>,
        labels: Option<&SplitLabels>,
    ) -> Result<RunRecord, StoreError> {
        let (record, checksums) = self.whole(id, with_student, diagnostics)?;
        self.check_files(&record, &checksums, labels, |_| true)?;
        Ok(record)
    }

    /// As [`Store::sound_run`], whatever is asked of the run, and whether it has checksums.
    pub(super) fn verify_run(&self, id: &RunId) -> Result<(RunRecord, bool), StoreError> {
        let (record, checksums) = self.whole(id, false, None)?;
        let labels = self.labels(&record.config.data).ok();
        self.check_files(&record, &checksums, labels.as_ref(), |_| true)?;
        Ok((record, checksums.covers(PROVENANCE)))
    }

    fn whole(
        &self,
        id: &RunId,
        with_student: bool,
        diagnostics: Option<&AskedDiagnostics>,
    ) -> Result<(RunRecord, Checksums), StoreError> {
        let (record, checksums) = self.record_and_checksums(id)?;
        let finished = matches!(record.outcome, Outcome::Finished { .. });
        let diagnostics = diagnostics.filter(|_| finished);
        if let Some(asked) = diagnostics
            && !self.diagnostics(id)?.is_some_and(|found| found.answers(asked))
        {
            return Err(StoreError::Undiagnosed(self.run_folder(id)));
        }
        let wanted = [
            (PROVENANCE, true),
            (PREDICTIONS, finished),
            (STUDENT, with_student),
            (EXAMPLE_DIAGNOSTICS, diagnostics.is_some()),
        ];
        for (name, _) in wanted.iter().filter(|(name, wanted)| *wanted && !checksums.covers(name)) {
            open(self.folder(), &file_name(id, name))?;
        }
        Ok((record, checksums))
    }

    /// Reads where and when a run was made.
    ///
    /// # Errors
    /// If it is missing, damaged or newer than this code.
    pub fn provenance(&self, id: &RunId) -> Result<Provenance, StoreError> {
        let path = self.folder().path(file_name(id, PROVENANCE));
        json_of(&path, self.run_file(id, PROVENANCE)?).map(|(provenance, _)| provenance)
    }

    /// Reads a run's predictions.
    ///
    /// # Errors
    /// If they are missing or damaged.
    pub fn predictions(&self, id: &RunId) -> Result<Predictions, StoreError> {
        let bytes = self.run_file(id, PREDICTIONS)?;
        Predictions::from_bytes(&bytes).map_err(|e| damaged(&self.folder().path(file_name(id, PREDICTIONS)), e))
    }

    /// Reads the predictions of a run none of whose files has changed since [`Store::sound_run`] looked at it.
    ///
    /// # Errors
    /// If they are missing or no predictions.
    pub fn unchanged_predictions(&self, id: &RunId) -> Result<Predictions, StoreError> {
        let name = file_name(id, PREDICTIONS);
        Predictions::from_bytes(&read(self.folder(), &name)?).map_err(|e| damaged(&self.folder().path(name), e))
    }

    /// Reads the bytes of a run's trained weights.
    ///
    /// # Errors
    /// If they are missing or damaged.
    pub fn student(&self, id: &RunId) -> Result<Vec<u8>, StoreError> {
        self.run_file(id, STUDENT)
    }

    /// Reads a run's diagnostics; `None` if it has none.
    ///
    /// # Errors
    /// If they are damaged or newer than this code.
    pub fn diagnostics(&self, id: &RunId) -> Result<Option<RunDiagnostics>, StoreError> {
        let name = file_name(id, DIAGNOSTICS);
        if self.folder().kind(&name).is_none() {
            return Ok(None);
        }
        json_of(&self.folder().path(&name), self.run_file(id, DIAGNOSTICS)?).map(|(diagnostics, _)| Some(diagnostics))
    }

    /// Reads the part of a run's diagnostics that speaks of single examples.
    ///
    /// # Errors
    /// If it is missing, damaged or newer than this code.
    pub fn example_diagnostics(&self, id: &RunId) -> Result<ExampleDiagnostics, StoreError> {
        let path = self.folder().path(file_name(id, EXAMPLE_DIAGNOSTICS));
        ExampleDiagnostics::from_bytes(&self.run_file(id, EXAMPLE_DIAGNOSTICS)?).map_err(|error| match error {
            DiagnosticsError::Newer(found) => StoreError::Newer { path, found },
            error => damaged(&path, error),
        })
    }

    /// Reads all runs that the manifest names, and looks at the content of all their files but big ones; at the students'
    /// too where the suite asks diagnostics, which read them. What cannot be read, or is not what it was written as, is
    /// listed, not fatal.
    pub fn scan(&self, manifest: &Manifest) -> StoreScan {
        let mut scan = StoreScan::default();
        let mut seen = HashSet::new();
        let named: Vec<&RunId> = manifest.runs().map(|run| &run.id).filter(|id| seen.insert(*id)).collect();
        // Something else than a folder is no run that is missing: reading it says what it is.
        let read = |id: &RunId| self.folder().kind(run_name(id)).is_some().then(|| self.record_and_checksums(id));
        let read: Vec<_> = named.par_iter().map(|id| read(id)).collect();
        let mut labels = KnownLabels::default();
        read.iter().flatten().flatten().for_each(|(record, _)| labels.read(self, &record.config.data));
        let looked_at = |(record, checksums): (RunRecord, Checksums)| {
            let is_read = |name: &str| !BIG.contains(&name) || (name == STUDENT && manifest.diagnostics.is_some());
            self.check_files(&record, &checksums, labels.of(&record.config.data), is_read)?;
            Ok(record)
        };
        let read: Vec<Option<Result<RunRecord, StoreError>>> =
            read.into_par_iter().map(|run| run.map(|run| run.and_then(looked_at))).collect();
        for (id, run) in named.into_iter().zip(read) {
            match run {
                None => scan.missing.push(id.clone()),
                Some(Ok(record)) => scan.records.push(record),
                Some(Err(error)) => scan.problems.push(StoreProblem { folder: self.run_folder(id), error }),
            }
        }
        scan
    }
}

/// The labels of each split that runs were tested on, read once.
#[derive(Debug, Default)]
struct KnownLabels(Vec<(DataConfig, Option<SplitLabels>)>);

impl KnownLabels {
    fn read(&mut self, store: &Store, data: &DataConfig) {
        if self.0.iter().all(|(known, _)| known != data) {
            self.0.push((data.clone(), store.labels(data).ok()));
        }
    }

    /// `None` where they cannot be read: then predictions have nothing to be held against.
    fn of(&self, data: &DataConfig) -> Option<&SplitLabels> {
        self.0.iter().find(|(known, _)| known == data)?.1.as_ref()
    }
}

/// A run's folder, in the store.
fn run_name(id: &RunId) -> String {
    format!("{RUNS}/{id}")
}

fn file_name(id: &RunId, file: &str) -> String {
    format!("{RUNS}/{id}/{file}")
}
