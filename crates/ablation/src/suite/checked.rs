//! A suite that can be run.

use std::sync::Arc;

use fractionate_arms::Arm;
use fractionate_data::{DataSource, WorldOptions};
use fractionate_records::{
    Comparison, DeclaredClaim, DeviceKind, DiagnosticsPlan, EvaluationConfig, GridPoint, Lambda, LoadedTeacherConfig,
    LossConfig, Metric, ModelConfig, Normalisation, ReportStyle, Seed, SuperClass, TeacherOrigin, TeacherViews,
    TrainedTeacherConfig, TrainingConfig,
};
use serde::Serialize;

use super::{ProgramSettings, SlurmSettings};
use crate::teacher::{LogitsFile, ModuleFile, WeightsFile};

/// A checked suite file: the configurations of its sweep, or the one configuration of a suite without a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// The swept keys, dotted, in the file's order; may be empty.
    pub axes: Vec<String>,
    /// The last of the axes where it is that of several teachers trained alike: configurations that differ in it alone are
    /// analysed together.
    pub teacher_axis: Option<String>,
    /// Every combination of their values, at least one, the last axis fastest. They share name, question, arms,
    /// reference, seeds, metric, epoch rule and comparisons.
    pub configurations: Vec<Configuration>,
    /// What the suite claims: declared before its runs.
    pub claims: Vec<DeclaredClaim>,
    /// Claims that name arms which the command line leaves out, a sentence each: they are not made.
    pub skipped_claims: Vec<String>,
    /// How it is submitted to a cluster, which changes no number.
    pub slurm: SlurmSettings,
    /// How its report's figures and LaTeX tables are made.
    pub report: ReportStyle,
    /// What is possible and yet hard to believe, in sentences.
    pub warnings: Vec<String>,
}

/// One combination of a sweep's values.
#[derive(Debug, Clone, PartialEq)]
pub struct Configuration {
    /// One per axis, as written in TOML.
    pub values: Vec<String>,
    /// The suite with these values.
    pub suite: Suite,
}

impl Sweep {
    /// The first configuration: all that the configurations share can be read from it.
    pub fn first(&self) -> &Suite {
        &self.configurations[0].suite
    }

    /// How many teachers trained alike there are; 1 where the suite names no seeds for them.
    pub fn teachers(&self) -> usize {
        let Some(_) = &self.teacher_axis else { return 1 };
        let values: std::collections::BTreeSet<&String> =
            self.configurations.iter().filter_map(|configuration| configuration.values.last()).collect();
        values.len()
    }

    /// The programs that train students, configuration by configuration.
    pub fn programs(&self) -> impl Iterator<Item = &Arc<ProgramSettings>> {
        self.configurations.iter().filter_map(|configuration| configuration.suite.program.as_ref())
    }

    /// Whether a program makes a teacher.
    pub fn has_program_teacher(&self) -> bool {
        self.configurations.iter().any(|each| matches!(each.suite.teacher, Some(TeacherSettings::Program { .. })))
    }

    /// Whether a teacher is a module, which a run may have to run.
    pub fn has_modules(&self) -> bool {
        self.configurations.iter().any(|each| matches!(each.suite.teacher, Some(TeacherSettings::Module(_))))
    }
}

/// A checked suite of one configuration: every default filled in, every value possible. Made by [`super::load`] and
/// [`super::check_text`].
#[derive(Debug, Clone, PartialEq)]
pub struct Suite {
    /// The suite's name: letters, digits, `-`, `_` and `.`, so that it can name a folder.
    pub name: String,
    /// The question that the suite asks; may be empty.
    pub question: String,
    /// The arms, at least one, none twice.
    pub arms: Vec<Arm>,
    /// The name of the arm that differences are taken against: one of `arms`.
    pub reference: String,
    /// What is compared.
    pub metric: Metric,
    /// The difference, in points or nats, below which arms count as equal, if one is declared: finite and above 0.
    pub margin: Option<f64>,
    /// The suite's seeds, at least one, none twice.
    pub seeds: Vec<Seed>,
    /// When students are evaluated, and which epoch's student counts.
    pub evaluation: EvaluationConfig,
    /// The comparisons, at least one, none twice; `tuned` only where there is `tune`.
    pub comparisons: Vec<Comparison>,
    /// The data set.
    pub source: DataSource,
    /// Groups of classes that resemble each other, every class in one; may be none.
    pub super_classes: Vec<SuperClass>,
    /// How it is split.
    pub data: SplitSizes,
    /// The teacher; there is one if any arm needs it.
    pub teacher: Option<TeacherSettings>,
    /// The students' architecture.
    pub student: ModelConfig,
    /// The program that trains the students, if the built-in trainer does not.
    pub program: Option<Arc<ProgramSettings>>,
    /// Temperature, weight and scaling of the soft target in the fixed comparison.
    pub loss: LossConfig,
    /// The students' optimiser, schedule, batches and epochs in the fixed comparison.
    pub training: TrainingConfig,
    /// Which pictures the teacher is asked about, where the students see random views and there is a teacher.
    pub teacher_views: Option<TeacherViews>,
    /// What is tuned, arm by arm.
    pub tune: Option<Tune>,
    /// What is recorded of the compared runs in addition to their scores.
    pub diagnostics: Option<DiagnosticsSettings>,
}

