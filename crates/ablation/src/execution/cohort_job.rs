//! Cohorts through the workers, and their runs into the store.

use std::any::Any;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use fractionate_data::Splits;
use fractionate_records::{FORMAT_VERSION, Holds, Provenance, Role, RunFiles, RunId, RunRecord, Store};

use super::checkpoints::{cohort_key, open_checkpoint};
use super::{Attempts, RunError, Session};
use crate::cohorts::CohortSizes;
use crate::cohorts::group;
use crate::plan::RunPlan;
use crate::target_tables::{CohortTables, TargetTables};
use crate::trainer::{Cohort, CohortResult, DiagnosticsRequest, Member, MemberSettings, Trainer, TrainingSet};
use crate::watch::Watch;
use crate::workers::Workers;

/// Trains runs of any configuration that no other process makes, cohort by cohort, side by side, and says how many they were.
pub(super) fn train_cohorts(
    sessions: &[Session<'_>],
    missing: Vec<RunPlan>,
    sizes: &CohortSizes,
) -> Result<usize, RunError> {
    let Session { store, holds, watch, options, trainer, .. } = sessions[0];
    let made = AtomicUsize::new(0);
    let tables: Vec<Option<TargetTables<'_>>> = sessions.iter().map(Session::tables).collect();
    let jobs: Vec<CohortJob<'_>> = group(missing, sizes)
        .into_iter()
        .map(|runs| {
            let teachers = runs.iter().map(|run| sessions[run.configuration].teacher_logits.clone()).collect();
            let diagnostics = runs.iter().map(|run| sessions[run.configuration].diagnostics_of(run)).collect();
            let splits = sessions[runs[0].configuration].prepared().splits.clone();
            CohortJob {
                runs,
                splits,
                teachers,
                diagnostics,
                trainer,
                checkpoint_every: options.checkpoint_every,
                retries: options.retries,
            }
        })
        .collect();
    let work = |job: CohortJob<'_>| {
        made.fetch_add(job.run_held(&tables, store, holds, watch)?, Ordering::Relaxed);
        Ok(())
    };
    Workers::new(options.jobs, trainer.worker_start()).work_through(jobs, watch, work)?;
    Ok(made.into_inner())
}

/// One cohort on its way through a worker.
struct CohortJob<'a> {
    runs: Vec<RunPlan>,
    splits: Splits,
    /// Per run the hash of its teacher's logits.
    teachers: Vec<Option<String>>,
    /// Per run its diagnostics.
    diagnostics: Vec<Option<Arc<DiagnosticsRequest>>>,
    trainer: &'a dyn Trainer,
    checkpoint_every: f64,
    retries: u32,
}

