//! Cohorts through the workers, and their runs into the store.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use fractionate_arms::Arm;
use fractionate_data::Splits;
use fractionate_records::{
    FORMAT_VERSION, FailureNote, Holds, Provenance, Role, RunConfig, RunFiles, RunId, RunRecord, Store, TeacherViews,
};

use super::checkpoints::{SavedTrainings, student_name};
use super::{Attempts, FailedRuns, RunError, Session};
use crate::cohorts::CohortSizes;
use crate::cohorts::group;
use crate::plan::RunPlan;
use crate::target_tables::{CohortTables, Place, TargetTables};
use crate::trainer::{
    Cohort, CohortResult, DiagnosticsRequest, Member, MemberSettings, Progress, TeacherOnViews, Trainer, TrainingSet,
};
use crate::watch::Watch;
use crate::workers::Workers;

/// Trains runs of any configuration that no other process makes, cohort by cohort, side by side. Says how many it made,
/// and which it could not make.
pub(super) fn train_cohorts(
    sessions: &[Session<'_>],
    missing: Vec<RunPlan>,
    sizes: &CohortSizes,
) -> Result<(usize, Vec<FailedRuns>), RunError> {
    let Session { store, holds, watch, options, trainer, .. } = sessions[0];
    let made = AtomicUsize::new(0);
    let failed: Mutex<Vec<FailedRuns>> = Mutex::default();
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
        let (here, failures) = job.run_held(&tables, store, holds, watch)?;
        made.fetch_add(here, Ordering::Relaxed);
        failed.lock().unwrap_or_else(PoisonError::into_inner).extend(failures);
        Ok(())
    };
    Workers::new(options.jobs, trainer.worker_start())?.work_through(jobs, watch, work)?;
    Ok((made.into_inner(), failed.into_inner().unwrap_or_else(PoisonError::into_inner)))
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
    /// Makes those of the runs that no other process makes or has made. Says how many they were, and which could not be
    /// made.
    fn run_held(
        mut self,
        tables: &[Option<TargetTables<'_>>],
        store: &Store,
        holds: &Holds,
        watch: &Watch,
    ) -> Result<(usize, Vec<FailedRuns>), RunError> {
        let names: Vec<String> = self.runs.iter().map(|run| run.id.to_string()).collect();
        let taken = holds.take(&names)?;
        let is_ours = |run: &RunPlan| taken.names.iter().any(|n| n == run.id.as_str()) && !store.has_run(&run.id);
        let ours: Vec<usize> = (0..self.runs.len()).filter(|&place| is_ours(&self.runs[place])).collect();
        self = self.part(&ours);
        let (mut made, mut failed) = (0, Vec::new());
        if !self.runs.is_empty() {
            for dead in &taken.from {
                watch.say(format!("{}: taken over from {dead}, which is dead", self.phrase()));
            }
            // Students of one checkpoint go on together: those of another are elsewhere in their training.
            for part in SavedTrainings::find(store, self.trainer, watch)?.parts(&self.students()) {
                let part = self.part(&part);
                match part.attempt(tables, store, watch) {
                    Ok(()) => made += part.runs.len(),
                    Err(error) if error.concerns_everything() => return Err(error),
                    // Still missing: it is given out again after the others.
                    Err(RunError::Later) => {}
                    Err(error) => failed.push(FailedRuns { runs: part.ids(), reason: error.to_string() }),
                }
            }
        }
        holds.give_back(&taken.names)?;
        Ok((made, failed))
    }

    /// Some of its runs, by their places.
    fn part(&self, places: &[usize]) -> Self {
        Self {
            runs: places.iter().map(|&place| self.runs[place].clone()).collect(),
            splits: self.splits.clone(),
            teachers: places.iter().map(|&place| self.teachers[place].clone()).collect(),
            diagnostics: places.iter().map(|&place| self.diagnostics[place].clone()).collect(),
            ..*self
        }
    }

    fn ids(&self) -> Vec<RunId> {
        self.runs.iter().map(|run| run.id.clone()).collect()
    }

    /// Their names in checkpoints.
    fn students(&self) -> Vec<String> {
        self.runs.iter().zip(&self.teachers).map(|(run, teacher)| student_name(run, teacher.as_deref())).collect()
    }

    fn attempt(&self, tables: &[Option<TargetTables<'_>>], store: &Store, watch: &Watch) -> Result<(), RunError> {
        let missing = FailureNote::of_runs(&self.phrase(), self.ids());
        let attempts = Attempts { missing, retries: self.retries, progress: &watch.progress, store, watch };
        attempts.make(|progress| self.run(tables, store, watch, progress))
    }

    fn run(
        &self,
        tables: &[Option<TargetTables<'_>>],
        store: &Store,
        watch: &Watch,
        progress: &Progress,
    ) -> Result<(), RunError> {
        let phrase = self.phrase();
        let (cohort, of_cohort, on_views) = self.cohort(tables)?;
        let runs: Vec<RunConfig> = self.runs.iter().map(|run| run.config.clone()).collect();
        let set = TrainingSet {
            splits: &self.splits,
            targets: &of_cohort.targets,
            weights: &of_cohort.weights,
            on_views: &on_views,
            diagnostics: &self.diagnostics,
            runs: &runs,
            store: Some(store.folder()),
        };
        let saved = SavedTrainings::find(store, self.trainer, watch)?;
        let checkpoint = saved.open(&self.students(), &phrase, self.checkpoint_every)?;
        watch.begin_cohort(&phrase);
        let result = guarded(&phrase, || self.trainer.train(&cohort, &set, Some(&checkpoint), progress));
        watch.end_cohort(&phrase);
        self.store(result??, store)?;
        self.runs
            .iter()
            .filter(|run| run.config.student.is_program())
            .try_for_each(|run| store.remove_cell(&run.id))?;
        Ok(SavedTrainings::find(store, self.trainer, watch)?.remove_settled()?)
    }

    fn phrase(&self) -> String {
        let first = &self.runs[0];
        let kind = if first.roles.contains(&Role::Tuning) { "tuning seed" } else { "seed" };
        let students = if self.runs.len() == 1 { "student" } else { "students" };
        format!("{kind} {}, {} {students}", first.config.seed, self.runs.len())
    }

    /// The cohort and its tables, each arm's once for every configuration, and the teachers that are asked about views.
    fn cohort<'t>(
        &self,
        tables: &'t [Option<TargetTables<'_>>],
    ) -> Result<(Cohort, CohortTables, Vec<TeacherOnViews<'t>>), RunError> {
        let first = &self.runs[0].config;
        let (mut objectives, mut of_cohort) = (HashMap::new(), CohortTables::default());
        let mut members = Vec::new();
        // By configuration the arms whose tables every epoch makes anew.
        let mut on_views: BTreeMap<usize, Vec<(Arm, Place)>> = BTreeMap::new();
        for run in &self.runs {
            // Points differ in teacher and temperature.
            let key = (run.configuration, run.config.arm.clone());
            if !objectives.contains_key(&key) {
                let tables =
                    tables[run.configuration].as_ref().expect("the configurations of missing runs are prepared");
                let objective = of_cohort.add(tables.get(&run.arm, first.seed)?);
                if let (Some(TeacherViews::Same), Some(place)) = (run.config.teacher_views, Place::of(objective)) {
                    on_views.entry(run.configuration).or_default().push((run.arm, place));
                }
                objectives.insert(key.clone(), objective);
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
        let asked = |(configuration, arms): (usize, Vec<(Arm, Place)>)| {
            let tables: &TargetTables<'_> = tables[configuration].as_ref().expect("prepared, as above");
            tables.teacher_on_views(arms, first.seed)
        };
        Ok((cohort, of_cohort, on_views.into_iter().map(asked).collect()))
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
                program_student: member.program_student.filter(|_| run.roles.iter().any(|role| role.is_compared())),
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
