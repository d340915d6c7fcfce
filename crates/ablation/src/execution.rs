//! Runs a suite: what the store lacks is trained, in cohorts, side by side.

use std::any::Any;
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use fractionate_records::{
    ArmChoice, DataConfig, DeclaredClaim, FORMAT_VERSION, Outcome, Provenance, Role, RunFiles, RunId, RunRecord, Store,
    StoreError, TeacherOrigin,
};
use fractionate_training::{
    Cohort, CohortResult, DataError, DataSet, DataSource, DeviceChoice, DiagnosticsBasis, Member, MemberSettings,
    Splits, TeacherFeatures, TeacherFileError, TeacherLogits, Training, TrainingError, cpu_capability, load_classifier,
    train, use_threads,
};

use crate::arm::{Arm, ArmError, ProbabilitiesError};
use crate::choice::{ChoiceError, choose};
use crate::cohorts::group;
use crate::diagnostics_basis::diagnostics_basis;
use crate::plan::{Plan, RunPlan, SweepPlan, data as data_config, numerics};
use crate::point_teacher::PointTeacher;
use crate::suite::{Suite, Sweep, TeacherSettings};
use crate::target_tables::{CohortTables, TargetTables};
use crate::teacher_knowledge::TeacherKnowledge;
use crate::watch::{Stage, Watch};

/// How a suite is run: nothing here changes its numbers but the kind of the device.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The folder of the suite's results.
    pub out: PathBuf,
    /// The folder that holds the data sets' folders.
    pub data: PathBuf,
    /// Where tensors are.
    pub device: DeviceChoice,
    /// Cohorts trained side by side, one libtorch thread each.
    pub jobs: usize,
}

/// What a call of [`run`] did.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSummary {
    /// Runs of the suite that the store had before.
    pub already_done: usize,
    /// Runs made now.
    pub made: usize,
    /// Runs of the comparisons that diverged, now or before: the suite has failed runs.
    pub diverged: usize,
    /// Arms without a setting: every one of their grid diverged.
    pub without_choice: Vec<ChoiceError>,
}

