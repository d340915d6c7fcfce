//! `fractionate plan`: every run of a suite, before anything is spent.

use std::collections::{HashMap, HashSet};
use std::process::ExitCode;
use std::time::Duration;

use fractionate_ablation::{Cost, Plan, RunPlan, Throughput, choose, cohorts_of, numerics};
use fractionate_records::{Comparison, Role, RunId, Store};
use indicatif::HumanDuration;
use serde_json::json;

use super::suite::resolve;
use crate::arguments::PlanArguments;
use crate::failure::Failure;
use crate::terminal::print;

pub(crate) fn plan(arguments: &PlanArguments) -> Result<ExitCode, Failure> {
    let (suite, options) = resolve(&arguments.suite)?;
    let plan = Plan::new(&suite, numerics(options.device));
    let store = Store::at(&options.out);
    let tuning = plan.tuning_runs();
    // A damaged run is set aside and repeated: it is not done.
    let record = |run: &RunPlan| Some((run.id.clone(), store.whole_run(&run.id, run.keeps_student()).ok()?));
    let records: Option<HashMap<_, _>> = tuning.iter().map(record).collect();
    let tuned = records.is_some();
    let choices = records.map_or_else(Vec::new, |records| choose(&plan, &tuning, &records).0);
    let compared = plan.compared_runs(&choices);
    let listing = Listing::new(&plan, &store, tuning, compared, tuned, options.jobs);
    print(&if arguments.json { listing.json() } else { listing.text() })?;
    Ok(ExitCode::SUCCESS)
}

/// Everything that is shown.
struct Listing {
    teacher: Option<(String, bool)>,
    cohorts: Vec<Vec<(RunPlan, bool)>>,
    /// Runs of the tuned comparison that have no id before the tuning is done.
    unnamed: usize,
    done: usize,
    seconds_left: f64,
    from_runs: bool,
}

impl Listing {
    fn new(
        plan: &Plan<'_>,
        store: &Store,
        tuning: Vec<RunPlan>,
        compared: Vec<RunPlan>,
        tuned: bool,
        jobs: usize,
    ) -> Self {
        let suite = plan.suite();
        let unnamed = if !tuned { suite.arms.len() * suite.seeds.len() } else { 0 };
        let cost_of_one = compared.first().or(tuning.first()).map_or(Cost::default(), |run| {
            // A tuned run is tested as a fixed one is, whatever the example at hand is.
            let tested = fractionate_records::RunConfig { evaluation: suite.evaluation, ..run.config.clone() };
            Cost::of(&tested, run.shape)
        });
        let all: Vec<RunPlan> = tuning.iter().chain(&compared).cloned().collect();
        let is_done = |run: &&RunPlan| store.whole_run(&run.id, run.keeps_student()).is_ok();
        let made: HashSet<RunId> = all.iter().filter(is_done).map(|run| run.id.clone()).collect();
        let throughput = Throughput::estimate(store, &all);
        let left = Cost::of_all(all.iter().filter(|run| !made.contains(&run.id)));
        let total = Cost(left.0 + cost_of_one.0 * unnamed as f64);
        let teacher = plan.teacher_key().map(|key| (key.to_string(), store.teacher_folder(&key).is_dir()));
        let teacher_seconds = match (&plan.teacher, &teacher) {
            (Some(config), Some((_, false))) => throughput.seconds(Cost::of_teacher(config, suite.source.shape()), 1),
            _ => 0.0,
        };
        let cohorts: Vec<Vec<(RunPlan, bool)>> = [tuning, compared]
            .into_iter()
            .flat_map(cohorts_of)
            .map(|cohort| cohort.into_iter().map(|run| (made.contains(&run.id), run)).map(|(d, r)| (r, d)).collect())
            .collect();
        let done = made.len();
        Self {
            teacher,
            cohorts,
            unnamed,
            done,
            seconds_left: throughput.seconds(total, jobs) + teacher_seconds,
            from_runs: throughput.from_runs,
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
                    "id": run.id, "cohort": cohort, "roles": roles, "arm": run.arm.name(), "seed": run.config.seed,
                    "setting": run.setting(), "done": done,
                })
            })
            .collect();
        let teacher = self.teacher.as_ref().map(|(key, done)| json!({ "key": key, "done": done }));
        let plan = json!({
            "teacher": teacher, "runs": runs, "runs_named_after_tuning": self.unnamed, "done": self.done,
            "total": self.runs(), "seconds_left": self.seconds_left, "estimate_from_runs": self.from_runs,
        });
        format!("{plan:#}\n")
    }

    fn text(&self) -> String {
        let mut text = String::new();
        if let Some((key, done)) = &self.teacher {
            text.push_str(&format!("teacher {key}  {}\n\n", if *done { "done" } else { "to train" }));
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
        }
        text
    }
}

fn word(role: Role) -> &'static str {
    match role {
        Role::Tuning => "tuning",
        Role::Tuned => "tuned",
        Role::Fixed => "fixed",
    }
}

fn row(cells: &[String; 9]) -> String {
    let [id, cohort, role, arm, seed, rate, lambda, decay, done] = cells;
    let line =
        format!("{id:<16}  {cohort:>6}  {role:<11}  {arm:<24}  {seed:>6}  {rate:>7}  {lambda:>6}  {decay:>7}  {done}");
    format!("{}\n", line.trim_end())
}
