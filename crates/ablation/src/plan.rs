//! Which runs a suite is made of.

use fractionate_arms::Arm;
use fractionate_data::ExampleShape;
use fractionate_records::{
    ArmChoice, AskedDiagnostics, Comparison, DataConfig, DiagnosticsPlan, EpochRule, EvaluationConfig, EvaluationPlan,
    FORMAT_VERSION, GridPoint, Lambda, LossConfig, Manifest, ManifestConfiguration, NumericsConfig, PlannedRun, Role,
    RunConfig, RunId, Seed, TeacherConfig, TeacherDataConfig, TeacherKey, TrainingConfig,
};

use rayon::prelude::*;

use crate::suite::{Configuration, Suite, Sweep, TeacherSettings};

/// One run with everything needed to make it.
#[derive(Debug, Clone, PartialEq)]
pub struct RunPlan {
    /// Its name in the store.
    pub id: RunId,
    /// The configuration of the sweep that it was planned for, from 0; the first that needs it, where several do.
    pub configuration: usize,
    /// Why it is made; one run may serve several roles.
    pub roles: Vec<Role>,
    /// The arm.
    pub arm: Arm,
    /// Everything that can change its numbers.
    pub config: RunConfig,
    /// What its examples look like.
    pub shape: ExampleShape,
    /// What is recorded of it beside its scores; changes none of its numbers.
    pub diagnostics: Option<AskedDiagnostics>,
}

impl RunPlan {
    /// Whether the trained weights are kept: those of tuning runs are not, and those of programs are their own affair.
    pub fn keeps_student(&self) -> bool {
        self.roles.iter().any(|role| role.is_compared()) && !self.config.student.is_program()
    }

    /// The learning rate, lambda and weight decay of the run.
    pub fn setting(&self) -> GridPoint {
        GridPoint {
            learning_rate: self.config.training.learning_rate,
            lambda: self.config.loss.lambda.get(),
            weight_decay: self.config.training.weight_decay,
        }
    }
}

/// The runs of every configuration of a sweep.
#[derive(Debug, Clone)]
pub struct SweepPlan<'a> {
    sweep: &'a Sweep,
    /// One per configuration, in the sweep's order.
    pub configurations: Vec<Plan<'a>>,
}

impl<'a> SweepPlan<'a> {
    /// The plan of a suite file.
    pub fn new(sweep: &'a Sweep, numerics: &NumericsConfig) -> Self {
        let plan = |(configuration, at): (usize, &'a Configuration)| Plan {
            configuration,
            ..Plan::new(&at.suite, numerics.clone())
        };
        Self { sweep, configurations: sweep.configurations.iter().enumerate().map(plan).collect() }
    }

    /// What the store says about the suite: its declarations and the runs known so far. `choices`: one list per configuration.
    pub fn manifest(&self, choices: &[Vec<ArmChoice>]) -> Manifest {
        let configurations = self.configurations.iter().zip(&self.sweep.configurations).zip(choices);
        Manifest {
            axes: self.sweep.axes.clone(),
            teacher_axis: self.sweep.teacher_axis.clone(),
            configurations: configurations
                .map(|((plan, at), choices)| plan.manifest_configuration(at.values.clone(), choices))
                .collect(),
            claims: self.sweep.claims.clone(),
            warnings: self.sweep.warnings.clone(),
            ..self.configurations[0].manifest_of_first(&choices[0])
        }
    }

    /// How many runs all configurations have at most, as [`Plan::most_runs`] counts them.
    pub fn most_runs(&self) -> usize {
        self.configurations.iter().map(Plan::most_runs).fold(0, usize::saturating_add)
    }

    /// The suite file.
    pub fn sweep(&self) -> &'a Sweep {
        self.sweep
    }
}

/// The runs of one configuration on one kind of device. Runs of the tuned comparison are known once the settings are chosen.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    suite: &'a Suite,
    configuration: usize,
    numerics: NumericsConfig,
    /// The teacher, if any arm asks one.
    pub teacher: Option<TeacherConfig>,
    /// What its runs share and takes a while to make.
    key: Option<TeacherKey>,
    data: DataConfig,
}

