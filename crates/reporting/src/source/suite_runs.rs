//! The runs that a suite declares joined with those found on disk.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use fractionate_arms::Arm;
use fractionate_records::{
    Comparison, Damage, Imported, Lambda, Manifest, Provenance, RightPredictions, RunDiagnostics, RunId, Store,
    StoreError, TeacherRecord, Temperature, arm_base_name,
};

use crate::source::declared::{Declared, DeclaredConfiguration, DeclaredRun};
use crate::source::run::Run;
use crate::source::unreadable_runs::{
    UnreadableRun, contradictions, unfinished_folders, unreadable, unreadable_predictions,
};

/// One configuration of a suite, as planned and as found.
#[derive(Debug)]
pub struct SuiteRuns {
    /// What the suite declares.
    pub manifest: Arc<Declared>,
    /// The configuration of the sweep that is looked at; a suite without a sweep has one.
    pub configuration: DeclaredConfiguration,
    records: HashMap<RunId, Arc<Run>>,
    /// What the runs that are compared were made on; a run without a readable provenance is not in it.
    processors: HashMap<RunId, String>,
    /// The teacher's record, where the configuration has a teacher.
    pub teacher: Option<Result<TeacherRecord, StoreError>>,
    /// Runs that are there but cannot be read or used.
    pub unreadable: Vec<UnreadableRun>,
    /// Files besides the runs that a report needs and that cannot be read.
    pub damaged: Vec<Damage>,
    /// Folders that a stopped process left, or one that is at work.
    pub unfinished: usize,
    /// The same under each of several teachers; none with one teacher.
    teachers: Vec<SuiteRuns>,
}

/// What was read of a store's runs.
struct FoundRuns<'a> {
    store: &'a Store,
    manifest: Arc<Declared>,
    records: HashMap<RunId, Arc<Run>>,
    processors: HashMap<RunId, String>,
    problems: Vec<UnreadableRun>,
    unfinished: usize,
}

impl FoundRuns<'_> {
    /// The part of one configuration, and of it under each of its teachers.
    fn of_configuration(&self, configuration: &DeclaredConfiguration) -> SuiteRuns {
        let Self { store, manifest, records, processors, problems, unfinished } = self;
        let ids: HashSet<&RunId> = configuration.runs.iter().map(|run| &run.id).collect();
        let own = |id: &&RunId| records.contains_key(*id);
        let teachers: Vec<SuiteRuns> = configuration.teachers.iter().map(|own| self.of_configuration(own)).collect();
        let damaged = match (&configuration.data, &teachers[..]) {
            (Some(data), []) => {
                let runs = configuration.runs.iter().map(|run| &run.id);
                // Diagnostics look into logits and weights.
                store.damaged_inputs(configuration.teacher.as_ref(), manifest.diagnostics.is_some(), data, runs)
            }
            _ => Vec::new(),
        };
        let found = SuiteRuns {
            manifest: Arc::clone(manifest),
            configuration: configuration.clone(),
            records: ids.iter().copied().filter(own).map(|id| (id.clone(), Arc::clone(&records[id]))).collect(),
            processors: ids.iter().filter_map(|id| Some(((*id).clone(), processors.get(*id)?.clone()))).collect(),
            teacher: configuration.teacher.as_ref().map(|key| store.teacher(key)),
            unreadable: problems.iter().filter(|p| ids.iter().any(|id| id.as_str() == p.id)).cloned().collect(),
            damaged,
            unfinished: *unfinished,
            teachers,
        };
        if found.teachers.is_empty() { found.without_contradictions() } else { found.joined_from_teachers() }
    }
}

impl SuiteRuns {
    /// Reads the suite of a store, made here or imported, configuration by configuration.
    pub fn of_store(store: &Store) -> Result<Vec<Self>, StoreError> {
        if store.is_imported() {
            return Ok(Self::of_imported_store(store, store.imported()?));
        }
        Ok(Self::read_configurations(store, store.manifest()?))
    }

    fn of_imported_store(store: &Store, imported: Imported) -> Vec<Self> {
        let mut unreadable = Vec::new();
        let right = store.imported_right(&imported).unwrap_or_else(|error| {
            unreadable.push(unreadable_predictions(&imported, &error));
            RightPredictions::default()
        });
        let found = Self::of_imported(imported, right);
        found.into_iter().map(|suite| Self { unreadable: unreadable.clone(), ..suite }).collect()
    }

    /// The runs of a table, which are all there, with what is known of their predictions.
    pub fn of_imported(imported: Imported, right: RightPredictions) -> Vec<Self> {
        let right = Some(Arc::new(right)).filter(|right| !right.0.is_empty());
        let mut declared = Declared::from(&imported);
        declared.configurations.iter_mut().for_each(|configuration| configuration.right.clone_from(&right));
        let manifest = Arc::new(declared);
        let of_configuration =
            |(configuration, own): (&DeclaredConfiguration, fractionate_records::ImportedConfiguration)| Self {
                manifest: Arc::clone(&manifest),
                configuration: configuration.clone(),
                records: own.runs.into_iter().map(|run| (run.id.clone(), Arc::new(run.into()))).collect(),
                processors: HashMap::new(),
                teacher: None,
                unreadable: Vec::new(),
                damaged: Vec::new(),
                unfinished: 0,
                teachers: Vec::new(),
            };
        manifest.configurations.iter().zip(imported.configurations).map(of_configuration).collect()
    }

