//! Which runs of a store make up the suite, and what was declared before they were made.

use serde::{Deserialize, Serialize};

use crate::{DataConfig, DiagnosticsPlan, EpochRule, RunId, Seed, TeacherKey};

/// `manifest.json`: the suite as planned. Runs in the store that it does not name belong to other versions of the suite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`crate::FORMAT_VERSION`] at the time of writing.
    pub format: u32,
    /// The suite's name.
    pub suite: String,
    /// The question that the suite asks, in the user's words; may be empty.
    pub question: String,
    /// The data set's name as people write it, `Fashion-MNIST`.
    pub data_set: String,
    /// The arms, in the suite's order, as written in results.
    pub arms: Vec<String>,
    /// The arm that differences are taken against.
    pub reference: String,
    /// What is compared.
    pub metric: Metric,
    /// Which epoch's student counts.
    pub epoch_rule: EpochRule,
    /// The difference, in points or nats, below which arms count as equal; absent where none is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
    /// The suite's seeds.
    pub seeds: Vec<Seed>,
    /// The tuning's seeds: disjoint from `seeds`; empty where nothing was tuned.
    pub tuning_seeds: Vec<Seed>,
    /// The comparisons that the suite makes: fixed, tuned or both.
    pub comparisons: Vec<Comparison>,
    /// The keys that the suite sweeps, dotted, in its order; empty without a sweep.
    pub axes: Vec<String>,
    /// The last of the axes where it is that of several teachers trained alike: configurations that differ in it alone are
    /// analysed together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teacher_axis: Option<String>,
    /// The sweep's configurations, at least one; a suite without a sweep is one configuration.
    pub configurations: Vec<ManifestConfiguration>,
    /// What the suite claims, in its order.
    pub claims: Vec<DeclaredClaim>,
    /// What is recorded of the compared runs in addition to their scores, where anything is.
    #[serde(default)]
    pub diagnostics: Option<DiagnosticsPlan>,
    /// What a reader should know before believing the numbers, in sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl Manifest {
    /// Every run of every configuration known so far.
    pub fn runs(&self) -> impl Iterator<Item = &PlannedRun> {
        self.configurations.iter().flat_map(|configuration| &configuration.runs)
    }
}

/// One configuration of a sweep: everything that may differ along its axes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestConfiguration {
    /// The value on each axis, as written in TOML.
    pub values: Vec<String>,
    /// The examples: names the file of their labels.
    pub data: DataConfig,
    /// The classes' names, in the order of the labels.
    pub classes: Vec<String>,
    /// Groups of classes that resemble each other; empty where none are named.
    pub super_classes: Vec<SuperClass>,
    /// The setting of every arm in the fixed comparison.
    pub fixed_setting: GridPoint,
    /// The teacher.
    pub teacher: Option<TeacherKey>,
    /// Each arm's own setting; empty until the tuning is done, and where nothing was tuned.
    pub choices: Vec<ArmChoice>,
    /// Every run of the configuration known so far.
    pub runs: Vec<PlannedRun>,
}

/// A group of classes that resemble each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuperClass {
    /// Its name, `clothes`.
    pub name: String,
    /// The labels of its classes.
    pub classes: Vec<usize>,
}

/// A sentence that the suite puts to the test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredClaim {
    /// The claim in words.
    pub says: String,
    /// The claim as an inequality of arms and terms, `instance > domain`.
    pub test: String,
    /// The comparison that it speaks of; every one that the suite makes where it names none.
    pub comparison: Option<Comparison>,
    /// Whether the store held compared runs before the claim was declared: then it is exploratory.
    pub after_runs: bool,
}

/// Whether all arms share one setting or each has its own: two questions, never mixed in one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    /// Each arm at its own best setting on the validation split.
    Tuned,
    /// Every arm at one setting.
    Fixed,
}

impl Comparison {
    /// The word for it in tables and file names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tuned => "tuned",
            Self::Fixed => "fixed",
        }
    }

    /// The role of the runs that it rests on.
    pub fn role(self) -> Role {
        match self {
            Self::Tuned => Role::Tuned,
            Self::Fixed => Role::Fixed,
        }
    }
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// Share of test examples classified correctly; differences in percentage points.
    TestAccuracy,
    /// Mean negative log-likelihood of the test labels, in nats; lower is better.
    TestNll,
}

/// Why a run is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// To choose an arm's setting.
    Tuning,
    /// For the tuned comparison.
    Tuned,
    /// For the fixed comparison.
    Fixed,
    /// At a runner-up setting, which another sample of tuning seeds might have selected: needed for intervals including
    /// hyperparameter selection.
    RunnerUp,
}

impl Role {
    /// Whether the run is one of those that a comparison rests on.
    pub fn is_compared(self) -> bool {
        matches!(self, Self::Tuned | Self::Fixed)
    }

    /// The word for it in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tuning => "tuning",
            Self::Tuned => "tuned",
            Self::Fixed => "fixed",
            Self::RunnerUp => "runner-up",
        }
    }
}

/// One run of the suite. A run that serves two roles is listed once for each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedRun {
    /// The run's name in the store.
    pub id: RunId,
    /// Why it is made.
    pub role: Role,
    /// Its arm.
    pub arm: String,
    /// Its seed.
    pub seed: Seed,
    /// Its setting.
    pub setting: GridPoint,
}

/// What tuning may vary: one setting of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GridPoint {
    /// The peak learning rate.
    pub learning_rate: f64,
    /// The distillation weight; 0 for `hard`.
    pub lambda: f64,
    /// The L2 coefficient.
    pub weight_decay: f64,
}

/// An arm's own setting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArmChoice {
    /// The arm.
    pub arm: String,
    /// The setting with the best mean validation accuracy over the tuning seeds; ties go to the smallest lambda, then the smallest learning rate.
    pub setting: GridPoint,
    /// That mean, in [0, 1].
    pub validation_accuracy: f64,
    /// Where the setting lies on the grid's edge: a better one may lie beyond.
    pub edges: Vec<Edge>,
    /// Runner-up settings: another sample of tuning seeds might have selected them. Only where the suite asks for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runner_ups: Vec<GridPoint>,
}

/// A setting that is the first or last of its axis of the grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// The axis: `learning_rate`, `lambda` or `weight_decay`.
    pub axis: String,
    /// Whether it is the upper end.
    pub upper: bool,
}
