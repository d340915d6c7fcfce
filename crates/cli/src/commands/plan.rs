//! `fractionate plan`: what a suite takes, before anything is spent.

use std::time::Duration;

use fractionate_ablation::suite::Sweep;
use fractionate_ablation::{
    CohortSize, CohortSizes, Forecast, KnownTeacher, RunForecast, SweepPlan, TeacherForecast, Trainer, other_settings,
    teachers_from_elsewhere,
};
use fractionate_records::{Comparison, Role, Store, TeacherOrigin};
use fractionate_reporting::{
    ClaimPower, PLANNED_POWER, claim_power, claim_power_text, power_sentence, seed_floor_sentence,
};
use fractionate_statistics::{SeedFloor, detectable_d_z};
use indicatif::HumanDuration;
use serde_json::json;

use super::suite::resolve;
use super::watched::failure;
use crate::arguments::PlanArguments;
use crate::failure::Failure;
use crate::terminal::{print, say};
use crate::trainer::products;

pub(crate) fn plan(arguments: &PlanArguments) -> Result<u8, Failure> {
    let (sweep, options, trainer) = resolve(&arguments.suite)?;
    let numerics = trainer.numerics();
    let plan = SweepPlan::new(&sweep, &numerics);
    if plan.most_runs() > LOOKED_AT {
        print(&counted_only(&plan, arguments.json))?;
        return Ok(0);
    }
    other_settings(&plan, &Store::at(&options.out))
        .into_iter()
        .for_each(|sentence| say(&format!("warning: {sentence}")));
    let known = teachers_from_elsewhere(&plan, &options).map_err(failure)?;
    let forecast = Forecast::new(&plan, &Store::at(&options.out), &options, &*trainer);
    let suite = sweep.first();
    let claims = claims_so_far(&plan, &forecast, &Store::at(&options.out));
    let listing = Listing {
        sweep: &sweep,
        forecast,
        known,
        claims,
        trainer: &*trainer,
        jobs: options.jobs,
        products: products(&arguments.suite.strategy, numerics.device),
        floor: SeedFloor::of(suite.arms.len().saturating_sub(1), suite.seeds.len()),
    };
    print(&if arguments.json { listing.json() } else { listing.text(arguments.list) })?;
    Ok(0)
}

/// What the suite's claims need, where the folder holds compared runs of the suite already: a pilot.
fn claims_so_far(plan: &SweepPlan<'_>, forecast: &Forecast, store: &Store) -> Vec<ClaimPower> {
    let is_pilot = |entry: &RunForecast| entry.done && entry.run.roles.iter().any(|role| role.is_compared());
    if plan.sweep().claims.is_empty() || !forecast.cohorts.iter().flatten().any(is_pilot) {
        return Vec::new();
    }
    claim_power(store, plan.manifest(&forecast.choices))
}

/// So many runs are looked at one by one; of more a plan says how many they are.
const LOOKED_AT: usize = 250_000;

/// What is said of a suite of very many runs.
fn counted_only(plan: &SweepPlan<'_>, json: bool) -> String {
    let (name, runs) = (&plan.sweep().first().name, plan.most_runs());
    if json {
        return format!("{:#}\n", json!({ "suite": name, "total": runs, "counted_only": true }));
    }
    let configurations = match plan.configurations.len() {
        1 => String::new(),
        several => format!(" of {several} configurations"),
    };
    format!("{name}: {runs} runs{configurations}; of more than {LOOKED_AT} they are only counted\n")
}

/// Everything that is shown.
struct Listing<'a> {
    sweep: &'a Sweep,
    forecast: Forecast,
    /// The teachers from elsewhere.
    known: Vec<KnownTeacher>,
    /// What the claims need, by the runs that are there.
    claims: Vec<ClaimPower>,
    trainer: &'a dyn Trainer,
    jobs: usize,
    /// How the products of a cohort's students are computed.
    products: String,
    /// What the planned seeds can show.
    floor: SeedFloor,
}

