//! How long runs and teachers take on this machine.

use std::cell::RefCell;
use std::collections::HashMap;

use fractionate_data::ExampleShape;
use fractionate_records::{
    EvaluationPlan, LoadedTeacherConfig, ModelConfig, RunConfig, Store, TeacherConfig, TeacherDataConfig, TeacherKey,
    TeacherOrigin, TeacherViews, TrainedTeacherConfig, seconds_to_write_a_run,
};

use crate::plan::{Plan, RunPlan};
use crate::trainer::{Pace, Trainer, Workload};

/// So many workloads are tried; others are reckoned from these, so that a plan of many architectures takes no longer.
const TRIED: usize = 4;

/// The batches in which a network's speed is measured that is only asked.
const MEASURED_BATCH: usize = 128;

/// What is known of this machine's speed: measured on it, and held against the runs that are made.
#[derive(Debug)]
pub(crate) struct Durations<'a> {
    trainer: &'a dyn Trainer,
    /// The networks of the teachers that have one here, which may be asked about views.
    teachers: HashMap<TeacherKey, ModelConfig>,
    /// Cohorts side by side.
    jobs: usize,
    /// Asked once: it takes files of the system.
    processors: usize,
    tried: RefCell<Vec<(Workload, Pace)>>,
    /// What runs took, in terms of what they should have taken; `None` where none is made.
    correction: Option<f64>,
    /// Seconds of an epoch of a program, by the runs that are made; `None` where none is.
    program_epoch: Option<f64>,
    /// What it takes to write a run.
    writing: f64,
}

impl<'a> Durations<'a> {
    /// For `jobs` cohorts of these plans side by side; the `made` runs of the store tell how right the measurement is.
    pub(crate) fn new<'r>(
        store: &Store,
        plans: &[Plan<'_>],
        made: impl Iterator<Item = &'r RunPlan>,
        jobs: usize,
        trainer: &'a dyn Trainer,
    ) -> Self {
        let writing = seconds_to_write_a_run(store.root()).unwrap_or(0.0);
        let mut durations = Self {
            trainer,
            teachers: plans.iter().filter_map(network_of_teacher).collect(),
            jobs,
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            tried: RefCell::default(),
            correction: None,
            program_epoch: None,
            writing,
        };
        // A few dozen are enough.
        let made: Vec<&RunPlan> = made.take(40).collect();
        durations.correction = durations.correction(store, &made);
        durations.program_epoch = program_epoch(store, &made);
        durations
    }

    /// Whether the seconds were corrected by runs that are made.
    pub(crate) fn is_from_runs(&self) -> bool {
        self.correction.is_some() || self.program_epoch.is_some()
    }

    /// Whether it is known how long a run takes: nothing tells of a program before it has made one.
    pub(crate) fn is_known(&self, config: &RunConfig) -> bool {
        !config.student.is_program() || self.program_epoch.is_some()
    }

    /// Seconds of one run in a cohort of so many members, its files included.
    pub(crate) fn run(&self, config: &RunConfig, shape: ExampleShape, members: usize) -> f64 {
        if config.student.is_program() {
            return self.program_epoch.unwrap_or(0.0) * config.training.epochs as f64 + self.writing;
        }
        self.correction.unwrap_or(1.0) * self.training(config, shape, members) + self.writing
    }

    /// Seconds of a teacher's training; of one from elsewhere nothing is known but of a network.
    pub(crate) fn teacher(&self, config: &TeacherConfig, shape: ExampleShape) -> f64 {
        if let TeacherOrigin::Weights(loaded) = &config.origin {
            return self.loaded_teacher(loaded, &config.data, shape);
        }
        let TeacherOrigin::Trained(TrainedTeacherConfig { model, training, threads, .. }) = &config.origin else {
            return 0.0;
        };
        let data = &config.data;
        let batch_size = training.batch_size.min(data.examples);
        let (threads, at_once) = (*threads, 1);
        let pace = self.pace(Workload { student: model.clone(), shape, batch_size, members: 1, threads, at_once });
        let steps = training.epochs as f64 * data.examples as f64 / batch_size as f64;
        // At the end of its training on the validation split, then for its logits.
        let evaluated = data.examples + 2 * data.validation_examples + data.test_examples;
        steps * pace.step + evaluated as f64 * pace.evaluation
    }

    /// Seconds that the logits of a network with weights from elsewhere take.
    fn loaded_teacher(&self, loaded: &LoadedTeacherConfig, data: &TeacherDataConfig, shape: ExampleShape) -> f64 {
        let batch_size = data.examples.min(MEASURED_BATCH);
        let LoadedTeacherConfig { model, threads, .. } = loaded;
        let work = Workload { student: model.clone(), shape, batch_size, members: 1, threads: *threads, at_once: 1 };
        (data.examples + data.validation_examples + data.test_examples) as f64 * self.pace(work).evaluation
    }

