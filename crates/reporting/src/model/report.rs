//! A report: the numbers and sentences of a suite, of its comparisons and of the configurations of its sweep.

use std::path::PathBuf;

use fractionate_records::{ArmChoice, Comparison, Damage, EpochRule, GridPoint, Metric, ReportStyle};
use fractionate_statistics::{SeedFloor, Summary};
use serde::Serialize;

use crate::model::claim_verdict::ClaimVerdict;
use crate::model::class_contrasts::ClassContrasts;
use crate::model::decomposition::{Decomposition, TermRow};
use crate::model::diagnostics::DiagnosticsReport;
use crate::model::differences::{DifferenceRow, PairRow};
use crate::model::other_intervals::OtherIntervals;
use crate::model::problem_runs::{DivergedRun, MissingRun};
use crate::model::selection_stability::SelectionStability;
use crate::model::setup::SetUp;
use crate::model::teachers::TeachersReport;
use crate::numbers::count;
use crate::source::axes::axis_names;
use crate::source::unreadable_runs::UnreadableRun;

/// The configurations of a sweep.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sweep {
    /// The keys that are swept, dotted.
    pub axes: Vec<String>,
    /// The configurations, in the suite's order.
    pub configurations: Vec<SweepConfiguration>,
}

/// One configuration of a sweep.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SweepConfiguration {
    /// The value on each axis, without quotation marks.
    pub values: Vec<String>,
    /// Its values in words: `tau = 0.9`.
    pub name: String,
    /// Its report.
    pub report: Report,
}

impl Sweep {
    /// The axes' names, as short as they can be: `tau` for `data.world.tau`.
    pub fn axis_names(&self) -> Vec<String> {
        axis_names(&self.axes)
    }

    /// A comparison at every configuration where it has a finished run.
    pub fn comparison(&self, comparison: Comparison) -> Vec<(&SweepConfiguration, &ComparisonReport)> {
        let of = |configuration: &'_ SweepConfiguration| {
            configuration.report.comparisons.iter().position(|c| c.comparison == comparison)
        };
        self.configurations
            .iter()
            .filter_map(|configuration| Some((configuration, &configuration.report.comparisons[of(configuration)?])))
            .collect()
    }

    /// The comparisons that have a finished run at some configuration.
    pub fn comparisons(&self) -> Vec<Comparison> {
        [Comparison::Tuned, Comparison::Fixed].into_iter().filter(|&c| !self.comparison(c).is_empty()).collect()
    }
}

impl ComparisonReport {
    /// An arm's row.
    pub(crate) fn arm(&self, arm: &str) -> Option<&ArmRow> {
        self.arms.iter().find(|row| row.arm == arm)
    }

    /// Whether means and intervals include hyperparameter selection.
    pub(crate) fn includes_selection(&self) -> bool {
        self.arms.iter().any(|row| row.conditional.is_some())
    }

    /// What the means are over: `10 seeds`, `3 teachers, 5 seeds`.
    pub(crate) fn sampled(&self) -> String {
        let teachers = self.teachers.as_ref().map(|found| count(found.teachers.len(), "teacher") + ", ");
        teachers.unwrap_or_default() + &count(self.seeds, "seed")
    }

    /// What the means' 95% intervals are, in a few words.
    pub(crate) fn interval_words(&self) -> &'static str {
        if self.includes_selection() {
            "95% interval including hyperparameter selection"
        } else if self.teachers.is_some() {
            "95% t interval over teachers and seeds"
        } else {
            "95% t interval over seeds"
        }
    }

    /// The same below the head of a column.
    pub(crate) fn interval_under(&self) -> &'static str {
        match (self.includes_selection(), &self.teachers) {
            (true, _) => "including selection",
            (false, Some(_)) => "over teachers, seeds",
            (false, None) => "t over seeds",
        }
    }

    /// A term's row.
    pub(crate) fn term(&self, term: fractionate_records::Term) -> Option<&TermRow> {
        self.decomposition.seven().find(|row| row.term == term)
    }
}