/// Why a suite could not be run to its end. What was finished before is kept.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The data set is missing or not what it should be.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The teacher's logits are not finite.
    #[error("the teacher is of no use: {0}")]
    Teacher(#[from] ProbabilitiesError),
    /// The teacher's file is not what the suite needs.
    #[error(transparent)]
    TeacherFile(#[from] TeacherFileError),
    /// The teacher's training gave no numbers; it is not kept.
    #[error("the teacher diverged: give [teacher] a smaller learning_rate")]
    TeacherDiverged,
    /// An arm cannot be made from these examples.
    #[error("{0}")]
    Arm(#[from] ArmError),
    /// Asked to stop.
    #[error("stopped: what was finished is kept, and the same command goes on from there")]
    Stopped,
    /// A failure inside libtorch.
    #[error("libtorch failed while training {cohort}: {reason}")]
    Libtorch {
        /// The cohort.
        cohort: String,
        /// What libtorch said.
        reason: String,
    },
}

impl From<TrainingError> for RunError {
    fn from(error: TrainingError) -> Self {
        match error {
            TrainingError::Stopped => Self::Stopped,
        }
    }
}

/// Runs a suite, every point of its sweep: trains the teachers that the store lacks, tunes, and trains every student
/// that it lacks. Students of all points that see the same batches share cohorts.
///
/// The numbers depend neither on the jobs, nor on what was there before, nor on interruptions.
///
/// # Errors
/// If the data are missing, a file cannot be read or written, an arm cannot be made, or it was asked to stop; runs
/// finished before stay in the store.
pub fn run(sweep: &Sweep, options: &RunOptions, watch: &Watch) -> Result<RunSummary, RunError> {
    let plan = SweepPlan::new(sweep, &numerics(options.device));
    let data = data_before_writing(&plan, options)?;
    let store = Store::create(&options.out)?;
    let _lock = store.lock()?;
    for path in store.remove_unfinished()? {
        watch.say(format!("removed {}, which a stopped process left unfinished", path.display()));
    }
    store.write_suite(&sweep.to_toml())?;
    let mut shared = SharedExamples::of(data);
    let mut sessions: Vec<Session<'_>> =
        plan.points.iter().map(|plan| Session::new(plan, &store, options, watch)).collect();
    let summary = run_points(&plan, &mut sessions, &mut shared);
    watch.enter(Stage::Done);
    summary
}

/// All points together: first all tuning, then all students that are compared.
fn run_points(
    plan: &SweepPlan<'_>,
    sessions: &mut [Session<'_>],
    shared: &mut SharedExamples,
) -> Result<RunSummary, RunError> {
    let (store, watch) = (sessions[0].store, sessions[0].watch);
    say_what_the_report_loses(plan, store, watch);
    let after_runs = claims_after_runs(plan, store);
    let write_manifest = |choices: &[Vec<ArmChoice>]| {
        let mut manifest = plan.manifest(choices);
        manifest.claims.iter_mut().zip(&after_runs).for_each(|(claim, &after)| claim.after_runs = after);
        store.write_manifest(&manifest)
    };
    let tuning: Vec<Vec<RunPlan>> = plan.points.iter().map(Plan::tuning_runs).collect();
    for (session, tuning) in sessions.iter_mut().zip(&tuning) {
        session.look_at_known(tuning, shared)?;
    }
    let known: Vec<Vec<ArmChoice>> =
        sessions.iter().zip(&tuning).map(|(session, tuning)| session.known_choices(tuning)).collect();
    write_manifest(&known)?;
    let tuned = |until, students| Stage::Tuning { until, students };
    let mut made = train_missing(sessions, shared, &tuning.concat(), tuned)?;
    let (mut choices, mut without_choice) = (Vec::new(), Vec::new());
    for (session, tuning) in sessions.iter().zip(&tuning) {
        let (chosen, without) = session.choices(tuning)?;
        choices.push(chosen);
        without_choice.extend(without.into_iter().filter(|error| !without_choice.contains(error)).collect::<Vec<_>>());
    }
    let compared: Vec<Vec<RunPlan>> =
        plan.points.iter().zip(&choices).map(|(plan, choices)| plan.compared_runs(choices)).collect();
    for (session, compared) in sessions.iter_mut().zip(&compared) {
        session.read_or_set_aside(compared)?;
    }
    write_manifest(&choices)?;
    let compared = distinct(&compared.concat());
    let students = |until, students| Stage::Students { until, students };
    made += train_missing(sessions, shared, &compared, students)?;
    let mut diverged = 0;
    for run in &compared {
        let outcome = sessions[run.point].record(&run.id)?.outcome;
        diverged += usize::from(matches!(outcome, Outcome::Diverged { .. }));
    }
    let total = distinct(&tuning.concat()).len() + compared.len();
    Ok(RunSummary { already_done: total - made, made, diverged, without_choice })
}

/// Each run once: several points may need it.
fn distinct(runs: &[RunPlan]) -> Vec<RunPlan> {
    let mut seen = HashSet::new();
    runs.iter().filter(|run| seen.insert(run.id.clone())).cloned().collect()
}

/// A smaller version of a suite in the same folder keeps all runs, but the report is of what the suite now names.
fn say_what_the_report_loses(plan: &SweepPlan<'_>, store: &Store, watch: &Watch) {
    let Ok(before) = store.manifest() else { return };
    let suite = plan.sweep().first();
    let arms = suite.arm_names();
    let lost_arms = before.arms.iter().filter(|arm| !arms.contains(arm)).count();
    let lost_seeds = before.seeds.iter().filter(|seed| !suite.seeds.contains(seed)).count();
    if lost_arms + lost_seeds > 0 {
        let folder = store.root().display();
        watch.say(format!(
            "{folder} held {lost_arms} more arms and {lost_seeds} more seeds: their runs are kept but not reported until the whole suite is run again; --out names another folder"
        ));
    }
}

/// For each claim of the suite, whether the store held compared runs before it was declared.
fn claims_after_runs(plan: &SweepPlan<'_>, store: &Store) -> Vec<bool> {
    let before = store.manifest().ok();
    let compared = before
        .as_ref()
        .is_some_and(|before| before.runs().any(|run| run.role != Role::Tuning && store.has_run(&run.id)));
    let declared = |claim: &DeclaredClaim| {
        let earlier = before.iter().flat_map(|before| &before.claims);
        earlier
            .filter(|earlier| earlier.test == claim.test && earlier.comparison == claim.comparison)
            .map(|c| c.after_runs)
            .next()
    };
    plan.sweep().claims.iter().map(|claim| declared(claim).unwrap_or(compared)).collect()
}

/// Trains those of the runs that the store lacks, and says how many they were.
fn train_missing(
    sessions: &mut [Session<'_>],
    shared: &mut SharedExamples,
    runs: &[RunPlan],
    stage: impl Fn(u64, usize) -> Stage,
) -> Result<usize, RunError> {
    let (store, watch) = (sessions[0].store, sessions[0].watch);
    let missing: Vec<RunPlan> = distinct(runs).into_iter().filter(|run| !store.has_run(&run.id)).collect();
    if missing.is_empty() {
        return Ok(0);
    }
    for run in &missing {
        sessions[run.point].prepare(shared)?;
    }
    let count = missing.len();
    let epochs: usize = missing.iter().map(|run| run.config.training.epochs).sum();
    watch.enter(stage(watch.progress.member_epochs() + epochs as u64, count));
    train_cohorts(sessions, missing)?;
    Ok(count)
}

/// Examples that the points of a sweep share.
#[derive(Default)]
pub(crate) struct SharedExamples {
    /// The data set that was read last.
    data: Option<(DataSource, DataSet)>,
    /// Splits by everything but the students' number of examples.
    splits: Vec<(DataConfig, Splits)>,
}

impl SharedExamples {
    /// With a data set that was read already, if any.
    pub(crate) fn of(data: Option<(DataSource, DataSet)>) -> Self {
        Self { data, splits: Vec::new() }
    }

    fn splits(&mut self, suite: &Suite, options: &RunOptions) -> Result<Splits, DataError> {
        let wanted = DataConfig { student_examples: 0, ..data_config(suite) };
        if let Some((_, splits)) = self.splits.iter().find(|(config, _)| *config == wanted) {
            return Ok(splits.with_student_examples(suite.data.student_examples));
        }
        let splits = Splits::draw(self.data(suite, options)?, suite.data.into(), options.device);
        self.splits.push((wanted, splits.shallow_clone()));
        Ok(splits)
    }

    /// The suite's data set, read unless it was read last.
    pub(crate) fn data(&mut self, suite: &Suite, options: &RunOptions) -> Result<&DataSet, DataError> {
        let data = match self.data.take() {
            Some((source, data)) if source == suite.source => data,
            _ => DataSet::read(&suite.source, &options.data)?,
        };
        Ok(&self.data.insert((suite.source.clone(), data)).1)
    }
}

/// A suite that has to train and finds no usable data leaves no folder behind: the data are read before the first
/// write where there is no store yet, and otherwise looked for unless every run is there. Files of logits are held
/// against the data before the first write, too, but for those whose teacher the store has already.
pub(crate) fn data_before_writing(
    plan: &SweepPlan<'_>,
    options: &RunOptions,
) -> Result<Option<(DataSource, DataSet)>, RunError> {
    let (store, suite) = (Store::at(&options.out), plan.sweep().first());
    let mut shared = SharedExamples::default();
    for point in &plan.points {
        if let (Some(TeacherSettings::Logits(logits)), Some(key)) = (&point.suite().teacher, point.teacher_key())
            && !store.teacher_folder(&key).is_dir()
        {
            logits.check_labels(shared.data(point.suite(), options)?)?;
        }
    }
    let enough = store.manifest().is_ok_and(|manifest| {
        manifest.runs().all(|run| store.has_run(&run.id)) || DataSet::is_present(&suite.source, &options.data)
    });
    if !enough {
        shared.data(suite, options)?;
    }
    Ok(shared.data)
}

/// Examples and teacher, once something has to be trained.
struct Prepared {
    splits: Splits,
    teacher: Option<TeacherKnowledge>,
    /// What diagnostics are held against, where the suite asks any.
    basis: Option<Arc<DiagnosticsBasis>>,
}

/// One point of the sweep on its way.
pub(crate) struct Session<'a> {
    plan: &'a Plan<'a>,
    store: &'a Store,
    options: &'a RunOptions,
    watch: &'a Watch,
    /// Runs that were there before and are whole.
    records: HashMap<RunId, RunRecord>,
    /// The hash of the teacher's logits, as far as there is a teacher.
    teacher_logits: Option<String>,
    prepared: Option<Prepared>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(plan: &'a Plan<'a>, store: &'a Store, options: &'a RunOptions, watch: &'a Watch) -> Self {
        let teacher = plan.teacher_key().and_then(|key| store.teacher(&key).ok());
        let teacher_logits = teacher.map(|record| record.logits_hash);
        Self { plan, store, options, watch, records: HashMap::new(), teacher_logits, prepared: None }
    }
}

impl Session<'_> {
    /// Reads what is there of the runs that are known before anything is trained.
    fn look_at_known(&mut self, tuning: &[RunPlan], shared: &mut SharedExamples) -> Result<(), RunError> {
        self.read_or_set_aside(tuning)?;
        let known: Vec<RunPlan> =
            tuning.iter().cloned().chain(self.plan.compared_runs(&self.known_choices(tuning))).collect();
        if known.iter().any(|run| !self.store.has_run(&run.id)) {
            // The teacher first: runs made from other logits than it has now are not kept.
            self.prepare(shared)?;
            self.read_or_set_aside(tuning)?;
        }
        Ok(())
    }

    /// The choices, if all tuning runs are there already: a suite that is done keeps its manifest whole.
    fn known_choices(&self, tuning: &[RunPlan]) -> Vec<ArmChoice> {
        let all_there = tuning.iter().all(|run| self.store.has_run(&run.id));
        if all_there { self.choices(tuning).map(|(choices, _)| choices).unwrap_or_default() } else { Vec::new() }
    }

    fn choices(&self, tuning: &[RunPlan]) -> Result<(Vec<ArmChoice>, Vec<ChoiceError>), RunError> {
        if tuning.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let records: Result<HashMap<RunId, RunRecord>, StoreError> =
            tuning.iter().map(|run| Ok((run.id.clone(), self.record(&run.id)?))).collect();
        Ok(choose(self.plan, tuning, &records?))
    }

    fn record(&self, id: &RunId) -> Result<RunRecord, StoreError> {
        self.records.get(id).cloned().map_or_else(|| self.store.record(id), Ok)
    }

    /// Reads those of the runs that are there. A damaged one is set aside, so that it is missing and made again; so is one
    /// that was made from other logits than the teacher's.
    fn read_or_set_aside(&mut self, runs: &[RunPlan]) -> Result<(), RunError> {
        for run in runs.iter().filter(|run| self.store.has_run(&run.id)) {
            let read = self.store.whole_run(&run.id, run.keeps_student(), run.diagnostics.as_ref());
            match read.and_then(|record| self.of_this_teacher(record)) {
                Ok(record) => {
                    self.records.insert(run.id.clone(), record);
                }
                Err(error) if error.is_damage() => {
                    let aside = self.store.set_run_aside(&run.id, &error)?;
                    self.watch.say(format!("{error}; set aside as {}, and the run is repeated", aside.display()));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn of_this_teacher(&self, record: RunRecord) -> Result<RunRecord, StoreError> {
        match (&self.teacher_logits, &record.teacher_logits) {
            (Some(now), Some(then)) if now != then => {
                let path = self.store.run_folder(&record.id);
                let reason = "it was made from other logits than those of the teacher that is there now".to_owned();
                Err(StoreError::Damaged { path, reason })
            }
            _ => Ok(record),
        }
    }

    /// Draws the splits and looks for the teacher, or makes it.
    pub(crate) fn prepare(&mut self, shared: &mut SharedExamples) -> Result<(), RunError> {
        if self.prepared.is_some() {
            return Ok(());
        }
        let suite = self.plan.suite();
        let splits = shared.splits(suite, self.options)?;
        self.store.write_labels(&data_config(suite), &splits.held_out_labels())?;
        let teacher = PointTeacher { plan: self.plan, store: self.store, options: self.options, watch: self.watch };
        let teacher = match teacher.get(&splits, shared)? {
            Some((record, logits)) => {
                self.teacher_logits = Some(record.logits_hash);
                let knowledge = self.knowledge(&logits, &splits)?;
                Some((logits, knowledge))
            }
            None => None,
        };
        let view = teacher.as_ref().map(|(logits, knowledge)| (logits, knowledge));
        let basis = diagnostics_basis(self.plan, &splits, view, || self.features(&splits))?;
        let teacher = teacher.map(|(_, knowledge)| knowledge);
        self.prepared = Some(Prepared { splits, teacher, basis });
        Ok(())
    }

    /// Makes the targets of this point's arms; `None` before it is prepared.
    pub(crate) fn tables(&self) -> Option<TargetTables<'_>> {
        let Prepared { splits, teacher, .. } = self.prepared.as_ref()?;
        Some(TargetTables::new(teacher.as_ref(), splits.student_labels(), splits.classes, self.options.device))
    }

    fn prepared(&self) -> &Prepared {
        self.prepared.as_ref().expect("the points of missing runs are prepared")
    }

    /// What a run's diagnostics are held against, if any are asked of it.
    fn basis_of(&self, run: &RunPlan) -> Option<Arc<DiagnosticsBasis>> {
        self.prepared().basis.as_ref().filter(|_| run.diagnostics.is_some()).map(Arc::clone)
    }

    /// The penultimate features of a teacher that was trained here.
    fn features(&self, splits: &Splits) -> Result<Option<TeacherFeatures>, StoreError> {
        let (Some(config), Some(key)) = (&self.plan.teacher, self.plan.teacher_key()) else { return Ok(None) };
        let TeacherOrigin::Trained(trained) = &config.origin else { return Ok(None) };
        let path = self.store.teacher_folder(&key).join("weights.safetensors");
        let weights =
            std::fs::read(&path).map_err(|source| StoreError::Io { action: "read", path: path.clone(), source })?;
        let seed = self.plan.suite().data.split_seed;
        TeacherFeatures::new(&trained.model, &weights, splits, seed, self.options.device)
            .map(Some)
            .map_err(|reason| StoreError::Damaged { path, reason })
    }

    fn knowledge(&self, logits: &TeacherLogits, splits: &Splits) -> Result<TeacherKnowledge, RunError> {
        let students = splits.student_examples * splits.classes;
        if let Some(mut planted) = logits.probabilities() {
            planted.truncate(students);
            return Ok(TeacherKnowledge::planted(planted, splits.classes)?);
        }
        let temperature = self.plan.suite().loss.temperature;
        Ok(TeacherKnowledge::new(&logits.train()[..students], splits.classes, temperature, self.classifier()?)?)
    }

    /// The rows of the teacher's last layer, if an arm asks for them.
    fn classifier(&self) -> Result<Option<Vec<Vec<f64>>>, RunError> {
        let asked = self.plan.suite().arms.iter().any(Arm::needs_classifier);
        let (Some(config), Some(key)) = (self.plan.teacher.as_ref().filter(|_| asked), self.plan.teacher_key()) else {
            return Ok(None);
        };
        // Other teachers have no layers that anybody knows of: arms that ask for one are refused with the suite.
        let TeacherOrigin::Trained(trained) = &config.origin else { return Ok(None) };
        Ok(Some(load_classifier(self.store, &key, &trained.model)?))
    }
}

/// Trains runs of any point, cohort by cohort, side by side.
fn train_cohorts(sessions: &[Session<'_>], missing: Vec<RunPlan>) -> Result<(), RunError> {
    let Session { store, watch, options, .. } = sessions[0];
    let tables: Vec<Option<TargetTables<'_>>> = sessions.iter().map(Session::tables).collect();
    let failure: Mutex<Option<RunError>> = Mutex::default();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.jobs)
        .start_handler(|_| use_threads(1))
        .build()
        .expect("a pool of a few threads can be had");
    // Each cohort has its own handles of the shared tensors: they may be sent to a worker, but not shared with it.
    let jobs: Vec<CohortJob> = group(missing)
        .into_iter()
        .map(|runs| {
            let teachers = runs.iter().map(|run| sessions[run.point].teacher_logits.clone()).collect();
            let bases = runs.iter().map(|run| sessions[run.point].basis_of(run)).collect();
            let splits = sessions[runs[0].point].prepared().splits.shallow_clone();
            CohortJob { runs, splits, teachers, bases, device: options.device }
        })
        .collect();
    pool.scope_fifo(|scope| {
        for job in jobs {
            let (tables, failure) = (&tables, &failure);
            scope.spawn_fifo(move |_| {
                if watch.progress.is_stopping() {
                    return;
                }
                if let Err(error) = job.run(tables, store, watch) {
                    // The first failure is the cause; what follows is its consequence.
                    failure.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(error);
                    watch.progress.stop();
                }
            });
        }
    });
    let failure = failure.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    match failure {
        Some(error) => Err(error),
        None if watch.progress.is_stopping() => Err(RunError::Stopped),
        None => Ok(()),
    }
}

/// One cohort on its way through a worker.
struct CohortJob {
    runs: Vec<RunPlan>,
    splits: Splits,
    /// Per run the hash of its teacher's logits.
    teachers: Vec<Option<String>>,
    /// Per run what its diagnostics are held against.
    bases: Vec<Option<Arc<DiagnosticsBasis>>>,
    device: DeviceChoice,
}

impl CohortJob {
    fn run(self, tables: &[Option<TargetTables<'_>>], store: &Store, watch: &Watch) -> Result<(), RunError> {
        let phrase = self.phrase();
        let (cohort, tables) = self.cohort(tables)?;
        let training = Training {
            splits: &self.splits,
            examples: self.splits.student_examples,
            targets: &tables.targets,
            weights: &tables.weights,
            diagnostics: &self.bases,
            device: self.device,
        };
        watch.begin_cohort(&phrase);
        let result = guarded(&phrase, || train(&cohort, &training, &watch.progress));
        watch.end_cohort(&phrase);
        self.store(result??, store)
    }

    fn phrase(&self) -> String {
        let first = &self.runs[0];
        let kind = if first.roles.contains(&Role::Tuning) { "tuning seed" } else { "seed" };
        let students = if self.runs.len() == 1 { "student" } else { "students" };
        format!("{kind} {}, {} {students}", first.config.seed, self.runs.len())
    }

    /// The cohort and its tables, each arm's once for every point.
    fn cohort(&self, tables: &[Option<TargetTables<'_>>]) -> Result<(Cohort, CohortTables), RunError> {
        let first = &self.runs[0].config;
        let (mut objectives, mut of_cohort) = (HashMap::new(), CohortTables::default());
        let mut members = Vec::new();
        for run in &self.runs {
            // Points differ in teacher and temperature.
            let key = (run.point, run.config.arm.clone());
            if !objectives.contains_key(&key) {
                let tables = tables[run.point].as_ref().expect("the points of missing runs are prepared");
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
            device: self.device.to_string(),
            cpu_capability: cpu_capability().to_owned(),
        };
        for ((run, teacher_logits), member) in self.runs.iter().zip(&self.teachers).zip(result.members) {
            let record = RunRecord {
                format: FORMAT_VERSION,
                id: run.id.clone(),
                config: run.config.clone(),
                outcome: member.outcome,
                curve: member.curve,
                teacher_logits: teacher_logits.clone().filter(|_| run.arm.needs_teacher()),
                initial_weights: result.initial_weights.clone(),
                batch_order: result.batch_order.clone(),
            };
            store.write_run(&RunFiles {
                record,
                provenance: provenance.clone(),
                predictions: member.predictions,
                student: run.keeps_student().then(|| member.weights.to_safetensors()),
                diagnostics: member.diagnostics,
                classes: self.splits.classes,
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