impl<'a> Plan<'a> {
    /// The plan of a suite of one configuration.
    pub fn new(suite: &'a Suite, numerics: NumericsConfig) -> Self {
        let needed = suite.arms.iter().any(|arm| arm.needs().teacher);
        let of_teacher = |teacher: &TeacherSettings| match teacher {
            TeacherSettings::Program { .. } => NumericsConfig::of_program(numerics.code_format),
            _ => numerics.clone(),
        };
        let teacher = suite.teacher.as_ref().filter(|_| needed).map(|teacher| TeacherConfig {
            numerics: of_teacher(teacher),
            data: teacher_data(suite),
            origin: teacher.origin(numerics.device),
        });
        let key = teacher.as_ref().map(TeacherKey::of);
        Self { suite, configuration: 0, numerics, teacher, key, data: data(suite) }
    }

    /// The teacher's name, if there is one.
    pub fn teacher_key(&self) -> Option<TeacherKey> {
        self.key.clone()
    }

    /// The runs that choose each arm's setting: every configuration of the grid on every tuning seed. None where the suite makes
    /// no tuned comparison.
    pub fn tuning_runs(&self) -> Vec<RunPlan> {
        let Some(tune) = self.suite.tune.as_ref().filter(|_| self.tunes()) else { return Vec::new() };
        let settings: Vec<(Arm, GridPoint)> =
            self.suite.arms.iter().flat_map(|arm| self.grid(arm).into_iter().map(|setting| (*arm, setting))).collect();
        let of_seed =
            |&seed: &Seed| settings.iter().map(move |&(arm, setting)| self.run(arm, setting, seed, Role::Tuning));
        // Side by side: the names are hashes, and there may be very many.
        tune.seeds.par_iter().flat_map_iter(of_seed).collect()
    }

    /// The settings that are tried for an arm, in the order of preference among equals: smallest lambda, then smallest
    /// learning rate, then smallest weight decay.
    pub fn grid(&self, arm: &Arm) -> Vec<GridPoint> {
        self.suite.tune.as_ref().map_or_else(Vec::new, |tune| tune.grid.settings(arm))
    }

    /// The runs that are compared, as far as they are known: the fixed ones, and the tuned ones of the arms that have a
    /// choice. A run that serves both is there once.
    pub fn compared_runs(&self, choices: &[ArmChoice]) -> Vec<RunPlan> {
        let of_seed = |&seed: &Seed| {
            let mut runs: Vec<RunPlan> = Vec::new();
            for arm in &self.suite.arms {
                for &comparison in &self.suite.comparisons {
                    let Some(run) = self.compared_run(*arm, comparison, seed, choices) else { continue };
                    match runs.iter_mut().find(|r| r.id == run.id) {
                        Some(same) => same.roles.extend(run.roles),
                        None => runs.push(run),
                    }
                }
            }
            runs
        };
        self.suite.seeds.par_iter().flat_map_iter(of_seed).collect()
    }

    /// How many runs it has at most: those that turn out to be one are counted as often as they are asked. Takes no time,
    /// however many they are.
    pub fn most_runs(&self) -> usize {
        let tuning = self.suite.tune.as_ref().filter(|_| self.tunes()).map_or(0, |tune| {
            let settings: usize = self.suite.arms.iter().map(|arm| self.grid(arm).len()).sum();
            tune.seeds.len().saturating_mul(settings)
        });
        let of_seed = self.suite.arms.len() * self.suite.comparisons.len();
        self.suite.seeds.len().saturating_mul(of_seed).saturating_add(tuning)
    }

    /// The runs at settings that another draw of the tuning might have chosen, at the suite's seeds. A setting whose runs
    /// the fixed comparison has is not run again.
    pub fn runner_up_runs(&self, choices: &[ArmChoice]) -> Vec<RunPlan> {
        let fixed = self.suite.comparisons.contains(&Comparison::Fixed).then(|| self.fixed_setting());
        let mut runs = Vec::new();
        for &seed in &self.suite.seeds {
            for arm in &self.suite.arms {
                let name = arm.name();
                let own = choices.iter().filter(|choice| choice.arm == name).flat_map(|choice| &choice.runner_ups);
                let there = |setting: &GridPoint| fixed.is_some_and(|fixed| self.same_run(*arm, *setting, fixed));
                runs.extend(own.filter(|s| !there(s)).map(|&s| self.run(*arm, s, seed, Role::RunnerUp)));
            }
        }
        runs
    }