impl Suite {
    /// Whether this suite can make the targets of an arm, which need not be one of its own.
    ///
    /// # Errors
    /// With the reason: no teacher, none with a linear last layer, fewer classes than the arm keeps.
    pub fn check_arm(&self, arm: &Arm) -> Result<(), String> {
        let needs = arm.needs();
        if needs.teacher && self.teacher.is_none() {
            return Err("it needs a teacher, and the suite has no table `[teacher]`".to_owned());
        }
        if needs.classifier && !matches!(self.teacher, Some(TeacherSettings::Trained(_) | TeacherSettings::Weights(_)))
        {
            return Err("it needs a teacher with a linear last layer, and the suite's has none".to_owned());
        }
        let classes = self.source.classes().len();
        if needs.classes > classes {
            return Err(format!("it keeps {} classes, and the data set has {classes} classes", needs.classes));
        }
        Ok(())
    }

    /// The names of the arms, in the suite's order, as written in results.
    pub fn arm_names(&self) -> Vec<String> {
        self.arms.iter().map(Arm::name).collect()
    }

    /// The diagnostics with this suite's number of examples: all of the students' up to 2,000 where none is given.
    pub fn diagnostics_plan(&self) -> Option<DiagnosticsPlan> {
        let DiagnosticsSettings { epochs, examples, arms } = self.diagnostics.clone()?;
        let examples = examples.unwrap_or_else(|| self.data.student_examples.min(2_000));
        Some(DiagnosticsPlan { epochs, examples, arms })
    }
}

/// What is recorded of the compared runs in addition to their scores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DiagnosticsSettings {
    /// The epochs (from 1, rising, at most the training's) after which the gradient rescaling is recorded.
    pub epochs: Vec<usize>,
    /// For how many of the students' training examples; without it, for all of each configuration, at most 2,000.
    pub examples: Option<usize>,
    /// The names of the arms that it is recorded of, as written in results; all of the suite's where none are given.
    pub arms: Option<Vec<String>>,
}

/// How many examples go where: student <= teacher, teacher + validation within the set's training examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SplitSizes {
    /// Training examples of the students: the first of the teacher's; at least 2.
    pub student_examples: usize,
    /// Training examples of the teacher.
    pub teacher_examples: usize,
    /// Validation examples, which choose settings, at least 1.
    pub validation_examples: usize,
    /// Test examples, at least 1: the first of the test split, or drawn where it may be sorted by class.
    pub test_examples: usize,
    /// The seed of the split.
    pub split_seed: Seed,
}

impl From<SplitSizes> for fractionate_data::SplitSizes {
    fn from(sizes: SplitSizes) -> Self {
        Self {
            student: sizes.student_examples,
            teacher: sizes.teacher_examples,
            validation: sizes.validation_examples,
            test: sizes.test_examples,
            seed: sizes.split_seed,
        }
    }
}

/// Where the teacher's logits come from.
#[derive(Debug, Clone, PartialEq)]
pub enum TeacherSettings {
    /// A network trained here, with at least 1 thread on a CPU.
    Trained(TrainedTeacherConfig),
    /// A network whose weights come from elsewhere.
    Weights(LoadedTeacher),
    /// A file of logits or an ensemble of several, read.
    Logits(Arc<LogitsFile>),
    /// A TorchScript module that was loaded and run once.
    Module(ModuleFile),
    /// A program of the user's, started once.
    Program {
        /// The program.
        program: Arc<ProgramSettings>,
        /// The seed that it is given.
        seed: Seed,
    },
    /// The synthetic world's own class scores.
    World,
}