    /// Reads every run that the manifest names, and hands each configuration its own: a run may belong to several.
    pub fn read_configurations(store: &Store, manifest: Manifest) -> Vec<Self> {
        let scan = store.scan(&manifest);
        let problems: Vec<UnreadableRun> = scan.problems.iter().map(unreadable).collect();
        let records: HashMap<RunId, Arc<Run>> =
            scan.records.into_iter().map(|record| (record.id.clone(), Arc::new(record.into()))).collect();
        let compared = manifest.runs().filter(|run| run.role.is_compared() && records.contains_key(&run.id));
        let compared: HashSet<&RunId> = compared.map(|run| &run.id).collect();
        let processors: HashMap<RunId, String> =
            compared.into_iter().filter_map(|id| Some((id.clone(), processor(&store.provenance(id).ok()?)))).collect();
        let unfinished = unfinished_folders(store);
        let manifest = Arc::new(Declared::from(manifest));
        let found = FoundRuns { store, manifest: Arc::clone(&manifest), records, processors, problems, unfinished };
        manifest.configurations.iter().map(|configuration| found.of_configuration(configuration)).collect()
    }

    /// Leaves out what manifest and records do not agree on, and says so: nothing is known of such a run.
    fn without_contradictions(mut self) -> Self {
        let found = contradictions(&self.configuration.runs, |id| self.records.get(id).map(Arc::as_ref));
        let mut index = 0;
        self.configuration.runs.retain(|_| {
            index += 1;
            !found.iter().any(|(place, _)| *place == index - 1)
        });
        for (_, problem) in found {
            if !self.unreadable.iter().any(|known| known.reason == problem.reason) {
                self.unreadable.push(problem);
            }
        }
        self
    }

    /// Takes over what was left out of, and is wrong with, the configuration under each of its teachers.
    fn joined_from_teachers(mut self) -> Self {
        let mut seen = HashSet::new();
        let runs = self.teachers.iter().flat_map(|own| &own.configuration.runs);
        let runs = runs.filter(|run| seen.insert((&run.id, run.role))).cloned().collect();
        self.configuration.runs = runs;
        for teacher in &self.teachers {
            for problem in &teacher.unreadable {
                if !self.unreadable.iter().any(|known| known.reason == problem.reason) {
                    self.unreadable.push(problem.clone());
                }
            }
            for damage in &teacher.damaged {
                if !self.damaged.contains(damage) {
                    self.damaged.push(damage.clone());
                }
            }
        }
        self
    }

    /// The same under each of several teachers, or itself with one.
    pub fn each_teacher(&self) -> Vec<&Self> {
        if self.teachers.is_empty() { vec![self] } else { self.teachers.iter().collect() }
    }

    /// The value that tells a teacher from the others, `3` for a seed; `None` where it is the only one.
    pub fn teacher_value(&self) -> Option<&str> {
        self.manifest.teacher_axis.as_ref()?;
        if self.teachers.is_empty() { self.configuration.values.last().map(String::as_str) } else { None }
    }

    /// Reads a suite of one configuration.
    #[cfg(test)]
    pub fn read(store: &Store, manifest: Manifest) -> Self {
        Self::read_configurations(store, manifest).swap_remove(0)
    }

    /// The planned runs that are there, with their records, in the manifest's order.
    pub fn found(&self) -> impl Iterator<Item = (&DeclaredRun, &Run)> {
        self.configuration.runs.iter().filter_map(|run| Some((run, self.records.get(&run.id)?.as_ref())))
    }

    /// The record of a run, if it was read.
    pub fn record(&self, id: &RunId) -> Option<&Run> {
        self.records.get(id).map(Arc::as_ref)
    }

    /// The finished runs of one comparison.
    pub fn compared(&self, comparison: Comparison) -> impl Iterator<Item = &Run> {
        let role = comparison.role();
        self.found().filter(move |(run, r)| run.role == role && r.outcome.test().is_some()).map(|(_, record)| record)
    }

    /// What a run was made on, if that is known: `cpu with AVX2`, `cuda`.
    pub fn processor(&self, id: &RunId) -> Option<&str> {
        self.processors.get(id).map(String::as_str)
    }

    /// T of the configuration's soft targets, by a run that takes the suite's; `None` where none does.
    pub fn temperature(&self) -> Option<Temperature> {
        let own = |(run, record): (&DeclaredRun, &Run)| {
            let loss = record.config.as_ref()?.loss;
            let brings_own = Arm::find(arm_base_name(&run.arm)).is_some_and(|arm| arm.own_temperature().is_some());
            (loss.lambda > Lambda::ZERO && !brings_own).then_some(loss.temperature)
        };
        self.found().find_map(own)
    }

    /// Whether a run's diagnostics are held against this configuration's teacher at this configuration's temperature: a run that several
    /// points or suites share has those of the first.
    pub fn compares(&self, diagnostics: &RunDiagnostics) -> bool {
        diagnostics.teacher == self.configuration.teacher
            && self.temperature().is_none_or(|own| own == diagnostics.temperature)
    }

    /// How many different runs were read.
    pub fn read_count(&self) -> usize {
        self.records.len()
    }

    /// Planned runs that are neither read nor unreadable.
    pub fn missing(&self) -> impl Iterator<Item = &DeclaredRun> {
        let unreadable: std::collections::HashSet<&str> = self.unreadable.iter().map(|u| u.id.as_str()).collect();
        self.configuration
            .runs
            .iter()
            .filter(move |run| !self.records.contains_key(&run.id) && !unreadable.contains(run.id.as_str()))
    }
}

/// The kind of device and, where the processor does the arithmetic, its instruction set.
fn processor(provenance: &Provenance) -> String {
    let kind = provenance.device.split(':').next().unwrap_or_default();
    if kind == "cpu" { format!("{kind} with {}", provenance.cpu_capability) } else { kind.to_owned() }
}
