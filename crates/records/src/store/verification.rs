//! Every file of a store held against what it was written as.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::error::{StoreError, io_error};
use super::folder::Store;
use super::teachers::teacher_name;
use crate::{DataConfig, Manifest, PlannedRun, RunId, RunRecord, TeacherKey, is_temporary};

/// What is wrong with a file or folder of a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// Its path in the store.
    pub path: PathBuf,
    /// What is wrong, in a sentence.
    pub reason: String,
}

/// What a look at every file of a store found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Runs that were looked at, those of other versions of the suite included.
    pub runs: usize,
    /// Teachers that were looked at.
    pub teachers: usize,
    /// Runs among them without checksums: of an earlier version, or made by a program. Their scores are held against their
    /// curves and predictions alone.
    pub without_checksums: usize,
    /// Runs that the manifest names and that are not there.
    pub missing: usize,
    /// Runs and teachers that were set aside earlier.
    pub set_aside: usize,
    /// Everything that is not what it was written as.
    pub damaged: Vec<Damage>,
}

/// A file that only a report of runs has.
const REPORTED_RUNS: &str = "report/tables/runs.csv";

/// Called with the number of runs that were looked at and that of all runs.
pub type Looked<'a> = &'a (dyn Fn(usize, usize) + Sync);

impl Store {
    /// Holds every file of the store against its checksum, and what the files say against each other. Writes nothing.
    ///
    /// # Errors
    /// If a folder of the store cannot be read.
    pub fn verify(&self, looked: Looked<'_>) -> Result<Verification, StoreError> {
        if self.is_imported() {
            let read = self.imported().and_then(|imported| self.imported_right(&imported).map(|_| imported));
            let runs = read.as_ref().map_or(0, |imported| imported.configurations.iter().map(|c| c.runs.len()).sum());
            let damaged = read.err().map(|error| self.damage(&error)).into_iter().collect();
            return Ok(Verification { runs, damaged, ..Verification::default() });
        }
        let mut found = Verification::default();
        let manifest = self.manifest().map_err(|error| found.damaged.push(self.damage(&error))).ok();
        self.verify_claims(manifest.as_ref(), &mut found.damaged);
        self.verify_labels(manifest.as_ref(), &mut found.damaged);
        let (runs, aside) = self.names_in("runs")?;
        let (teachers, teachers_aside) = self.names_in("teacher")?;
        found.set_aside = aside + teachers_aside;
        let mut logits = HashMap::new();
        for key in teachers.iter().filter_map(|name| TeacherKey::from_name(name)) {
            found.teachers += 1;
            match self.verify_teacher(&key) {
                Ok(hash) => drop(logits.insert(key, hash)),
                Err(error) => found.damaged.push(self.damage(&error)),
            }
        }
        let ids: Vec<RunId> = runs.iter().filter_map(|name| RunId::from_name(name)).collect();
        found.runs = ids.len();
        let mut planned: HashMap<&RunId, &PlannedRun> = HashMap::new();
        for run in manifest.iter().flat_map(Manifest::runs) {
            planned.entry(&run.id).or_insert(run);
        }
        found.missing = planned.keys().filter(|id| !self.has_run(id)).count();
        found.damaged.extend(self.lost_runs(planned.keys().copied()));
        let mut absent: BTreeSet<TeacherKey> = BTreeSet::new();
        for (id, looked_at) in ids.iter().zip(self.verify_runs(&ids, looked)) {
            let known = planned.get(id);
            match looked_at {
                Ok((record, has_checksums)) => {
                    found.without_checksums += usize::from(!has_checksums);
                    let teacher = record.config.teacher.as_ref();
                    absent.extend(teacher.filter(|key| known.is_some() && !self.has_teacher(key)).cloned());
                    let reason =
                        known.and_then(|run| other_names(run, &record)).or_else(|| other_logits(&record, &logits));
                    found.damaged.extend(reason.map(|reason| Damage { path: run_path(id), reason }));
                }
                Err(error) => {
                    let mut damage = self.damage(&error);
                    if manifest.is_some() && known.is_none() {
                        damage.reason += "; it is a run of another version of the suite, and may be removed";
                    }
                    found.damaged.push(damage);
                }
            }
        }
        for key in absent {
            let reason = "it is not there, and runs were made from it".to_owned();
            found.damaged.push(Damage { path: teacher_name(&key).into(), reason });
        }
        Ok(found)
    }

