//! What a run costs, to tell how long the rest will take.

use fractionate_data::ExampleShape;
use fractionate_records::{
    EvaluationPlan, RunConfig, RunId, Store, TeacherConfig, TeacherOrigin, TrainedTeacherConfig,
};

use crate::plan::RunPlan;
use crate::trainer::Trainer;

/// Floating-point operations of runs.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Cost(pub f64);

/// How fast this machine makes runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Throughput {
    /// Floating-point operations a second of one job.
    per_second: f64,
    /// Whether it was taken from runs that are already made, and not guessed from one matrix product.
    pub from_runs: bool,
}

impl Cost {
    /// The cost of one run: forward and backward over its training examples, forward over what it evaluates; 0 where the
    /// trainer does not know.
    pub fn of(config: &RunConfig, shape: ExampleShape, trainer: &dyn Trainer) -> Self {
        let Some(cost) = trainer.example_cost(&config.student, shape) else { return Self::default() };
        let forward = 2.0 * cost.forward_multiply_adds;
        let epochs = config.training.epochs as f64;
        let evaluations = match config.evaluation.plan {
            EvaluationPlan::Curve { every } | EvaluationPlan::ValidationCurve { every } => {
                (epochs / every as f64).ceil()
            }
            EvaluationPlan::ValidationAtEnd => 1.0,
        };
        let test = if config.evaluation.plan.tests() { config.data.test_examples } else { 0 };
        let evaluated = (config.data.validation_examples + test) as f64 * evaluations;
        let trained = config.data.student_examples as f64 * epochs * cost.training_passes;
        Self(forward * (trained + evaluated))
    }

    /// The cost of training a teacher; of one from a file nothing is known.
    pub fn of_teacher(config: &TeacherConfig, shape: ExampleShape, trainer: &dyn Trainer) -> Self {
        let TeacherOrigin::Trained(TrainedTeacherConfig { model, training, .. }) = &config.origin else {
            return Self::default();
        };
        let Some(cost) = trainer.example_cost(model, shape) else { return Self::default() };
        let trained = (config.data.examples * training.epochs) as f64 * cost.training_passes;
        Self(2.0 * cost.forward_multiply_adds * trained)
    }

    /// The cost of several runs.
    pub fn of_all<'a>(runs: impl IntoIterator<Item = &'a RunPlan>, trainer: &dyn Trainer) -> Self {
        Self(runs.into_iter().map(|run| Self::of(&run.config, run.shape, trainer).0).sum())
    }
}

/// A run's share of a matrix product's speed where no run has been made yet: products are not all that a step does.
const USUAL_SHARE: f64 = 0.35;

impl Throughput {
    /// From the runs of `ids` that the store already has, or else from one measured matrix product; `None` where the trainer
    /// cannot tell.
    pub fn estimate(store: &Store, runs: &[RunPlan], trainer: &dyn Trainer) -> Option<Self> {
        // A few dozen are enough to know the speed.
        let made = runs.iter().filter(|run| store.has_run(&run.id)).take(40);
        let timed = made.filter_map(|run| {
            let seconds = seconds_of(store, &run.id)?;
            Some((Cost::of(&run.config, run.shape, trainer).0, seconds))
        });
        let (operations, seconds) = timed.fold((0.0, 0.0), |sum, run| (sum.0 + run.0, sum.1 + run.1));
        if seconds > 0.0 && operations > 0.0 {
            return Some(Self { per_second: operations / seconds, from_runs: true });
        }
        let peak = trainer.operations_per_second()?;
        Some(Self { per_second: USUAL_SHARE * peak, from_runs: false })
    }

    /// Seconds that the cost takes with this many jobs side by side.
    pub fn seconds(&self, cost: Cost, jobs: usize) -> f64 {
        cost.0 / self.per_second / jobs as f64
    }
}

fn seconds_of(store: &Store, id: &RunId) -> Option<f64> {
    store.provenance(id).ok().map(|provenance| provenance.seconds)
}
