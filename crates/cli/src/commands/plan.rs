//! `fractionate plan`: every run of a suite, before anything is spent.

use std::collections::{HashMap, HashSet};
use std::process::ExitCode;
use std::time::Duration;

use fractionate_ablation::{
    CohortCut, CohortSize, CohortSpeeds, Cost, Plan, RunOptions, RunPlan, SweepPlan, Throughput, choose, cohorts_of,
    numerics, with_contenders,
};
use fractionate_records::{Comparison, DeviceKind, Role, RunId, Store, TeacherOrigin};
use fractionate_reporting::{PLANNED_POWER, power_sentence, seed_floor_sentence};
use fractionate_statistics::{SeedFloor, detectable_d_z};
use fractionate_training::Strategy;
use indicatif::HumanDuration;
use serde_json::json;

use super::suite::resolve;
use crate::arguments::PlanArguments;
use crate::failure::Failure;
use crate::terminal::print;

pub(crate) fn plan(arguments: &PlanArguments) -> Result<ExitCode, Failure> {
    let (sweep, options) = resolve(&arguments.suite)?;
    let plan = SweepPlan::new(&sweep, &numerics(options.device));
    let store = Store::at(&options.out);
    let known = plan.points.iter().map(|plan| KnownRuns::of(plan, &store)).collect();
    let listing = Listing::new(&plan, &store, known, &options);
    print(&if arguments.json { listing.json() } else { listing.text() })?;
    Ok(ExitCode::SUCCESS)
}

/// What a suite still needs, for whoever has to share it out.
pub(super) struct Left {
    /// Teachers that have to be made with some work.
    pub(super) teachers: usize,
    /// Seconds that they take, one after the other.
    pub(super) teacher_seconds: f64,
    /// Runs to make.
    pub(super) runs: usize,
    /// Cohorts with such a run, as far as they are known before the tuning is done.
    pub(super) cohorts: usize,
    /// Seconds that the runs take, one cohort after the other.
    pub(super) seconds: f64,
    /// Whether the seconds were taken from runs that are made, and not guessed from this machine's speed.
    pub(super) from_runs: bool,
}

impl Left {
    /// Of a suite in its store, which need not be there.
    pub(super) fn of(plan: &SweepPlan<'_>, store: &Store, options: &RunOptions) -> Self {
        let known = plan.points.iter().map(|plan| KnownRuns::of(plan, store)).collect();
        let listing = Listing::new(plan, store, known, options);
        let is_compared = |cohort: &&Vec<(RunPlan, bool)>| cohort.iter().any(|(run, _)| run.keeps_student());
        // Tuned runs join the cohorts of the fixed ones, seed by seed; without those each seed has one of its own.
        let unnamed = match listing.unnamed {
            0 => 0,
            _ => plan.sweep().first().seeds.len().saturating_sub(listing.cohorts.iter().filter(is_compared).count()),
        };
        Self {
            teachers: listing.teachers.iter().filter(|(_, to_do, done)| !done && takes_work(to_do)).count(),
            teacher_seconds: listing.teacher_seconds,
            runs: listing.runs() - listing.done,
            cohorts: listing.cohorts.iter().filter(|cohort| cohort.iter().any(|(_, done)| !done)).count() + unnamed,
            seconds: (listing.seconds_left - listing.teacher_seconds) * options.jobs as f64,
            from_runs: listing.from_runs,
        }
    }
}

/// The runs of one point that are known before any is made.
struct KnownRuns {
    tuning: Vec<RunPlan>,
    compared: Vec<RunPlan>,
    /// Runs of the tuned comparison that have no id before the tuning is done.
    unnamed: usize,
}

impl KnownRuns {
    fn of(plan: &Plan<'_>, store: &Store) -> Self {
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
            // Without readable predictions contenders are not known yet: `run` repeats what is damaged.
            with_contenders(plan, &tuning, &records, store, chosen.clone()).unwrap_or(chosen)
        });
        Self { compared: [plan.compared_runs(&choices), plan.contender_runs(&choices)].concat(), tuning, unnamed }
    }
}