    /// What a report of a configuration needs besides single runs, and cannot be read: the record of a teacher that is
    /// there, all of the teacher where `whole_teacher` asks that; the labels that predictions are held against; the folder of
    /// runs, if none of these is in it and an earlier report speaks of runs.
    pub fn damaged_inputs<'a>(
        &self,
        teacher: Option<&TeacherKey>,
        whole_teacher: bool,
        data: &DataConfig,
        runs: impl Iterator<Item = &'a RunId> + Clone,
    ) -> Vec<Damage> {
        let teacher = teacher.filter(|key| whole_teacher || self.folder().kind(teacher_name(key)).is_some());
        let damage = |key| if whole_teacher { self.verify_teacher(key).err() } else { self.teacher(key).err() };
        let teacher = teacher.and_then(damage);
        let labels = self.labels(data).err().filter(|_| runs.clone().any(|run| self.has_predictions(run)));
        let mut found: Vec<Damage> = teacher.iter().chain(&labels).map(|error| self.damage(error)).collect();
        found.extend(self.lost_runs(runs));
        found
    }

    /// The folder of runs, if none of these is in it and a report speaks of runs.
    fn lost_runs<'a>(&self, runs: impl Iterator<Item = &'a RunId>) -> Option<Damage> {
        let mut runs = runs.peekable();
        let lost = self.folder().has_file(REPORTED_RUNS) && runs.peek().is_some() && !runs.any(|run| self.has_run(run));
        lost.then(|| Damage {
            path: "runs".into(),
            reason: "no run is in it, and an earlier report speaks of runs".to_owned(),
        })
    }

    /// All runs, side by side.
    fn verify_runs(&self, ids: &[RunId], looked: Looked<'_>) -> Vec<Result<(RunRecord, bool), StoreError>> {
        let mut found: Vec<(usize, _)> = Vec::with_capacity(ids.len());
        let (next, done, results) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::new(&mut found));
        let work = || {
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(id) = ids.get(place) else { return };
                let result = self.verify_run(id);
                results.lock().unwrap_or_else(PoisonError::into_inner).push((place, result));
                looked(done.fetch_add(1, Ordering::Relaxed) + 1, ids.len());
            }
        };
        std::thread::scope(|scope| {
            let threads = std::thread::available_parallelism().map_or(1, usize::from);
            (1..threads).for_each(|_| drop(scope.spawn(work)));
            work();
        });
        found.sort_by_key(|(place, _)| *place);
        found.into_iter().map(|(_, result)| result).collect()
    }

    fn verify_claims(&self, manifest: Option<&Manifest>, damaged: &mut Vec<Damage>) {
        let known = match self.declarations() {
            Ok(Some(known)) => known,
            Ok(None) => return,
            Err(error) => return damaged.push(self.damage(&error)),
        };
        for claim in manifest.iter().flat_map(|manifest| &manifest.claims) {
            let own = known.iter().find(|known| known.is_of(claim));
            if own.is_none_or(|own| own.after_runs != claim.after_runs) {
                let reason = format!("it and manifest.json differ in when the claim `{}` was declared", claim.test);
                damaged.push(Damage { path: super::declarations::CLAIMS.into(), reason });
            }
        }
    }

    fn verify_labels(&self, manifest: Option<&Manifest>, damaged: &mut Vec<Damage>) {
        let configurations = manifest.iter().flat_map(|manifest| &manifest.configurations);
        for configuration in configurations.filter(|of| of.runs.iter().any(|run| self.has_run(&run.id))) {
            let damage = self.labels(&configuration.data).err().map(|error| self.damage(&error));
            damaged.extend(damage.filter(|damage| !damaged.contains(damage)).into_iter().collect::<Vec<_>>());
        }
    }

    /// The names in a folder of the store, and how many more were set aside.
    fn names_in(&self, folder: &str) -> Result<(BTreeSet<String>, usize), StoreError> {
        if self.folder().kind(folder).is_none() {
            return Err(io_error("read", &self.folder().path(folder), io::ErrorKind::NotFound.into()));
        }
        let entries = self.folder().entries(folder)?;
        let names = entries.iter().map(|entry| entry.name.to_string_lossy().into_owned());
        let (aside, names): (BTreeSet<String>, _) =
            names.filter(|name| !is_temporary(name)).partition(|name| super::set_aside::is_set_aside(name));
        Ok((names, aside.len()))
    }

    fn damage(&self, error: &StoreError) -> Damage {
        let path = |path: &Path| path.strip_prefix(self.root()).unwrap_or(path).to_owned();
        match error {
            StoreError::Damaged { path: at, reason } => Damage { path: path(at), reason: reason.clone() },
            StoreError::Io { path: at, source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Damage { path: path(at), reason: "it is not there".to_owned() }
            }
            StoreError::Io { path: at, source, .. } => {
                Damage { path: path(at), reason: format!("it cannot be read: {source}") }
            }
            StoreError::Newer { path: at, found } => {
                Damage { path: path(at), reason: format!("it has format {found}: use a newer fractionate") }
            }
            other => Damage { path: PathBuf::new(), reason: other.to_string() },
        }
    }
}

fn run_path(id: &RunId) -> PathBuf {
    Path::new("runs").join(id.as_str())
}

/// What record and manifest do not agree on.
fn other_names(planned: &PlannedRun, record: &RunRecord) -> Option<String> {
    let config = &record.config;
    (planned.arm != config.arm || planned.seed != config.seed).then(|| {
        format!(
            "it is `{}` at seed {} by its record and `{}` at seed {} by manifest.json",
            config.arm, config.seed, planned.arm, planned.seed
        )
    })
}

/// Whether a run was made from other logits than those of the teacher that is there.
fn other_logits(record: &RunRecord, logits: &HashMap<TeacherKey, String>) -> Option<String> {
    let there = logits.get(record.config.teacher.as_ref()?)?;
    let own = record.teacher_logits.as_ref()?;
    (own != there).then(|| "it was made from other logits than those of the teacher that is there".to_owned())
}