impl CohortJob<'_> {
    /// Makes those of the runs that no other process makes or has made, and says how many they were.
    fn run_held(
        mut self,
        tables: &[Option<TargetTables<'_>>],
        store: &Store,
        holds: &Holds,
        watch: &Watch,
    ) -> Result<usize, RunError> {
        let names: Vec<String> = self.runs.iter().map(|run| run.id.to_string()).collect();
        let taken = holds.take(&names)?;
        let ours: Vec<bool> = self
            .runs
            .iter()
            .map(|run| taken.names.iter().any(|n| n == run.id.as_str()) && !store.has_run(&run.id))
            .collect();
        self.keep(&ours);
        if !self.runs.is_empty() {
            let phrase = self.phrase();
            for dead in &taken.from {
                watch.say(format!("{phrase}: taken over from {dead}, which is dead"));
            }
            let runs: Vec<RunId> = self.runs.iter().map(|run| run.id.clone()).collect();
            let attempts = Attempts {
                name: runs[0].as_str(),
                what: &phrase,
                runs: runs.clone(),
                retries: self.retries,
                store,
                watch,
            };
            attempts.make(|| self.run(tables, store, watch))?;
        }
        holds.give_back(&taken.names)?;
        Ok(self.runs.len())
    }

    /// Keeps the runs that are marked.
    fn keep(&mut self, marked: &[bool]) {
        let mut places = marked.iter();
        self.runs.retain(|_| *places.next().expect("one mark per run"));
        let mut places = marked.iter();
        self.teachers.retain(|_| *places.next().expect("one mark per run"));
        let mut places = marked.iter();
        self.diagnostics.retain(|_| *places.next().expect("one mark per run"));
    }

    fn run(&self, tables: &[Option<TargetTables<'_>>], store: &Store, watch: &Watch) -> Result<(), RunError> {
        let phrase = self.phrase();
        let (cohort, tables) = self.cohort(tables)?;
        let set = TrainingSet {
            splits: &self.splits,
            targets: &tables.targets,
            weights: &tables.weights,
            diagnostics: &self.diagnostics,
        };
        let key = cohort_key(&self.runs, &self.teachers);
        let checkpoint = open_checkpoint(&key, &phrase, self.checkpoint_every, store, self.trainer, watch)?;
        watch.begin_cohort(&phrase);
        let result = guarded(&phrase, || self.trainer.train(&cohort, &set, Some(&checkpoint), &watch.progress));
        watch.end_cohort(&phrase);
        self.store(result??, store)?;
        Ok(store.remove_checkpoint(&key)?)
    }

    fn phrase(&self) -> String {
        let first = &self.runs[0];
        let kind = if first.roles.contains(&Role::Tuning) { "tuning seed" } else { "seed" };
        let students = if self.runs.len() == 1 { "student" } else { "students" };
        format!("{kind} {}, {} {students}", first.config.seed, self.runs.len())
    }

    /// The cohort and its tables, each arm's once for every configuration.
    fn cohort(&self, tables: &[Option<TargetTables<'_>>]) -> Result<(Cohort, CohortTables), RunError> {
        let first = &self.runs[0].config;
        let (mut objectives, mut of_cohort) = (HashMap::new(), CohortTables::default());
        let mut members = Vec::new();
        for run in &self.runs {
            // Points differ in teacher and temperature.
            let key = (run.configuration, run.config.arm.clone());
            if !objectives.contains_key(&key) {
                let tables =
                    tables[run.configuration].as_ref().expect("the configurations of missing runs are prepared");
                objectives.insert(key.clone(), of_cohort.add(tables.get(&run.arm, first.seed)?));
            }
            let settings = MemberSettings {
                loss: run.config.loss,
                learning_rate: run.config.training.learning_rate,
                weight_decay: run.config.training.weight_decay,
            };
            members.push(Member { settings, objective: objectives[&key] });
        }
        let cohort = Cohort {
            student: first.student.clone(),
            training: first.training.clone(),
            evaluation: first.evaluation,
            seed: first.seed,
            members,
        };
        Ok((cohort, of_cohort))
    }

    fn store(&self, result: CohortResult, store: &Store) -> Result<(), RunError> {
        let provenance = Provenance {
            format: FORMAT_VERSION,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            finished_at: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
            seconds: result.seconds / self.runs.len() as f64,
            cohort_size: self.runs.len(),
            strategy: result.strategy,
            device: self.trainer.device(),
            cpu_capability: self.trainer.cpu_capability().to_owned(),
        };
        for ((run, teacher_logits), member) in self.runs.iter().zip(&self.teachers).zip(result.members) {
            let record = RunRecord {
                format: FORMAT_VERSION,
                id: run.id.clone(),
                config: run.config.clone(),
                outcome: member.outcome,
                curve: member.curve,
                teacher_logits: teacher_logits.clone().filter(|_| run.arm.needs().teacher),
                initial_weights: result.initial_weights.clone(),
                batch_order: result.batch_order.clone(),
            };
            store.write_run(&RunFiles {
                record,
                provenance: provenance.clone(),
                predictions: member.predictions,
                student: run.keeps_student().then(|| member.weights.to_safetensors()),
                diagnostics: member.diagnostics,
                classes: self.splits.classes(),
            })?;
        }
        Ok(())
    }
}

/// Turns a panic, which is how libtorch's errors arrive, into an error.
pub(crate) fn guarded<T>(what: &str, work: impl FnOnce() -> T) -> Result<T, RunError> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|panic| RunError::Libtorch { cohort: what.to_owned(), reason: first_line(&*panic) })
}

fn first_line(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no reason was given");
    text.lines().next().unwrap_or_default().to_owned()
}