impl Listing<'_> {
    fn json(&self) -> String {
        let runs: Vec<_> = self.forecast.cohorts
            .iter()
            .enumerate()
            .flat_map(|(cohort, runs)| runs.iter().map(move |entry| (cohort, &entry.run, entry.done)))
            .map(|(cohort, run, done)| {
                let roles: Vec<&str> = run.roles.iter().map(|&role| word(role)).collect();
                json!({
                    "id": run.id, "configuration": run.configuration, "cohort": cohort, "roles": roles, "arm": run.arm.name(), "seed": run.config.seed,
                    "setting": run.setting(), "done": done,
                })
            })
            .collect();
        let teachers: Vec<_> = self
            .forecast
            .teachers
            .iter()
            .map(|teacher| {
                let mut json = json!({ "key": teacher.key, "done": teacher.done });
                let known = self.known.iter().find(|known| known.key == teacher.key);
                if let Some(right) = known.and_then(|known| known.right.as_ref()) {
                    json["right"] = json!(right);
                    json["warnings"] = json!(right.warnings());
                }
                json
            })
            .collect();
        let configurations: Vec<_> =
            self.sweep.configurations.iter().map(|configuration| &configuration.values).collect();
        let plan = json!({
            "teachers": teachers, "axes": self.sweep.axes, "configurations": configurations,
            "warnings": self.sweep.warnings, "runs": runs, "runs_named_after_tuning": self.forecast.unnamed, "done": self.forecast.done,
            "total": self.forecast.runs(), "seconds_left": self.forecast.seconds_left, "estimate_from_runs": self.forecast.from_runs,
            "jobs": self.jobs, "strategy": self.products, "cohort_sizes": self.sizes_as_json(),
            "power": {
                "seeds": self.floor.seeds, "comparisons": self.floor.comparisons, "smallest_p": self.floor.smallest_p,
                "seeds_needed": self.floor.seeds_needed, "detectable_d_z": detectable_d_z(self.floor.seeds, PLANNED_POWER),
                "power": PLANNED_POWER,
            },
            "claims": self.claims,
        });
        format!("{plan:#}\n")
    }

    /// The summary, and the list of runs below it where it is asked for.
    fn text(&self, list: bool) -> String {
        let mut text = self.summary();
        if list {
            text.push_str(&format!("\n{}", self.list()));
        } else {
            text.push_str("--list shows every run\n");
        }
        text
    }

    /// What is planned and done, how long the rest takes, and what it can show.
    fn summary(&self) -> String {
        let suite = self.sweep.first();
        let counted = |n: usize, thing: &str| format!("{n} {thing}{}", if n == 1 { "" } else { "s" });
        let comparisons: Vec<&str> = suite.comparisons.iter().map(|comparison| comparison.name()).collect();
        let mut text = format!(
            "{}: {}, {}, {}",
            suite.name,
            counted(suite.arms.len(), "arm"),
            counted(suite.seeds.len(), "seed"),
            comparisons.join(" and ")
        );
        let (teachers, swept) = match (&self.sweep.teacher_axis, self.sweep.axes.split_last()) {
            (Some(_), Some((_, swept))) => (self.sweep.teachers(), swept),
            _ => (1, &self.sweep.axes[..]),
        };
        if teachers > 1 {
            text.push_str(&format!(", {}", counted(teachers, "teacher")));
        }
        if !swept.is_empty() {
            let configurations = counted(self.sweep.configurations.len() / teachers, "configuration");
            text.push_str(&format!(", {configurations} of {}", swept.join(", ")));
        }
        text.push('\n');
        let left = self.forecast.teachers.iter().filter(|teacher| !teacher.done).count();
        match &self.forecast.teachers[..] {
            [] => {}
            [only] => text.push_str(&self.lines_of(only)),
            several => {
                text.push_str(&format!("{}, {left} to make\n", counted(several.len(), "teacher")));
                let known = several.iter().filter(|teacher| self.known(teacher).is_some());
                text.extend(known.map(|teacher| self.lines_of(teacher)));
            }
        }
        text.push_str(&format!("{} of {} runs done; ", self.forecast.done, self.forecast.runs()));
        if self.forecast.done == self.forecast.runs() {
            text.push_str("nothing left to train\n");
        } else if self.forecast.is_estimated {
            text.push_str(&format!("{}\n{}", time_left(&self.forecast), self.strategy_text()));
        } else if self.sweep.programs().next().is_some() {
            text.push_str("the time left is not known before the program has made a run\n");
        } else {
            text.push_str("the time left is not known: this build has no trainer\n");
        }
        if self.forecast.unnamed > 0 {
            text.push_str(&format!(
                "{} runs of the {} comparison are named once the tuning is done\n",
                self.forecast.unnamed,
                Comparison::Tuned.name()
            ));
        }
        text.push_str(&self.runner_ups());
        if self.sweep.programs().next().is_some() {
            text.push_str(
                "arms are compared seed by seed where the program says what a run starts from (`initial_weights` and \
                 `batch_order` of result.json), and as independent samples elsewhere\n",
            );
        }
        let sentences = [seed_floor_sentence(&self.floor), power_sentence(&self.floor)];
        sentences.iter().flatten().for_each(|sentence| text.push_str(&format!("{sentence}\n")));
        text.push_str(&claim_power_text(&self.claims));
        text
    }

    /// What the interval including hyperparameter selection costs, or that there is none.
    fn runner_ups(&self) -> String {
        let suite = self.sweep.first();
        let Some(tune) = suite.tune.as_ref().filter(|_| suite.comparisons.contains(&Comparison::Tuned)) else {
            return String::new();
        };
        if !tune.runner_ups {
            return "tuned intervals are conditional on the selected hyperparameters: runner_ups = false\n".to_owned();
        }
        if self.forecast.unnamed > 0 {
            let settings = suite.arms.iter().map(|arm| tune.grid.settings(arm).len().saturating_sub(1)).sum::<usize>();
            let most = settings * suite.seeds.len() * self.sweep.configurations.len();
            return format!(
                "runner-up settings add at most {most} runs after the tuning: with them intervals include hyperparameter \
                 selection\n"
            );
        }
        let only = |run: &&RunForecast| run.run.roles.iter().all(|role| *role == Role::RunnerUp);
        let made = self.forecast.cohorts.iter().flatten().filter(only).count();
        format!("{made} of the runs are of runner-up settings: with them intervals include hyperparameter selection\n")
    }

    fn known(&self, teacher: &TeacherForecast) -> Option<&KnownTeacher> {
        self.known.iter().find(|known| known.key == teacher.key)
    }

    /// A teacher's line and, of one from elsewhere, what it has right.
    fn lines_of(&self, teacher: &TeacherForecast) -> String {
        line_of(teacher) + &self.known(teacher).map_or(String::new(), |known| known_of(known, &teacher.origin))
    }

    /// Teachers, configurations and every run that has a name.
    fn list(&self) -> String {
        let mut text = String::new();
        if self.forecast.teachers.len() > 1 {
            text.extend(self.forecast.teachers.iter().map(|teacher| self.lines_of(teacher)));
        }
        if !self.sweep.axes.is_empty() {
            for (index, configuration) in self.sweep.configurations.iter().enumerate() {
                let values: Vec<String> = self
                    .sweep
                    .axes
                    .iter()
                    .zip(&configuration.values)
                    .map(|(axis, v)| format!("{axis} = {v}"))
                    .collect();
                text.push_str(&format!("configuration {index}  {}\n", values.join(", ")));
            }
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let head = ["id", "cohort", "for", "arm", "seed", "learning rate", "lambda", "weight decay", ""];
        text.push_str(&row(&head.map(str::to_owned)));
        for (cohort, runs) in self.forecast.cohorts.iter().enumerate() {
            for RunForecast { run, done } in runs {
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
        text
    }
}

impl Listing<'_> {
    /// How students are trained, and in cohorts of which size.
    fn strategy_text(&self) -> String {
        if self.sweep.programs().next().is_some() {
            let programs = if self.jobs == 1 { "1 program".to_owned() } else { format!("{} programs", self.jobs) };
            return format!("{programs} at the same time (--jobs)\n");
        }
        let jobs = if self.jobs == 1 { "1 job".to_owned() } else { format!("{} jobs", self.jobs) };
        let mut text = format!("{jobs} at the same time, products {}\n", self.products);
        for (stage, sizes) in &self.forecast.cohort_sizes {
            for size in &sizes.sizes {
                let architecture = size.architecture(self.trainer);
                text.push_str(&format!("{stage}, {architecture}: cohorts of at most {}\n", size.members));
            }
        }
        text
    }

    fn sizes_as_json(&self) -> Vec<serde_json::Value> {
        let of_stage = |(stage, sizes): &(&'static str, CohortSizes)| {
            let size =
                |size: &CohortSize| json!({ "stage": stage, "student": size.student, "most_members": size.members });
            sizes.sizes.iter().map(size).collect::<Vec<_>>()
        };
        self.forecast.cohort_sizes.iter().flat_map(of_stage).collect()
    }
}

/// `3 hours left (measured on this machine)`.
pub(super) fn time_left(forecast: &Forecast) -> String {
    let left = HumanDuration(Duration::from_secs_f64(forecast.seconds_left.max(1.0)));
    let basis = if forecast.from_runs { "from the runs made so far" } else { "measured on this machine" };
    format!("{left} left ({basis})")
}

/// `teacher 0123456789abcdef  to train`.
fn line_of(teacher: &TeacherForecast) -> String {
    format!("teacher {}  {}\n", teacher.key, if teacher.done { "done" } else { left_to_do(&teacher.origin) })
}

/// What a teacher from elsewhere has right, and what of it cannot be believed.
fn known_of(teacher: &KnownTeacher, origin: &TeacherOrigin) -> String {
    let Some(right) = &teacher.right else {
        let why = match origin {
            TeacherOrigin::Module { .. } => "`plan` runs no module, a run tells",
            TeacherOrigin::Weights(_) => "`plan` asks no network, a run tells",
            TeacherOrigin::Program { .. } => "`plan` starts no program, a run tells",
            _ => "the data set is missing",
        };
        return format!("  what it has right is not known yet: {why}\n");
    };
    let warnings = right.warnings().into_iter().map(|warning| format!("  warning: {warning}\n"));
    format!("  {}\n{}", right.sentence(), warnings.collect::<String>())
}

/// What is left to do for a teacher.
fn left_to_do(origin: &TeacherOrigin) -> &'static str {
    match origin {
        TeacherOrigin::Trained(_) => "to train",
        TeacherOrigin::Weights(_) => "weights to read",
        TeacherOrigin::Logits { .. } | TeacherOrigin::Ensemble { .. } => "logits to read",
        TeacherOrigin::Module { .. } => "module to run",
        TeacherOrigin::Program { .. } => "program to start",
        TeacherOrigin::World => "the world's own",
    }
}

fn word(role: Role) -> &'static str {
    match role {
        Role::Tuning => "tuning",
        Role::Tuned => "tuned",
        Role::Fixed => "fixed",
        Role::RunnerUp => "runner-up",
    }
}

fn row(cells: &[String; 9]) -> String {
    let [id, cohort, role, arm, seed, rate, lambda, decay, done] = cells;
    let line = format!(
        "{id:<16}  {cohort:>6}  {role:<11}  {arm:<24}  {seed:>6}  {rate:>13}  {lambda:>6}  {decay:>12}  {done}"
    );
    format!("{}\n", line.trim_end())
}
