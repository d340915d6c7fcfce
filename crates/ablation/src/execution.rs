//! Runs a suite: what the store lacks is trained, in cohorts, side by side.

use std::any::Any;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use fractionate_records::{
    ArmChoice, FORMAT_VERSION, Outcome, Provenance, Role, RunFiles, RunId, RunRecord, Store, StoreError, TeacherRecord,
};
use fractionate_training::{
    Cohort, CohortResult, DataError, DataSet, DataSource, DeviceChoice, Member, MemberSettings, SplitSizes, Splits,
    TeacherLogits, Training, TrainingError, cpu_capability, load_classifier, load_teacher, train, train_teacher,
    use_threads,
};

use crate::arm::{Arm, ArmError, ProbabilitiesError};
use crate::choice::{ChoiceError, choose};
use crate::cohorts::group;
use crate::plan::{Plan, RunPlan, data as data_config, numerics};
use crate::suite::Suite;
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

/// Runs a suite: trains the teacher if the store has none, tunes, and trains every student that the store lacks.
///
/// The numbers depend neither on the jobs, nor on what was there before, nor on interruptions.
///
/// # Errors
/// If the data are missing, a file cannot be read or written, an arm cannot be made, or it was asked to stop; runs
/// finished before stay in the store.
pub fn run(suite: &Suite, options: &RunOptions, watch: &Watch) -> Result<RunSummary, RunError> {
    let plan = Plan::new(suite, numerics(options.device));
    let data = data_before_writing(&suite.source, options)?;
    let store = Store::create(&options.out)?;
    let _lock = store.lock()?;
    for path in store.remove_unfinished()? {
        watch.say(format!("removed {}, which a stopped process left unfinished", path.display()));
    }
    store.write_suite(&suite.to_toml())?;
    let teacher_logits = plan.teacher_key().and_then(|key| store.teacher(&key).ok()).map(|record| record.logits_hash);
    let records = HashMap::new();
    let mut session =
        Session { plan: &plan, store: &store, options, watch, data, records, teacher_logits, prepared: None };
    let summary = session.run();
    watch.enter(Stage::Done);
    summary
}

/// A suite that has to train and finds no usable data leaves no folder behind: the data are read before the first
/// write where there is no store yet, and otherwise looked for unless every run is there.
fn data_before_writing(source: &DataSource, options: &RunOptions) -> Result<Option<DataSet>, DataError> {
    let store = Store::at(&options.out);
    let finished = match store.manifest() {
        Ok(manifest) => manifest.runs().all(|run| store.has_run(&run.id)),
        Err(_) => return DataSet::read(source, &options.data).map(Some),
    };
    if finished || DataSet::is_present(source, &options.data) {
        return Ok(None);
    }
    DataSet::read(source, &options.data).map(Some)
}

/// Examples and teacher, once something has to be trained.
struct Prepared {
    splits: Splits,
    teacher: Option<TeacherKnowledge>,
}

struct Session<'a> {
    plan: &'a Plan<'a>,
    store: &'a Store,
    options: &'a RunOptions,
    watch: &'a Watch,
    /// Read already, where it had to be before the first write.
    data: Option<DataSet>,
    /// Runs that were there before and are whole.
    records: HashMap<RunId, RunRecord>,
    /// The hash of the teacher's logits, as far as there is a teacher.
    teacher_logits: Option<String>,
    prepared: Option<Prepared>,
}