    /// Whether two settings are one for an arm, which may not use lambda.
    fn same_run(&self, arm: Arm, one: GridPoint, other: GridPoint) -> bool {
        let lambda = !arm.uses_lambda() || one.lambda == other.lambda;
        lambda && one.learning_rate == other.learning_rate && one.weight_decay == other.weight_decay
    }

    fn compared_run(&self, arm: Arm, comparison: Comparison, seed: Seed, choices: &[ArmChoice]) -> Option<RunPlan> {
        match comparison {
            Comparison::Fixed => Some(self.run(arm, self.fixed_setting(), seed, Role::Fixed)),
            Comparison::Tuned => {
                let name = arm.name();
                let choice = choices.iter().find(|choice| choice.arm == name)?;
                Some(self.run(arm, choice.setting, seed, Role::Tuned))
            }
        }
    }

    /// The setting of every arm in the fixed comparison.
    pub fn fixed_setting(&self) -> GridPoint {
        GridPoint {
            learning_rate: self.suite.training.learning_rate,
            lambda: self.suite.loss.lambda.get(),
            weight_decay: self.suite.training.weight_decay,
        }
    }

    fn run(&self, arm: Arm, setting: GridPoint, seed: Seed, role: Role) -> RunPlan {
        let suite = self.suite;
        let lambda = Lambda::try_from(setting.lambda).expect("checked with the suite");
        let loss = arm.loss(LossConfig { lambda, ..suite.loss });
        let numerics = match &suite.program {
            Some(_) => NumericsConfig::of_program(self.numerics.code_format),
            None => self.numerics.clone(),
        };
        let config = RunConfig {
            numerics,
            data: self.data.clone(),
            teacher: self.teacher_key().filter(|_| arm.needs().teacher),
            student: suite.student.clone(),
            arm: arm.name(),
            loss,
            training: TrainingConfig {
                learning_rate: setting.learning_rate,
                weight_decay: setting.weight_decay,
                ..suite.training.clone()
            },
            evaluation: match role {
                Role::Tuning => tuning_evaluation(suite.evaluation),
                Role::RunnerUp => runner_up_evaluation(suite.evaluation, suite.training.epochs),
                Role::Tuned | Role::Fixed => suite.evaluation,
            },
            seed,
            teacher_views: suite.teacher_views.filter(|_| arm.needs().teacher),
        };
        let covered = |plan: &DiagnosticsPlan| role.is_compared() && plan.covers(&config.arm);
        let diagnostics = suite.diagnostics_plan().filter(covered);
        RunPlan {
            id: RunId::of(&config),
            configuration: self.configuration,
            roles: vec![role],
            arm,
            config,
            shape: suite.source.shape(),
            diagnostics: diagnostics.map(|plan| AskedDiagnostics { plan, teacher: self.teacher.is_some() }),
        }
    }

    /// A manifest of this configuration alone.
    fn manifest_of_first(&self, choices: &[ArmChoice]) -> Manifest {
        let suite = self.suite;
        Manifest {
            format: FORMAT_VERSION,
            suite: suite.name.clone(),
            question: suite.question.clone(),
            data_set: suite.source.title().to_owned(),
            arms: suite.arm_names(),
            reference: suite.reference.clone(),
            metric: suite.metric,
            epoch_rule: suite.evaluation.epoch_rule,
            margin: suite.margin,
            seeds: suite.seeds.clone(),
            tuning_seeds: match &suite.tune {
                Some(tune) if self.tunes() => tune.seeds.clone(),
                _ => Vec::new(),
            },
            comparisons: suite.comparisons.clone(),
            axes: Vec::new(),
            teacher_axis: None,
            configurations: vec![self.manifest_configuration(Vec::new(), choices)],
            claims: Vec::new(),
            diagnostics: suite.diagnostics_plan(),
            warnings: Vec::new(),
        }
    }

    /// What the store says about this configuration of a sweep.
    fn manifest_configuration(&self, values: Vec<String>, choices: &[ArmChoice]) -> ManifestConfiguration {
        let suite = self.suite;
        let planned = |run: RunPlan| {
            let (setting, arm, seed) = (run.setting(), run.arm.name(), run.config.seed);
            let id = run.id;
            run.roles.into_iter().map(move |role| PlannedRun { id: id.clone(), role, arm: arm.clone(), seed, setting })
        };
        ManifestConfiguration {
            values,
            data: self.data.clone(),
            classes: suite.source.classes(),
            super_classes: suite.super_classes.clone(),
            fixed_setting: self.fixed_setting(),
            teacher: self.teacher_key(),
            choices: choices.to_vec(),
            runs: [self.tuning_runs(), self.compared_runs(choices), self.runner_up_runs(choices)]
                .into_iter()
                .flatten()
                .flat_map(planned)
                .collect(),
        }
    }

