//! Which runs a suite is made of.

use fractionate_records::{
    ArmChoice, Comparison, DataConfig, EpochRule, EvaluationConfig, EvaluationPlan, FORMAT_VERSION, GridPoint, Lambda,
    LossConfig, Manifest, NumericsConfig, PlannedRun, Role, RunConfig, RunId, Scaling, Seed, TeacherConfig, TeacherKey,
    Temperature, TrainingConfig,
};
use fractionate_training::{CODE_FORMAT, DeviceChoice, libtorch_version, teacher_threads};

use crate::arm::Arm;
use crate::suite::Suite;

/// One run with everything needed to make it.
#[derive(Debug, Clone, PartialEq)]
pub struct RunPlan {
    /// Its name in the store.
    pub id: RunId,
    /// Why it is made; one run may serve several roles.
    pub roles: Vec<Role>,
    /// The arm.
    pub arm: Arm,
    /// Everything that can change its numbers.
    pub config: RunConfig,
}

impl RunPlan {
    /// The learning rate, lambda and weight decay of the run.
    pub fn setting(&self) -> GridPoint {
        GridPoint {
            learning_rate: self.config.training.learning_rate,
            lambda: self.config.loss.lambda.get(),
            weight_decay: self.config.training.weight_decay,
        }
    }
}

/// A suite's runs on one kind of device. Runs of the tuned comparison are known once the settings are chosen.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    suite: &'a Suite,
    numerics: NumericsConfig,
    /// The teacher to train, if any arm asks one.
    pub teacher: Option<TeacherConfig>,
}

/// The arithmetic of runs on this device with this build.
pub fn numerics(device: DeviceChoice) -> NumericsConfig {
    NumericsConfig { code_format: CODE_FORMAT, libtorch: libtorch_version().to_owned(), device: device.kind() }
}

impl<'a> Plan<'a> {
    /// The plan of a suite.
    pub fn new(suite: &'a Suite, numerics: NumericsConfig) -> Self {
        let needed = suite.arms.iter().any(Arm::needs_teacher);
        let teacher = suite.teacher.as_ref().filter(|_| needed).map(|teacher| TeacherConfig {
            numerics: numerics.clone(),
            data: data(suite),
            model: teacher.model.clone(),
            training: teacher.training.clone(),
            threads: teacher_threads(teacher.threads, numerics.device),
            seed: teacher.seed,
        });
        Self { suite, numerics, teacher }
    }

    /// The teacher's name, if there is one.
    pub fn teacher_key(&self) -> Option<TeacherKey> {
        self.teacher.as_ref().map(TeacherKey::of)
    }

    /// The runs that choose each arm's setting: every point of the grid on every tuning seed.
    pub fn tuning_runs(&self) -> Vec<RunPlan> {
        let Some(tune) = &self.suite.tune else { return Vec::new() };
        let mut runs = Vec::new();
        for &seed in &tune.seeds {
            for arm in &self.suite.arms {
                for setting in self.grid(arm) {
                    runs.push(self.run(*arm, setting, seed, Role::Tuning));
                }
            }
        }
        runs
    }

    /// The settings that are tried for an arm, in the order of preference among equals: smallest lambda, then smallest
    /// learning rate, then smallest weight decay.
    pub fn grid(&self, arm: &Arm) -> Vec<GridPoint> {
        let Some(tune) = &self.suite.tune else { return Vec::new() };
        let lambdas = if *arm == Arm::Hard { vec![Lambda::ZERO] } else { tune.lambdas.clone() };
        let mut points = Vec::new();
        for lambda in &lambdas {
            for &learning_rate in &tune.learning_rates {
                for &weight_decay in &tune.weight_decays {
                    points.push(GridPoint { learning_rate, lambda: lambda.get(), weight_decay });
                }
            }
        }
        points
    }

    /// The runs that are compared, as far as they are known: the fixed ones, and the tuned ones of the arms that have a
    /// choice. A run that serves both is there once.
    pub fn compared_runs(&self, choices: &[ArmChoice]) -> Vec<RunPlan> {
        let mut runs: Vec<RunPlan> = Vec::new();
        for &seed in &self.suite.seeds {
            for arm in &self.suite.arms {
                for &comparison in &self.suite.comparisons {
                    let Some(run) = self.compared_run(*arm, comparison, seed, choices) else { continue };
                    match runs.iter_mut().rev().take_while(|r| r.config.seed == seed).find(|r| r.id == run.id) {
                        Some(same) => same.roles.extend(run.roles),
                        None => runs.push(run),
                    }
                }
            }
        }
        runs
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
        // Hard labels know neither lambda nor temperature: the same run serves every suite, whatever these are.
        let loss = if arm == Arm::Hard {
            LossConfig { temperature: Temperature::ONE, lambda: Lambda::ZERO, scaling: Scaling::None }
        } else {
            let lambda = Lambda::try_from(setting.lambda).expect("checked with the suite");
            LossConfig { lambda, ..suite.loss }
        };
        let config = RunConfig {
            numerics: self.numerics.clone(),
            data: data(suite),
            teacher: self.teacher_key().filter(|_| arm.needs_teacher()),
            student: suite.student.clone(),
            arm: arm.name(),
            loss,
            training: TrainingConfig {
                learning_rate: setting.learning_rate,
                weight_decay: setting.weight_decay,
                ..suite.training.clone()
            },
            evaluation: if role == Role::Tuning { tuning_evaluation(suite.evaluation) } else { suite.evaluation },
            seed,
        };
        RunPlan { id: RunId::of(&config), roles: vec![role], arm, config }
    }

    /// What the store says about the suite: its declarations and the runs known so far.
    pub fn manifest(&self, choices: &[ArmChoice]) -> Manifest {
        let suite = self.suite;
        let planned = |run: RunPlan| {
            let (setting, arm, seed) = (run.setting(), run.arm.name(), run.config.seed);
            let id = run.id;
            run.roles.into_iter().map(move |role| PlannedRun { id: id.clone(), role, arm: arm.clone(), seed, setting })
        };
        let runs = self.tuning_runs().into_iter().chain(self.compared_runs(choices)).flat_map(planned).collect();
        Manifest {
            format: FORMAT_VERSION,
            suite: suite.name.clone(),
            question: suite.question.clone(),
            data_set: suite.set.title().to_owned(),
            classes: suite.set.classes().iter().map(|&class| class.to_owned()).collect(),
            arms: suite.arm_names(),
            reference: suite.reference.clone(),
            metric: suite.metric,
            epoch_rule: suite.evaluation.epoch_rule,
            seeds: suite.seeds.clone(),
            tuning_seeds: suite.tune.as_ref().map_or_else(Vec::new, |tune| tune.seeds.clone()),
            comparisons: suite.comparisons.clone(),
            fixed_setting: self.fixed_setting(),
            teacher: self.teacher_key(),
            choices: choices.to_vec(),
            runs,
        }
    }

    /// Whether arms are to be tuned.
    pub fn tunes(&self) -> bool {
        self.suite.tune.is_some() && self.suite.comparisons.contains(&Comparison::Tuned)
    }

    /// The suite.
    pub fn suite(&self) -> &'a Suite {
        self.suite
    }
}

fn data(suite: &Suite) -> DataConfig {
    DataConfig {
        set: suite.set.name().to_owned(),
        hash: suite.set.hash(),
        student_examples: suite.data.student_examples,
        teacher_examples: suite.data.teacher_examples,
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