/// What a suite's runs say, as plain data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The suite's name.
    pub suite: String,
    /// The question that the suite asks; may be empty.
    pub question: String,
    /// The data set's name.
    pub data_set: String,
    /// What is compared.
    pub metric: Metric,
    /// Which epoch's student counts.
    pub epoch_rule: EpochRule,
    /// The arm that differences are taken against.
    pub reference: String,
    /// The difference, in points or nats, below which arms count as equal; absent where none is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
    /// The teacher, the students and their examples.
    pub setup: SetUp,
    /// How many different runs the suite plans.
    pub planned_runs: usize,
    /// How many of them were read.
    pub read_runs: usize,
    /// The comparisons that have a finished run: each stands for itself.
    pub comparisons: Vec<ComparisonReport>,
    /// Each arm's own setting; empty where nothing was tuned.
    pub choices: Vec<ArmChoice>,
    /// The selection stability of each arm, in the order of the selections.
    pub selection_stability: Vec<SelectionStability>,
    /// The setting of every arm in the fixed comparison; absent where the runs were made elsewhere.
    pub fixed_setting: Option<GridPoint>,
    /// Runs whose loss or gradient stopped being finite.
    pub diverged: Vec<DivergedRun>,
    /// Planned runs that are not there.
    pub missing: Vec<MissingRun>,
    /// Runs that are there but cannot be read or used.
    pub unreadable: Vec<UnreadableRun>,
    /// Files besides the runs that cannot be read: a teacher's record, the labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub damaged: Vec<Damage>,
    /// What a reader should know before believing any number, in sentences: shown first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// What else concerns the suite as a whole, in sentences.
    pub notes: Vec<String>,
    /// What was recorded in addition to the scores, comparison by comparison; empty where the suite asks nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub diagnostics: Vec<DiagnosticsReport>,
    /// Class relations in numbers; absent where the suite asks no diagnostics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_relations: Option<ClassContrasts>,
    /// What the suite claims, with a verdict each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimVerdict>,
    /// The configurations of the suite's sweep, each with its own report; absent where it sweeps nothing. What above is of a
    /// single configuration is then the first one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sweep: Option<Sweep>,
    /// How its figures and LaTeX tables are made.
    pub style: ReportStyle,
    /// The report's folder.
    pub folder: PathBuf,
    /// The files written, relative to the folder.
    pub files: Vec<PathBuf>,
}

/// One comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparisonReport {
    /// Tuned or fixed.
    pub comparison: Comparison,
    /// How many seeds the suite has.
    pub seeds: usize,
    /// How well each arm did, in the suite's order.
    pub arms: Vec<ArmRow>,
    /// Every other arm against the reference; empty without it.
    pub differences: Vec<DifferenceRow>,
    /// Every pair of arms.
    pub pairs: Vec<PairRow>,
    /// What so few seeds can show; absent without differences.
    pub floor: Option<SeedFloor>,
    /// The arm with the best mean, if significantly different (paired t tests of all pairs, Holm-adjusted) from every other; none
    /// below the floor.
    pub best: Option<String>,
    /// How much each level gives.
    pub decomposition: Decomposition,
    /// What it says, in one sentence.
    pub answer: String,
    /// What the intervals speak of, in one sentence.
    pub scope: String,
    /// The terms under each of several teachers; absent with one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub teachers: Option<TeachersReport>,
    /// What is missing from it, in sentences.
    pub notes: Vec<String>,
}

/// One arm's finished runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArmRow {
    /// The arm.
    pub arm: String,
    /// Percent of test examples classified rightly, or NLL in nats, including hyperparameter selection where it is known;
    /// absent without a finished run.
    pub summary: Option<Summary>,
    /// The same at the selected hyperparameters, where [`ArmRow::summary`] is an average over selections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditional: Option<Summary>,
    /// Other intervals of the same mean.
    pub other: OtherIntervals,
    /// The mean of the middle half of the seeds' values (rliable's IQM); absent without a finished run.
    pub interquartile_mean: Option<f64>,
    /// Best - last evaluated epoch on the test split: the optimism of picking the epoch by the test; absent where epochs were not evaluated.
    pub best_minus_last: Option<Summary>,
    /// The finished seeds.
    pub seeds: Vec<u64>,
}