    /// Whether arms are to be tuned.
    pub(crate) fn tunes(&self) -> bool {
        self.suite.tune.is_some() && self.suite.comparisons.contains(&Comparison::Tuned)
    }

    /// The suite.
    pub fn suite(&self) -> &'a Suite {
        self.suite
    }
}

pub(crate) fn data(suite: &Suite) -> DataConfig {
    DataConfig {
        set: suite.source.identity().to_owned(),
        hash: suite.source.hash(),
        student_examples: suite.data.student_examples,
        teacher_examples: suite.data.teacher_examples,
        validation_examples: suite.data.validation_examples,
        test_examples: suite.data.test_examples,
        split_seed: suite.data.split_seed,
    }
}

fn teacher_data(suite: &Suite) -> TeacherDataConfig {
    TeacherDataConfig {
        set: suite.source.identity().to_owned(),
        hash: suite.source.hash(),
        examples: suite.data.teacher_examples,
        validation_examples: suite.data.validation_examples,
        test_examples: suite.data.test_examples,
        split_seed: suite.data.split_seed,
    }
}

/// Tuning looks at the validation split alone, and no more often than the epoch rule asks.
fn tuning_evaluation(evaluation: EvaluationConfig) -> EvaluationConfig {
    let plan = match (evaluation.epoch_rule, evaluation.plan) {
        (EpochRule::BestValidation, EvaluationPlan::Curve { every }) => EvaluationPlan::ValidationCurve { every },
        _ => EvaluationPlan::ValidationAtEnd,
    };
    EvaluationConfig { plan, ..evaluation }
}

