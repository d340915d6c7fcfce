//! What a suite still takes: its runs, their cohorts, their cost and the time left.

use std::collections::{HashMap, HashSet};

use fractionate_records::{RunConfig, RunId, Store, TeacherKey, TeacherOrigin};

use crate::choice::choose;
use crate::cohorts::{CohortSizes, group};
use crate::cost::{Cost, Throughput};
use crate::execution::RunOptions;
use crate::plan::{Plan, RunPlan, SweepPlan};
use crate::runner_ups::with_runner_ups;
use crate::trainer::Trainer;

/// Every run of a suite that is known before any is made, and what the missing ones take.
#[derive(Debug)]
pub struct Forecast {
    /// Each teacher once.
    pub teachers: Vec<TeacherForecast>,
    /// The runs by cohort.
    pub cohorts: Vec<Vec<RunForecast>>,
    /// The number of runs of the tuned comparison, which have no id before the tuning is done.
    pub unnamed: usize,
    /// The number of cohorts that the unnamed runs need beyond those of the fixed comparison.
    unnamed_cohorts: usize,
    /// The number of runs in the store.
    pub done: usize,
    /// Seconds until everything is made, with the jobs asked for.
    pub seconds_left: f64,
    /// The teachers' part of it.
    pub teacher_seconds: f64,
    /// Whether the seconds come from runs in the store; otherwise they are a guess from this machine's speed.
    pub from_runs: bool,
    /// Whether the trainer knows what runs cost; without it the seconds are 0.
    pub is_estimated: bool,
    /// The sizes of cohorts, by stage.
    pub cohort_sizes: [(&'static str, CohortSizes); 2],
    /// Cohorts trained at the same time.
    jobs: usize,
}

/// A teacher of the suite.
#[derive(Debug)]
pub struct TeacherForecast {
    /// Its key.
    pub key: TeacherKey,
    /// Where its logits come from.
    pub origin: TeacherOrigin,
    /// Whether it is in the store.
    pub done: bool,
}

/// A run of the suite.
#[derive(Debug)]
pub struct RunForecast {
    /// The run.
    pub run: RunPlan,
    /// Whether it is whole in the store.
    pub done: bool,
}

impl Forecast {
    /// The forecast of a suite and its store, which need not exist. Writes nothing.
    pub fn new(plan: &SweepPlan<'_>, store: &Store, options: &RunOptions, trainer: &dyn Trainer) -> Self {
        let jobs = options.jobs;
        let known: Vec<KnownRuns> = plan.configurations.iter().map(|plan| KnownRuns::find(plan, store)).collect();
        let unnamed = known.iter().map(|known| known.unnamed).sum();
        let unnamed_cost: f64 =
            known.iter().zip(&plan.configurations).map(|(known, plan)| cost_of_unnamed(known, plan, trainer)).sum();
        let (tuning, compared): (Vec<_>, Vec<_>) =
            known.into_iter().map(|known| (known.tuning, known.compared)).unzip();
        let [tuning, compared] = [tuning, compared].map(|runs| distinct(runs.concat()));
        let all: Vec<RunPlan> = tuning.iter().chain(&compared).cloned().collect();
        let is_done = |run: &&RunPlan| store.whole_run(&run.id, run.keeps_student(), run.diagnostics.as_ref()).is_ok();
        let made: HashSet<RunId> = all.iter().filter(is_done).map(|run| run.id.clone()).collect();
        let throughput = Throughput::estimate(store, &all, trainer);
        let seconds = |cost, jobs| throughput.map_or(0.0, |throughput| throughput.seconds(cost, jobs));
        let left = Cost::of_all(all.iter().filter(|run| !made.contains(&run.id)), trainer);
        let total = Cost(left.0 + unnamed_cost);
        let (teachers, teacher_seconds) = teachers(plan, store, throughput, trainer);
        let cohort_sizes = [("tuning", &tuning), ("students", &compared)].map(|(stage, runs)| {
            let is_done = runs.iter().all(|run| made.contains(&run.id));
            (
                stage,
                if is_done {
                    CohortSizes::default()
                } else {
                    CohortSizes::of_stage(runs, jobs, |model| trainer.most_cohort_members(model))
                },
            )
        });
        let cohorts: Vec<Vec<RunForecast>> = [tuning, compared]
            .into_iter()
            .zip(&cohort_sizes)
            .flat_map(|(runs, (_, sizes))| group(runs, sizes))
            .map(|cohort| cohort.into_iter().map(|run| RunForecast { done: made.contains(&run.id), run }).collect())
            .collect();
        let is_compared = |cohort: &&Vec<RunForecast>| cohort.iter().any(|entry| entry.run.keeps_student());
        // Tuned runs join the cohorts of the fixed ones, seed by seed; without those each seed has a cohort of its own.
        let unnamed_cohorts = match unnamed {
            0 => 0,
            _ => plan.sweep().first().seeds.len().saturating_sub(cohorts.iter().filter(is_compared).count()),
        };
        Self {
            teachers,
            cohorts,
            unnamed,
            unnamed_cohorts,
            done: made.len(),
            seconds_left: seconds(total, jobs) + teacher_seconds,
            teacher_seconds,
            from_runs: throughput.is_some_and(|throughput| throughput.from_runs),
            is_estimated: throughput.is_some(),
            cohort_sizes,
            jobs,
        }
    }

    /// The number of runs, made or not.
    pub fn runs(&self) -> usize {
        self.cohorts.iter().map(Vec::len).sum::<usize>() + self.unnamed
    }

    /// The number of runs to make.
    pub fn runs_left(&self) -> usize {
        self.runs() - self.done
    }

    /// The number of teachers that take more than reading a file.
    pub fn teachers_left(&self) -> usize {
        let takes_work =
            |origin: &TeacherOrigin| matches!(origin, TeacherOrigin::Trained(_) | TeacherOrigin::Module { .. });
        self.teachers.iter().filter(|teacher| !teacher.done && takes_work(&teacher.origin)).count()
    }

    /// The number of cohorts with a run to make, as far as they are known before the tuning is done.
    pub fn cohorts_left(&self) -> usize {
        self.cohorts.iter().filter(|cohort| cohort.iter().any(|entry| !entry.done)).count() + self.unnamed_cohorts
    }

    /// Seconds that the runs take, one cohort after the other.
    pub fn run_seconds(&self) -> f64 {
        (self.seconds_left - self.teacher_seconds) * self.jobs as f64
    }
}

/// Each teacher once, and the seconds that those not in the store take.
fn teachers(
    plan: &SweepPlan<'_>,
    store: &Store,
    throughput: Option<Throughput>,
    trainer: &dyn Trainer,
) -> (Vec<TeacherForecast>, f64) {
    let mut teachers: Vec<TeacherForecast> = Vec::new();
    let mut seconds = 0.0;
    for plan in &plan.configurations {
        let (Some(config), Some(key)) = (&plan.teacher, plan.teacher_key()) else { continue };
        if teachers.iter().any(|known| known.key == key) {
            continue;
        }
        let done = store.teacher_folder(&key).is_dir();
        if !done {
            let cost = Cost::of_teacher(config, plan.suite().source.shape(), trainer);
            seconds += throughput.map_or(0.0, |throughput| throughput.seconds(cost, 1));
        }
        teachers.push(TeacherForecast { key, origin: config.origin.clone(), done });
    }
    (teachers, seconds)
}

/// The runs of one configuration that are known before any is made.
struct KnownRuns {
    tuning: Vec<RunPlan>,
    compared: Vec<RunPlan>,
    /// Runs of the tuned comparison that have no id before the tuning is done.
    unnamed: usize,
}

impl KnownRuns {
    fn find(plan: &Plan<'_>, store: &Store) -> Self {
        let tuning = plan.tuning_runs();
        // A damaged run is set aside and repeated: it is not done.
        let record = |run: &RunPlan| {
            Some((run.id.clone(), store.whole_run(&run.id, run.keeps_student(), run.diagnostics.as_ref()).ok()?))
        };
        let records: Option<HashMap<_, _>> = tuning.iter().map(record).collect();
        let suite = plan.suite();
        let unnamed = if records.is_some() { 0 } else { suite.arms.len() * suite.seeds.len() };
        let choices = records.map_or_else(Vec::new, |records| {
            let chosen = choose(plan, &tuning, &records).0;
            // Without readable predictions runner-up settings are not known yet: `run` repeats what is damaged.
            with_runner_ups(plan, &tuning, &records, store, chosen.clone()).unwrap_or(chosen)
        });
        Self { compared: [plan.compared_runs(&choices), plan.runner_up_runs(&choices)].concat(), tuning, unnamed }
    }
}

/// Each run once, for the first configuration that needs it.
fn distinct(runs: Vec<RunPlan>) -> Vec<RunPlan> {
    let mut seen = HashSet::new();
    runs.into_iter().filter(|run| seen.insert(run.id.clone())).collect()
}

fn cost_of_unnamed(known: &KnownRuns, plan: &Plan<'_>, trainer: &dyn Trainer) -> f64 {
    let one = known.compared.first().or(known.tuning.first()).map_or(Cost::default(), |run| {
        // A tuned run is tested as a fixed one is, whatever the example at hand is.
        let evaluation = plan.suite().evaluation;
        Cost::of(&RunConfig { evaluation, ..run.config.clone() }, run.shape, trainer)
    });
    one.0 * known.unnamed as f64
}