/// A network of the built-in trainer, and a file with its weights.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedTeacher {
    /// The architecture.
    pub model: ModelConfig,
    /// The weights, read and found to be the network's where its weights are known.
    pub file: WeightsFile,
    /// Threads that its logits are computed with on a CPU, at least 1.
    pub threads: usize,
    /// What it takes of pictures; without it, what students see.
    pub normalisation: Option<Normalisation>,
}

/// How many threads a teacher gets on a device: a GPU's results do not depend on them.
fn teacher_threads(asked: usize, device: DeviceKind) -> usize {
    match device {
        DeviceKind::Cpu => asked,
        DeviceKind::Cuda => 1,
    }
}

impl TeacherSettings {
    /// Where the teacher's logits come from, as in its key.
    pub(crate) fn origin(&self, device: DeviceKind) -> TeacherOrigin {
        match self {
            Self::Trained(trained) => TeacherOrigin::Trained(TrainedTeacherConfig {
                threads: teacher_threads(trained.threads, device),
                ..trained.clone()
            }),
            Self::Weights(LoadedTeacher { model, file, threads, normalisation }) => {
                TeacherOrigin::Weights(LoadedTeacherConfig {
                    model: model.clone(),
                    hash: file.hash().to_owned(),
                    threads: teacher_threads(*threads, device),
                    normalisation: normalisation.clone(),
                })
            }
            Self::Logits(file) => match file.members() {
                Some(members) => TeacherOrigin::Ensemble { hash: file.hash(), members },
                None => TeacherOrigin::Logits { hash: file.hash() },
            },
            Self::World => TeacherOrigin::World,
            Self::Program { program, seed } => TeacherOrigin::Program { program: program.model(), seed: *seed },
            Self::Module(module) => TeacherOrigin::Module { hash: module.hash().to_owned(), inputs: module.inputs() },
        }
    }
}

/// How each arm's setting is chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Tune {
    /// The settings that are tried.
    pub grid: Grid,
    /// The tuning seeds: at least one, none of the suite's.
    pub seeds: Vec<Seed>,
    /// Whether settings that another draw of the tuning might have chosen are run at the suite's seeds too.
    pub runner_ups: bool,
}

/// All combinations of its axes. Each axis rises, without repetitions; one that the suite does not name has the base
/// value alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Peak learning rates.
    pub learning_rates: Vec<f64>,
    /// Distillation weights, all above 0.
    pub lambdas: Vec<Lambda>,
    /// L2 coefficients.
    pub weight_decays: Vec<f64>,
}

impl Grid {
    /// The settings that are tried for an arm, in the order of preference among equals: smallest lambda, then smallest
    /// learning rate, then smallest weight decay.
    pub fn settings(&self, arm: &Arm) -> Vec<GridPoint> {
        let lambdas = if arm.uses_lambda() { self.lambdas.clone() } else { vec![Lambda::ZERO] };
        let mut settings = Vec::new();
        for lambda in &lambdas {
            for &learning_rate in &self.learning_rates {
                for &weight_decay in &self.weight_decays {
                    settings.push(GridPoint { learning_rate, lambda: lambda.get(), weight_decay });
                }
            }
        }
        settings
    }
}

/// A calibration that can be run.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Its name: letters, digits, `-`, `_` and `.`, so that it can name a folder.
    pub name: String,
    /// How many seeds the pool has: 0 to `seeds` - 1.
    pub seeds: usize,
    /// The world: it is not planted.
    pub world: WorldOptions,
    /// How its examples are split: the same for all seeds.
    pub data: SplitSizes,
    /// The students' architecture.
    pub student: ModelConfig,
    /// Temperature, weight and scaling of the soft targets at the fixed setting.
    pub loss: LossConfig,
    /// Optimiser, schedule, batches and epochs at the fixed setting.
    pub training: TrainingConfig,
    /// The grid of `hard` and `teacher`.
    pub grid: Grid,
    /// How many of the pool's seeds, from 0, train the grid too.
    pub grid_seeds: usize,
}