/// Runner-up settings have no curve to show: where the last epoch counts, it alone is evaluated.
fn runner_up_evaluation(evaluation: EvaluationConfig, epochs: usize) -> EvaluationConfig {
    let plan = match (evaluation.epoch_rule, evaluation.plan) {
        (EpochRule::Last, EvaluationPlan::Curve { .. }) => EvaluationPlan::Curve { every: epochs },
        (_, plan) => plan,
    };
    EvaluationConfig { plan, ..evaluation }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use fractionate_records::DeviceKind;
    use serde_json::Value;

    use super::*;
    use crate::suite::{Overrides, check_text};

    const QUICKSTART: &str = include_str!("../../../experiments/quickstart.toml");

    fn suite(overrides: &Overrides) -> Suite {
        check_text("quickstart.toml", QUICKSTART, overrides).unwrap()
    }

    fn with(set: &[&str]) -> Suite {
        let set = set.iter().map(|&assignment| assignment.to_owned()).collect();
        suite(&Overrides { set, ..Overrides::default() })
    }

    fn plan(suite: &Suite) -> Plan<'_> {
        Plan::new(suite, NumericsConfig { code_format: 1, libtorch: "2.13.0".into(), device: DeviceKind::Cpu })
    }

    /// The ids of the tuning runs and the fixed runs.
    fn ids(suite: &Suite) -> BTreeSet<String> {
        let plan = plan(suite);
        let runs = [plan.tuning_runs(), plan.compared_runs(&[])].concat();
        runs.iter().map(|run| run.id.to_string()).collect()
    }

    /// The ids of one arm's fixed runs.
    fn fixed_ids(suite: &Suite, arm: Arm) -> Vec<RunId> {
        let alone = Suite { arms: vec![arm], ..suite.clone() };
        plan(&alone).compared_runs(&[]).into_iter().map(|run| run.id).collect()
    }

    #[test]
    fn run_ids_depend_neither_on_the_order_of_arms_and_seeds_nor_on_what_else_is_run() {
        let whole = suite(&Overrides::default());
        let mut turned = whole.clone();
        turned.arms.reverse();
        turned.seeds.reverse();
        if let Some(tune) = &mut turned.tune {
            tune.seeds.reverse();
        }
        assert_eq!(ids(&turned), ids(&whole));
        let part =
            suite(&Overrides { arms: Some("teacher,hard".into()), seeds: Some("3..5".into()), ..Overrides::default() });
        assert!(ids(&part).is_subset(&ids(&whole)));
    }

    #[test]
    fn run_ids_do_not_depend_on_names_and_words() {
        let whole = suite(&Overrides::default());
        let renamed = with(&["name=another", "question=Why", "metric=test-nll", "reference=uniform"]);
        assert_eq!(ids(&renamed), ids(&whole));
    }

    #[test]
    fn hard_knows_neither_lambda_nor_temperature_nor_scaling_nor_teacher() {
        let (whole, others) = (
            suite(&Overrides::default()),
            with(&[
                "distillation.lambda=0.5",
                "distillation.temperature=4.0",
                "distillation.scaling=none",
                "teacher.epochs=3",
            ]),
        );
        assert_eq!(fixed_ids(&whole, Arm::HARD), fixed_ids(&others, Arm::HARD));
        let told = Arm::all().filter(|arm| arm.uses_lambda() || arm.needs().teacher);
        for arm in told {
            assert!(fixed_ids(&whole, arm).iter().all(|id| !fixed_ids(&others, arm).contains(id)), "{}", arm.name());
        }
    }

    #[test]
    fn arms_without_lambda_have_a_grid_without_it_and_know_of_the_loss_what_they_use_alone() {
        let whole = suite(&Overrides::default());
        let other_values = [
            ("lambda", "distillation.lambda=0.5"),
            ("temperature", "distillation.temperature=4.0"),
            ("scaling", "distillation.scaling=none"),
        ];
        let known = [
            ("hard", vec![]),
            ("target-weighted", vec!["temperature"]),
            ("target-weighted(shuffled)", vec!["temperature"]),
            ("confidence-weighted", vec![]),
            ("dkd", vec!["temperature", "scaling"]),
            ("tckd", vec!["temperature", "scaling"]),
            ("nckd", vec!["temperature", "scaling"]),
        ];
        let without = Arm::all().filter(|arm| !arm.uses_lambda()).count();
        assert_eq!(without, known.len() - 1, "the shuffled option is no arm of its own");
        for (name, known) in known {
            let arm = Arm::parse(name).unwrap();
            assert!(plan(&whole).grid(&arm).iter().all(|setting| setting.lambda == 0.0), "{name}");
            for (key, other) in other_values {
                let same = fixed_ids(&whole, arm) == fixed_ids(&with(&[other]), arm);
                assert_eq!(same, !known.contains(&key), "{name} and {key}");
            }
        }
    }

    #[test]
    fn the_virtual_teacher_brings_its_own_temperature_and_does_not_know_the_suites() {
        let (whole, other) = (suite(&Overrides::default()), with(&["distillation.temperature=4.0"]));
        for (name, temperature) in [("virtual-teacher", 20.0), ("virtual-teacher(code)", 1.0), ("teacher", 2.0)] {
            let arm = Arm::parse(name).unwrap();
            assert_eq!(fixed_ids(&whole, arm) == fixed_ids(&other, arm), name != "teacher", "{name}");
            let alone = Suite { arms: vec![arm], ..whole.clone() };
            let temperatures = plan(&alone).compared_runs(&[]).into_iter().map(|run| run.config.loss.temperature.get());
            assert!(temperatures.into_iter().all(|t| t == temperature), "{name}");
        }
    }

    #[test]
    fn a_teachers_settings_enter_the_ids_of_the_arms_that_ask_it_and_of_no_other() {
        let (whole, other) = (suite(&Overrides::default()), with(&["teacher.seed=1"]));
        for arm in Arm::all() {
            let same = fixed_ids(&whole, arm) == fixed_ids(&other, arm);
            assert_eq!(same, !arm.needs().teacher, "{}", arm.name());
        }
    }

    /// Every value of a JSON document that holds no others, by its path.
    fn leaves(value: &Value, path: &str, found: &mut BTreeMap<String, Value>) {
        let inner: Vec<(String, &Value)> = match value {
            Value::Object(map) => map.iter().map(|(key, value)| (format!("{path}/{key}"), value)).collect(),
            Value::Array(list) => list.iter().enumerate().map(|(n, value)| (format!("{path}/{n}"), value)).collect(),
            _ => Vec::new(),
        };
        if inner.is_empty() {
            found.insert(path.to_owned(), value.clone());
        }
        for (path, value) in inner {
            leaves(value, &path, found);
        }
    }

    /// Other values that may stand in a value's place.
    fn others(value: &Value) -> Vec<Value> {
        match value {
            Value::Number(number) if number.is_u64() => vec![Value::from(number.as_u64().unwrap() + 1)],
            Value::Number(number) => vec![Value::from(number.as_f64().unwrap() * 0.5 + 0.125)],
            Value::Bool(yes) => vec![Value::from(!yes)],
            Value::String(_) => {
                let words = ["cuda", "none", "best-validation", "constant", "another", "0123456789abcdef"];
                words.map(Value::from).to_vec()
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn a_run_id_depends_on_every_value_of_the_configuration() {
        let suite = suite(&Overrides::default());
        let run = plan(&suite).compared_runs(&[]).into_iter().find(|run| run.arm == Arm::TEACHER).unwrap();
        let whole = serde_json::to_value(&run.config).unwrap();
        let mut found = BTreeMap::new();
        leaves(&whole, "", &mut found);
        // Names of variants that have fields of their own: they cannot be exchanged alone.
        found.retain(|path, _| !["/student/model", "/evaluation/plan/kind"].contains(&path.as_str()));
        assert!(found.len() > 25, "{found:?}");
        let mut ids = BTreeSet::from([run.id.to_string()]);
        for (path, value) in &found {
            let changed = others(value).into_iter().find_map(|other| {
                let mut whole = whole.clone();
                *whole.pointer_mut(path).unwrap() = other;
                let config: RunConfig = serde_json::from_value(whole).ok()?;
                (config != run.config).then_some(config)
            });
            let changed = changed.unwrap_or_else(|| panic!("{path} has no other value than {value}"));
            assert!(ids.insert(RunId::of(&changed).to_string()), "{path} is not in the id");
        }
    }

    #[test]
    fn a_run_that_serves_both_comparisons_is_made_once_and_has_both_roles() {
        let suite = suite(&Overrides::default());
        let plan = plan(&suite);
        let choice = |setting| ArmChoice {
            arm: "teacher".into(),
            setting,
            validation_accuracy: 0.9,
            edges: Vec::new(),
            runner_ups: Vec::new(),
        };
        let compared = |setting| {
            let runs = plan.compared_runs(&[choice(setting)]);
            runs.into_iter().filter(|run| run.arm == Arm::TEACHER).collect::<Vec<_>>()
        };
        let shared = compared(plan.fixed_setting());
        assert_eq!(shared.len(), suite.seeds.len());
        assert!(shared.iter().all(|run| run.roles == [Role::Tuned, Role::Fixed]), "{shared:?}");
        let apart = compared(GridPoint { learning_rate: 0.1, ..plan.fixed_setting() });
        assert_eq!(apart.len(), 2 * suite.seeds.len());
        assert!(apart.iter().all(|run| run.roles.len() == 1));
    }

    #[test]
    fn tuning_tries_every_point_of_the_grid_on_every_tuning_seed_and_hard_at_no_lambda_but_0() {
        let suite = suite(&Overrides::default());
        let runs = plan(&suite).tuning_runs();
        let tune = suite.tune.as_ref().unwrap();
        let (rates, lambdas) = (tune.grid.learning_rates.len(), tune.grid.lambdas.len());
        assert_eq!(runs.len(), ((suite.arms.len() - 1) * lambdas * rates + rates) * tune.seeds.len());
        assert!(runs.iter().filter(|run| run.arm == Arm::HARD).all(|run| run.setting().lambda == 0.0));
        assert!(runs.iter().all(|run| !run.config.evaluation.plan.tests()), "the test split is never looked at");
        assert!(runs.iter().all(|run| !suite.seeds.contains(&run.config.seed)));
    }

    #[test]
    fn without_a_tuned_comparison_nothing_is_tuned_nor_declared_so() {
        let suite = with(&["compare=[\"fixed\"]"]);
        let plan = plan(&suite);
        assert_eq!(plan.tuning_runs(), []);
        let manifest = plan.manifest_of_first(&[]);
        assert!(manifest.runs().all(|run| run.role == Role::Fixed));
        assert_eq!(manifest.tuning_seeds, []);
    }
}