/// Everything that is shown.
struct Listing {
    /// The swept keys.
    axes: Vec<String>,
    /// The values of each point.
    points: Vec<Vec<String>>,
    /// Key, what is left to do for it, and whether it is there.
    teachers: Vec<(String, &'static str, bool)>,
    cohorts: Vec<Vec<(RunPlan, bool)>>,
    unnamed: usize,
    done: usize,
    seconds_left: f64,
    /// The teachers' part of it.
    teacher_seconds: f64,
    from_runs: bool,
    /// How cohorts are cut, by stage.
    cuts: [(&'static str, CohortCut); 2],
    jobs: usize,
    /// How a cohort's students are trained beside each other.
    way: &'static str,
    /// What the planned seeds can show.
    floor: SeedFloor,
}

impl Listing {
    fn new(plan: &SweepPlan<'_>, store: &Store, known: Vec<KnownRuns>, options: &RunOptions) -> Self {
        let jobs = options.jobs;
        let unnamed = known.iter().map(|known| known.unnamed).sum();
        let unnamed_cost: f64 = known.iter().zip(&plan.points).map(|(known, plan)| cost_of_unnamed(known, plan)).sum();
        let (tuning, compared): (Vec<_>, Vec<_>) =
            known.into_iter().map(|known| (known.tuning, known.compared)).unzip();
        let [tuning, compared] = [tuning, compared].map(|runs| distinct(runs.concat()));
        let all: Vec<RunPlan> = tuning.iter().chain(&compared).cloned().collect();
        let is_done = |run: &&RunPlan| store.whole_run(&run.id, run.keeps_student(), run.diagnostics.as_ref()).is_ok();
        let made: HashSet<RunId> = all.iter().filter(is_done).map(|run| run.id.clone()).collect();
        let throughput = Throughput::estimate(store, &all);
        let left = Cost::of_all(all.iter().filter(|run| !made.contains(&run.id)));
        let total = Cost(left.0 + unnamed_cost);
        let mut teachers: Vec<(String, &'static str, bool)> = Vec::new();
        let mut teacher_seconds = 0.0;
        for plan in &plan.points {
            let (Some(config), Some(key)) = (&plan.teacher, plan.teacher_key()) else { continue };
            let there = store.teacher_folder(&key).is_dir();
            if teachers.iter().any(|(known, ..)| *known == key.to_string()) {
                continue;
            }
            teachers.push((key.to_string(), left_to_do(&config.origin), there));
            teacher_seconds +=
                if there { 0.0 } else { throughput.seconds(Cost::of_teacher(config, plan.suite().source.shape()), 1) };
        }
        let mut speeds = CohortSpeeds::kept(options.device);
        let cuts = [("tuning", &tuning), ("students", &compared)].map(|(stage, runs)| {
            // Nothing is measured where nothing is left to train.
            let is_done = runs.iter().all(|run| made.contains(&run.id));
            (stage, if is_done { CohortCut::default() } else { CohortCut::of_stage(runs, jobs, &mut speeds) })
        });
        let cohorts: Vec<Vec<(RunPlan, bool)>> = [tuning, compared]
            .into_iter()
            .zip(&cuts)
            .flat_map(|(runs, (_, cut))| cohorts_of(runs, cut))
            .map(|cohort| cohort.into_iter().map(|run| (made.contains(&run.id), run)).map(|(d, r)| (r, d)).collect())
            .collect();
        let sweep = plan.sweep();
        Self {
            axes: sweep.axes.clone(),
            points: sweep.points.iter().map(|point| point.values.clone()).collect(),
            teachers,
            cohorts,
            unnamed,
            done: made.len(),
            seconds_left: throughput.seconds(total, jobs) + teacher_seconds,
            teacher_seconds,
            from_runs: throughput.from_runs,
            cuts,
            jobs,
            way: way(options),
            floor: SeedFloor::of(sweep.first().arms.len().saturating_sub(1), sweep.first().seeds.len()),
        }
    }

    fn runs(&self) -> usize {
        self.cohorts.iter().map(Vec::len).sum::<usize>() + self.unnamed
    }

    fn json(&self) -> String {
        let runs: Vec<_> = self
            .cohorts
            .iter()
            .enumerate()
            .flat_map(|(cohort, runs)| runs.iter().map(move |(run, done)| (cohort, run, done)))
            .map(|(cohort, run, done)| {
                let roles: Vec<&str> = run.roles.iter().map(|&role| word(role)).collect();
                json!({
                    "id": run.id, "point": run.point, "cohort": cohort, "roles": roles, "arm": run.arm.name(), "seed": run.config.seed,
                    "setting": run.setting(), "done": done,
                })
            })
            .collect();
        let teachers: Vec<_> = self.teachers.iter().map(|(key, _, done)| json!({ "key": key, "done": done })).collect();
        let plan = json!({
            "teachers": teachers, "axes": self.axes, "points": self.points, "runs": runs, "runs_named_after_tuning": self.unnamed, "done": self.done,
            "total": self.runs(), "seconds_left": self.seconds_left, "estimate_from_runs": self.from_runs,
            "jobs": self.jobs, "strategy": self.way, "cohort_sizes": self.sizes_as_json(),
            "power": {
                "seeds": self.floor.seeds, "comparisons": self.floor.comparisons, "smallest_p": self.floor.smallest_p,
                "seeds_needed": self.floor.seeds_needed, "detectable_d_z": detectable_d_z(self.floor.seeds, PLANNED_POWER),
                "power": PLANNED_POWER,
            },
        });
        format!("{plan:#}\n")
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (key, to_do, done) in &self.teachers {
            text.push_str(&format!("teacher {key}  {}\n", if *done { "done" } else { to_do }));
        }
        if !self.axes.is_empty() {
            for (point, values) in self.points.iter().enumerate() {
                let values: Vec<String> =
                    self.axes.iter().zip(values).map(|(axis, v)| format!("{axis} = {v}")).collect();
                text.push_str(&format!("point {point}  {}\n", values.join(", ")));
            }
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let head = ["id", "cohort", "for", "arm", "seed", "rate", "lambda", "decay", ""];
        text.push_str(&row(&head.map(str::to_owned)));
        for (cohort, runs) in self.cohorts.iter().enumerate() {
            for (run, done) in runs {
                let setting = run.setting();
                text.push_str(&row(&[
                    run.id.to_string(),
                    cohort.to_string(),
                    run.roles.iter().map(|&role| word(role)).collect::<Vec<_>>().join("+"),
                    run.arm.name(),
                    run.config.seed.to_string(),
                    setting.learning_rate.to_string(),
                    setting.lambda.to_string(),
                    setting.weight_decay.to_string(),
                    if *done { "done".to_owned() } else { String::new() },
                ]));
            }
        }
        if self.unnamed > 0 {
            text.push_str(&format!(
                "and {} runs of the {} comparison, named once the tuning is done\n",
                self.unnamed,
                Comparison::Tuned.name()
            ));
        }
        let left = HumanDuration(Duration::from_secs_f64(self.seconds_left.max(1.0)));
        let basis = if self.from_runs { "from the runs made so far" } else { "roughly, from this machine's speed" };
        text.push_str(&format!("\n{} of {} runs done; ", self.done, self.runs()));
        if self.done == self.runs() {
            text.push_str("nothing left to train\n");
        } else {
            text.push_str(&format!("{left} left ({basis})\n"));
            text.push_str(&self.strategy_text());
        }
        let sentences = [seed_floor_sentence(&self.floor), power_sentence(&self.floor)];
        sentences.iter().flatten().for_each(|sentence| text.push_str(&format!("{sentence}\n")));
        text
    }
}

impl Listing {
    /// What was chosen, and why.
    fn strategy_text(&self) -> String {
        let jobs = if self.jobs == 1 { "1 job".to_owned() } else { format!("{} jobs", self.jobs) };
        let mut text = format!("{jobs} side by side, students {}\n", self.way);
        for (stage, cut) in &self.cuts {
            for size in &cut.sizes {
                let timed = size.speed.timed();
                let [one, several, most] = timed.map(|(members, _)| members);
                let [of_one, of_several, of_most] = timed.map(|(_, seconds)| 1e3 * seconds);
                text.push_str(&format!(
                    "{stage}, {}: cohorts of at most {}, for a step of {one}, {several} and {most} members takes \
                     {of_one:.2}, {of_several:.2} and {of_most:.2} ms (measured on this machine)\n",
                    size.architecture(),
                    size.members,
                ));
            }
        }
        text
    }

    fn sizes_as_json(&self) -> Vec<serde_json::Value> {
        let of_stage = |(stage, cut): &(&'static str, CohortCut)| {
            let size = |size: &CohortSize| {
                json!({
                    "stage": stage, "student": size.student, "most_members": size.members,
                    "timed_steps": size.speed.timed().map(|(members, seconds)| json!({ "members": members, "seconds": seconds })),
                })
            };
            cut.sizes.iter().map(size).collect::<Vec<_>>()
        };
        self.cuts.iter().flat_map(of_stage).collect()
    }
}

/// How a cohort's students are trained beside each other, in words.
fn way(options: &RunOptions) -> &'static str {
    match (options.strategy, options.device.kind()) {
        (Strategy::Auto, DeviceKind::Cpu) => "of a cohort in turn (auto: a weight stays in the cache while it is used)",
        (Strategy::Auto, DeviceKind::Cuda) => "of a cohort together (auto: few large launches)",
        (Strategy::Together, _) => "of a cohort together, one batched product for all (--strategy)",
        (Strategy::InTurn, _) => "of a cohort in turn (--strategy)",
        (Strategy::Apart, _) => "apart, one after the other (--strategy)",
    }
}

/// Each run once, for the first point that needs it.
fn distinct(runs: Vec<RunPlan>) -> Vec<RunPlan> {
    let mut seen = HashSet::new();
    runs.into_iter().filter(|run| seen.insert(run.id.clone())).collect()
}

fn cost_of_unnamed(known: &KnownRuns, plan: &Plan<'_>) -> f64 {
    let one = known.compared.first().or(known.tuning.first()).map_or(Cost::default(), |run| {
        // A tuned run is tested as a fixed one is, whatever the example at hand is.
        let evaluation = plan.suite().evaluation;
        Cost::of(&fractionate_records::RunConfig { evaluation, ..run.config.clone() }, run.shape)
    });
    one.0 * known.unnamed as f64
}

/// Whether a teacher takes more than reading a file.
fn takes_work(to_do: &str) -> bool {
    to_do == TO_TRAIN || to_do == TO_RUN
}

const TO_TRAIN: &str = "to train";
const TO_RUN: &str = "module to run";

fn left_to_do(origin: &TeacherOrigin) -> &'static str {
    match origin {
        TeacherOrigin::Trained(_) => TO_TRAIN,
        TeacherOrigin::Logits { .. } => "logits to read",
        TeacherOrigin::Module { .. } => TO_RUN,
        TeacherOrigin::World => "the world's own",
    }
}

fn word(role: Role) -> &'static str {
    match role {
        Role::Tuning => "tuning",
        Role::Tuned => "tuned",
        Role::Fixed => "fixed",
        Role::Contender => "contender",
    }
}

fn row(cells: &[String; 9]) -> String {
    let [id, cohort, role, arm, seed, rate, lambda, decay, done] = cells;
    let line =
        format!("{id:<16}  {cohort:>6}  {role:<11}  {arm:<24}  {seed:>6}  {rate:>7}  {lambda:>6}  {decay:>7}  {done}");
    format!("{}\n", line.trim_end())
}