    /// Seconds of one run's training, uncorrected.
    fn training(&self, config: &RunConfig, shape: ExampleShape, members: usize) -> f64 {
        let RunConfig { data, training, evaluation, .. } = config;
        let batch_size = training.batch_size.min(data.student_examples);
        let at_once = self.jobs.min(self.processors);
        let student = config.student.clone();
        let pace = self.pace(Workload { student, shape, batch_size, members, threads: 1, at_once });
        let steps = training.epochs as f64 * data.student_examples as f64 / batch_size as f64;
        let evaluations = match evaluation.plan {
            EvaluationPlan::Curve { every } | EvaluationPlan::ValidationCurve { every } => {
                (training.epochs as f64 / every as f64).ceil()
            }
            EvaluationPlan::ValidationAtEnd => 1.0,
        };
        let test = if evaluation.plan.tests() { data.test_examples } else { 0 };
        let evaluated = (data.validation_examples + test) as f64 * evaluations;
        let asked = self.asking_the_teacher(config, shape);
        (steps * pace.step + evaluated * pace.evaluation + asked) / members as f64
    }

    /// Seconds in which a teacher answers for the views of all epochs, once for a whole cohort.
    fn asking_the_teacher(&self, config: &RunConfig, shape: ExampleShape) -> f64 {
        let teacher = config.teacher.as_ref().and_then(|key| self.teachers.get(key));
        let (Some(TeacherViews::Same), Some(teacher)) = (config.teacher_views, teacher) else { return 0.0 };
        let RunConfig { data, training, .. } = config;
        let batch_size = training.batch_size.min(data.student_examples);
        let at_once = self.jobs.min(self.processors);
        let work = Workload { student: teacher.clone(), shape, batch_size, members: 1, threads: 1, at_once };
        (training.epochs * data.student_examples) as f64 * self.pace(work).evaluation
    }

    /// The pace of a workload: tried, or reckoned from one that was.
    fn pace(&self, work: Workload) -> Pace {
        let mut tried = self.tried.borrow_mut();
        let alike = |of: &Workload| Workload { members: work.members, ..of.clone() } == work;
        if let Some((of, pace)) = tried.iter().find(|(of, _)| alike(of)) {
            // What members share in a step costs about as much as one of them.
            let share = (work.members + 1) as f64 / (of.members + 1) as f64;
            return Pace { step: share * pace.step, evaluation: share * pace.evaluation };
        }
        if tried.len() >= TRIED {
            let (of, pace) = &tried[0];
            let evaluation = self.operations(&work) / self.operations(of);
            let step = evaluation * work.batch_size as f64 / of.batch_size as f64;
            return Pace { step: step * pace.step, evaluation: evaluation * pace.evaluation };
        }
        let pace = self.trainer.measure(&work).unwrap_or(Pace { step: 0.0, evaluation: 0.0 });
        tried.push((work, pace));
        pace
    }

    /// What an example costs all members, in the measure of the trainer's own costs.
    fn operations(&self, work: &Workload) -> f64 {
        let cost = |student: &ModelConfig| self.trainer.example_cost(student, work.shape);
        cost(&work.student).map_or(1.0, |cost| cost.forward_multiply_adds * cost.training_passes)
            * (work.members + 1) as f64
    }

    fn correction(&self, store: &Store, made: &[&RunPlan]) -> Option<f64> {
        // Other devices tell nothing about this one.
        let device = self.trainer.device();
        let timed = made.iter().filter(|run| !run.config.student.is_program()).filter_map(|run| {
            let provenance = store.provenance(&run.id).ok().filter(|provenance| provenance.device == device)?;
            Some((provenance.seconds, self.training(&run.config, run.shape, provenance.cohort_size)))
        });
        let (took, reckoned) = timed.fold((0.0, 0.0), |sum, run| (sum.0 + run.0, sum.1 + run.1));
        (took > 0.0 && reckoned > 0.0).then(|| took / reckoned)
    }
}

fn network_of_teacher(plan: &Plan<'_>) -> Option<(TeacherKey, ModelConfig)> {
    match &plan.teacher.as_ref()?.origin {
        TeacherOrigin::Trained(TrainedTeacherConfig { model, .. })
        | TeacherOrigin::Weights(LoadedTeacherConfig { model, .. }) => Some((plan.teacher_key()?, model.clone())),
        _ => None,
    }
}

/// The mean over runs of programs.
fn program_epoch(store: &Store, made: &[&RunPlan]) -> Option<f64> {
    let (mut seconds, mut epochs) = (0.0, 0);
    for run in made.iter().filter(|run| run.config.student.is_program()) {
        let Ok(provenance) = store.provenance(&run.id) else { continue };
        seconds += provenance.seconds;
        epochs += run.config.training.epochs;
    }
    (epochs > 0).then(|| seconds / epochs as f64)
}

/// When the last of some jobs is done, each worker taking the next as soon as it is free.
pub(crate) fn side_by_side(seconds: impl IntoIterator<Item = f64>, workers: usize) -> f64 {
    let mut free_at = vec![0.0_f64; workers];
    for job in seconds {
        if let Some(first) = free_at.iter_mut().min_by(|a, b| a.total_cmp(b)) {
            *first += job;
        }
    }
    free_at.into_iter().fold(0.0, f64::max)
}