impl Session<'_> {
    fn run(&mut self) -> Result<RunSummary, RunError> {
        self.say_what_the_report_loses();
        let tuning = self.plan.tuning_runs();
        self.read_or_set_aside(&tuning)?;
        let known: Vec<RunPlan> =
            tuning.iter().cloned().chain(self.plan.compared_runs(&self.known_choices(&tuning))).collect();
        if known.iter().any(|run| !self.store.has_run(&run.id)) {
            // The teacher first: runs made from other logits than it has now are not kept.
            self.prepare()?;
            self.read_or_set_aside(&tuning)?;
        }
        self.store.write_manifest(&self.plan.manifest(&self.known_choices(&tuning)))?;
        let mut made = self.train_missing(&tuning, |until, students| Stage::Tuning { until, students })?;
        let (choices, without_choice) = self.choices(&tuning)?;
        let compared = self.plan.compared_runs(&choices);
        self.read_or_set_aside(&compared)?;
        self.store.write_manifest(&self.plan.manifest(&choices))?;
        made += self.train_missing(&compared, |until, students| Stage::Students { until, students })?;
        let diverged = self.count_diverged(&compared)?;
        let total = tuning.len() + compared.len();
        Ok(RunSummary { already_done: total - made, made, diverged, without_choice })
    }

    /// A smaller version of a suite in the same folder keeps all runs, but the report is of what the suite now names.
    fn say_what_the_report_loses(&self) {
        let Ok(before) = self.store.manifest() else { return };
        let arms = self.plan.suite().arm_names();
        let lost_arms = before.arms.iter().filter(|arm| !arms.contains(arm)).count();
        let lost_seeds = before.seeds.iter().filter(|seed| !self.plan.suite().seeds.contains(seed)).count();
        if lost_arms + lost_seeds > 0 {
            let folder = self.store.root().display();
            self.watch.say(format!(
                "{folder} held {lost_arms} more arms and {lost_seeds} more seeds: their runs are kept but not reported until the whole suite is run again; --out names another folder"
            ));
        }
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

    fn count_diverged(&self, runs: &[RunPlan]) -> Result<usize, RunError> {
        let mut diverged = 0;
        for run in runs {
            if matches!(self.record(&run.id)?.outcome, Outcome::Diverged { .. }) {
                diverged += 1;
            }
        }
        Ok(diverged)
    }

    fn record(&self, id: &RunId) -> Result<RunRecord, StoreError> {
        self.records.get(id).cloned().map_or_else(|| self.store.record(id), Ok)
    }

    /// Reads those of the runs that are there. A damaged one is set aside, so that it is missing and made again; so is one
    /// that was made from other logits than the teacher's.
    fn read_or_set_aside(&mut self, runs: &[RunPlan]) -> Result<(), RunError> {
        for run in runs.iter().filter(|run| self.store.has_run(&run.id)) {
            let read = self.store.whole_run(&run.id, run.keeps_student());
            match read.and_then(|record| self.of_this_teacher(record)) {
                Ok(record) => {
                    self.records.insert(run.id.clone(), record);
                }
                Err(error) if error.is_damage() => {
                    let aside = self.store.set_run_aside(&run.id)?;
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

    /// Trains those of the runs that the store lacks, and says how many they were.
    fn train_missing(&mut self, runs: &[RunPlan], stage: impl Fn(u64, usize) -> Stage) -> Result<usize, RunError> {
        let missing: Vec<RunPlan> = runs.iter().filter(|run| !self.store.has_run(&run.id)).cloned().collect();
        if missing.is_empty() {
            return Ok(0);
        }
        self.prepare()?;
        let count = missing.len();
        let epochs: usize = missing.iter().map(|run| run.config.training.epochs).sum();
        self.watch.enter(stage(self.watch.progress.member_epochs() + epochs as u64, count));
        self.train(missing)?;
        Ok(count)
    }

    fn prepare(&mut self) -> Result<(), RunError> {
        if self.prepared.is_some() {
            return Ok(());
        }
        let suite = self.plan.suite();
        let data = match self.data.take() {
            Some(data) => data,
            None => DataSet::read(&suite.source, &self.options.data)?,
        };
        let sizes = SplitSizes {
            student: suite.data.student_examples,
            teacher: suite.data.teacher_examples,
            validation: suite.data.validation_examples,
            test: suite.data.test_examples,
            seed: suite.data.split_seed,
        };
        let splits = Splits::draw(&data, sizes, self.options.device);
        drop(data);
        self.store.write_labels(&data_config(suite), &splits.held_out_labels())?;
        let teacher = match self.teacher(&splits)? {
            Some((record, logits)) => {
                self.teacher_logits = Some(record.logits_hash);
                Some(self.knowledge(&logits, &splits)?)
            }
            None => None,
        };
        self.prepared = Some(Prepared { splits, teacher });
        Ok(())
    }

    fn knowledge(&self, logits: &TeacherLogits, splits: &Splits) -> Result<TeacherKnowledge, RunError> {
        let logits = logits.train();
        let students = &logits[..splits.student_examples * splits.classes];
        let temperature = self.plan.suite().loss.temperature;
        Ok(TeacherKnowledge::new(students, splits.classes, temperature, self.classifier()?)?)
    }

    /// The rows of the teacher's last layer, if an arm asks for them.
    fn classifier(&self) -> Result<Option<Vec<Vec<f64>>>, RunError> {
        let asked = self.plan.suite().arms.iter().any(Arm::needs_classifier);
        let (Some(config), Some(key)) = (self.plan.teacher.as_ref().filter(|_| asked), self.plan.teacher_key()) else {
            return Ok(None);
        };
        Ok(Some(load_classifier(self.store, &key, &config.model)?))
    }

    /// The store's teacher, trained first if it has none or a damaged one.
    fn teacher(&self, splits: &Splits) -> Result<Option<(TeacherRecord, TeacherLogits)>, RunError> {
        let (Some(config), Some(key)) = (&self.plan.teacher, self.plan.teacher_key()) else { return Ok(None) };
        match load_teacher(self.store, &key) {
            Ok(Some(teacher)) => return Ok(Some(teacher)),
            Ok(None) => {}
            Err(error) if error.is_damage() => {
                let aside = self.store.set_teacher_aside(&key)?;
                self.watch.say(format!("{error}; set aside as {}, and the teacher is trained again", aside.display()));
            }
            Err(error) => return Err(error.into()),
        }
        self.watch.enter(Stage::Teacher { epochs: config.training.epochs as u64 });
        let train = || train_teacher(config, splits, self.options.device, &self.watch.teacher);
        let trained = guarded("the teacher", train)??;
        let TeacherRecord { train: own, validation, test, .. } = &trained.record;
        if ![own, validation, test].iter().all(|scores| scores.nll.is_finite()) {
            return Err(RunError::TeacherDiverged);
        }
        self.watch.say(format!(
            "teacher {key}: {:.2}% of the test examples right, {:.2}% of its own, after {:.0} s",
            100.0 * trained.record.test.accuracy,
            100.0 * trained.record.train.accuracy,
            trained.record.seconds
        ));
        self.store.write_teacher(&trained.record, trained.logits, trained.weights)?;
        Ok(load_teacher(self.store, &key)?)
    }

    fn train(&self, missing: Vec<RunPlan>) -> Result<(), RunError> {
        let Prepared { splits, teacher } = self.prepared.as_ref().expect("prepared before anything is trained");
        let tables = TargetTables::new(teacher.as_ref(), splits.student_labels(), splits.classes, self.options.device);
        let failure: Mutex<Option<RunError>> = Mutex::default();
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.options.jobs)
            .start_handler(|_| use_threads(1))
            .build()
            .expect("a pool of a few threads can be had");
        let (store, watch, device) = (self.store, self.watch, self.options.device);
        // Each cohort has its own handles of the shared tensors: they may be sent to a worker, but not shared with it.
        let jobs: Vec<CohortJob> = group(missing)
            .into_iter()
            .map(|runs| CohortJob {
                runs,
                splits: splits.shallow_clone(),
                teacher_logits: self.teacher_logits.clone(),
                device,
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
}

/// One cohort on its way through a worker.
struct CohortJob {
    runs: Vec<RunPlan>,
    splits: Splits,
    teacher_logits: Option<String>,
    device: DeviceChoice,
}

impl CohortJob {
    fn run(self, tables: &TargetTables<'_>, store: &Store, watch: &Watch) -> Result<(), RunError> {
        let phrase = self.phrase();
        let (cohort, tables) = self.cohort(tables)?;
        let training = Training {
            splits: &self.splits,
            examples: self.splits.student_examples,
            targets: &tables.targets,
            weights: &tables.weights,
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

    /// The cohort and its tables, each arm's once.
    fn cohort(&self, tables: &TargetTables<'_>) -> Result<(Cohort, CohortTables), RunError> {
        let first = &self.runs[0].config;
        let (mut objectives, mut of_cohort) = (HashMap::new(), CohortTables::default());
        let mut members = Vec::new();
        for run in &self.runs {
            let name = &run.config.arm;
            if !objectives.contains_key(name) {
                objectives.insert(name.clone(), of_cohort.add(tables.get(&run.arm, first.seed)?));
            }
            let settings = MemberSettings {
                loss: run.config.loss,
                learning_rate: run.config.training.learning_rate,
                weight_decay: run.config.training.weight_decay,
            };
            members.push(Member { settings, objective: objectives[name] });
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
        for (run, member) in self.runs.iter().zip(result.members) {
            let record = RunRecord {
                format: FORMAT_VERSION,
                id: run.id.clone(),
                config: run.config.clone(),
                outcome: member.outcome,
                curve: member.curve,
                teacher_logits: self.teacher_logits.clone().filter(|_| run.arm.needs_teacher()),
                initial_weights: result.initial_weights.clone(),
                batch_order: result.batch_order.clone(),
            };
            store.write_run(&RunFiles {
                record,
                provenance: provenance.clone(),
                predictions: member.predictions,
                student: run.keeps_student().then(|| member.weights.to_safetensors()),
                classes: self.splits.classes,
            })?;
        }
        Ok(())
    }
}

/// Turns a panic, which is how libtorch's errors arrive, into an error.
fn guarded<T>(what: &str, work: impl FnOnce() -> T) -> Result<T, RunError> {
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
