//! What a suite still takes: its runs, their cohorts, their cost and the time left.

use std::collections::{HashMap, HashSet};

use fractionate_records::{ArmChoice, RunConfig, RunId, Store, TeacherKey, TeacherOrigin};

use crate::choice::choose;
use crate::cohorts::{CohortSizes, group};
use crate::durations::{Durations, side_by_side};
use crate::execution::{RunOptions, epochs_behind};
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
    /// Seconds that the runs take, one cohort after the other.
    pub run_seconds: f64,
    /// Whether runs in the store say how right the seconds are; otherwise they are measured on made-up examples alone.
    pub from_runs: bool,
    /// Whether it is known what runs cost: of a program only once it has made one. Without it the seconds are 0.
    pub is_estimated: bool,
    /// The settings selected so far, by configuration; empty before the tuning is done.
    pub choices: Vec<Vec<ArmChoice>>,
    /// The sizes of cohorts, by stage.
    pub cohort_sizes: [(&'static str, CohortSizes); 2],
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
        let unnamed_runs: Vec<(RunPlan, usize)> =
            known.iter().zip(&plan.configurations).filter_map(|(known, plan)| unnamed_runs(known, plan)).collect();
        let choices = known.iter().map(|known| known.choices.clone()).collect();
        let (tuning, compared): (Vec<_>, Vec<_>) =
            known.into_iter().map(|known| (known.tuning, known.compared)).unzip();
        let [tuning, compared]: [Vec<RunPlan>; 2] = [tuning, compared].map(distinct);
        let all = || tuning.iter().chain(&compared);
        let there = store.run_names();
        let is_done = |run: &&RunPlan| {
            there.contains(run.id.as_str())
                && store.whole_run(&run.id, run.keeps_student(), run.diagnostics.as_ref()).is_ok()
        };
        let made: HashSet<RunId> = all().filter(is_done).map(|run| run.id.clone()).collect();
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
        // Nothing is tried where nothing is left.
        let some_left = unnamed > 0 || all().any(|run| !made.contains(&run.id));
        let tell = all().filter(|run| some_left && made.contains(&run.id));
        let durations = Durations::new(store, &plan.configurations, tell, jobs, trainer);
        let behind = epochs_behind(store, trainer);
        let seconds = |run: &RunPlan, members: usize| {
            let epochs = run.config.training.epochs;
            let left = epochs.saturating_sub(behind.get(run.id.as_str()).copied().unwrap_or_default());
            durations.run(&run.config, run.shape, members) * left as f64 / epochs as f64
        };
        let mut of_stages: [Vec<f64>; 2] = [(); 2].map(|()| Vec::new());
        let mut cohorts: Vec<Vec<RunForecast>> = Vec::new();
        for ((runs, (_, sizes)), of_stage) in [tuning, compared].into_iter().zip(&cohort_sizes).zip(&mut of_stages) {
            for cohort in group(runs, sizes) {
                let left: Vec<&RunPlan> = cohort.iter().filter(|run| !made.contains(&run.id)).collect();
                let of_cohort: f64 = left.iter().map(|run| seconds(run, left.len())).sum();
                of_stage.extend((!left.is_empty()).then_some(of_cohort));
                let forecast = |run: RunPlan| RunForecast { done: made.contains(&run.id), run };
                cohorts.push(cohort.into_iter().map(forecast).collect());
            }
        }
        // Arms of one seed are trained together.
        let arms = plan.sweep().first().arms.len();
        for (like, count) in &unnamed_runs {
            let of_cohort = arms as f64 * durations.run(&like.config, like.shape, arms);
            of_stages[1].extend(std::iter::repeat_n(of_cohort, count / arms));
        }
        let of_left = cohorts.iter().flatten().filter(|entry| !entry.done).map(|entry| &entry.run);
        let of_unnamed = unnamed_runs.iter().map(|(like, _)| like);
        let is_estimated = trainer.trains() && of_left.chain(of_unnamed).all(|run| durations.is_known(&run.config));
        let (teachers, teacher_seconds) = teachers(plan, store, &durations, &behind);
        let run_seconds = of_stages.iter().flatten().sum();
        let seconds_left = teacher_seconds + of_stages.into_iter().map(|of| side_by_side(of, jobs)).sum::<f64>();
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
            seconds_left,
            teacher_seconds,
            run_seconds,
            from_runs: durations.is_from_runs(),
            is_estimated,
            choices,
            cohort_sizes,
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
        let takes_work = |origin: &TeacherOrigin| {
            !matches!(origin, TeacherOrigin::Logits { .. } | TeacherOrigin::Ensemble { .. } | TeacherOrigin::World)
        };
        self.teachers.iter().filter(|teacher| !teacher.done && takes_work(&teacher.origin)).count()
    }

    /// The number of cohorts with a run to make, as far as they are known before the tuning is done.
    pub fn cohorts_left(&self) -> usize {
        self.cohorts.iter().filter(|cohort| cohort.iter().any(|entry| !entry.done)).count() + self.unnamed_cohorts
    }
}

/// Each teacher once, and the seconds that those not in the store take.
fn teachers(
    plan: &SweepPlan<'_>,
    store: &Store,
    durations: &Durations<'_>,
    behind: &HashMap<String, usize>,
) -> (Vec<TeacherForecast>, f64) {
    let mut teachers: Vec<TeacherForecast> = Vec::new();
    let mut seconds = 0.0;
    for plan in &plan.configurations {
        let (Some(config), Some(key)) = (&plan.teacher, plan.teacher_key()) else { continue };
        if teachers.iter().any(|known| known.key == key) {
            continue;
        }
        let done = store.has_teacher(&key);
        if !done {
            let whole = durations.teacher(config, plan.suite().source.shape());
            let behind = behind.get(&format!("teacher-{key}")).copied().unwrap_or_default();
            seconds += match &config.origin {
                TeacherOrigin::Trained(trained) => whole * (1.0 - behind as f64 / trained.training.epochs as f64),
                _ => whole,
            };
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
    /// The settings selected by the tuning.
    choices: Vec<ArmChoice>,
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
            with_runner_ups(plan, &tuning, &records, store, &HashSet::new(), chosen.clone()).unwrap_or(chosen)
        });
        let mut compared = plan.compared_runs(&choices);
        compared.extend(plan.runner_up_runs(&choices));
        Self { compared, tuning, unnamed, choices }
    }
}

/// Each run once, for the first configuration that needs it.
fn distinct(runs: Vec<Vec<RunPlan>>) -> Vec<RunPlan> {
    let mut seen = HashSet::new();
    runs.into_iter().flatten().filter(|run| seen.insert(run.id.clone())).collect()
}

/// A run like those that have no id yet, and how many they are; `None` where all have one.
fn unnamed_runs(known: &KnownRuns, plan: &Plan<'_>) -> Option<(RunPlan, usize)> {
    let like = known.compared.first().or(known.tuning.first()).filter(|_| known.unnamed > 0)?;
    // A tuned run is tested as a fixed one is, whatever the example at hand is.
    let config = RunConfig { evaluation: plan.suite().evaluation, ..like.config.clone() };
    Some((RunPlan { config, ..like.clone() }, known.unnamed))
}
