//! What a pool of students says of the method: coverage of intervals and false positives of tests.

use std::path::PathBuf;

use fractionate_records::{GridPoint, Term};
use fractionate_statistics::{Share, Summary, paired_t_test, sign_flip_test};
use serde::Serialize;

/// The tuned total at so many tuning seeds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TuningRow {
    /// Tuning seeds in a repetition.
    pub tuning_seeds: usize,
    /// Comparison seeds in a repetition.
    pub comparison_seeds: usize,
    /// The truth, in points: the mean over all repetitions of the pool's mean at the settings that each chose.
    pub truth: f64,
    /// The standard deviation over repetitions of the pool's mean at the chosen settings, in points: what selection
    /// alone moves.
    pub selection_sd: f64,
    /// The repetitions whose interval conditional on the selected hyperparameters covers the truth.
    pub conditional: Share,
    /// The repetitions whose conditional interval covers its own target: the pool's mean at the selected hyperparameters.
    pub conditional_on_own_mean: Share,
    /// The repetitions whose interval including hyperparameter selection covers the truth.
    pub including_selection: Share,
    /// The mean half-width of the conditional interval, in points.
    pub half_width_conditional: f64,
    /// The mean half-width of the interval including hyperparameter selection, in points.
    pub half_width_including: f64,
}

/// A setting of the grid.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SettingRow {
    /// The arm.
    pub arm: String,
    /// The setting.
    pub setting: GridPoint,
    /// Mean validation accuracy over all seeds that trained the grid, in percent.
    pub validation: f64,
    /// Mean test accuracy over the same seeds, in percent.
    pub test: f64,
    /// The share of repetitions that chose it, for each number of tuning seeds.
    pub chosen: Vec<f64>,
}

/// A test of the difference of two arms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// The paired t test with p < 0.05.
    PairedT,
    /// The 95% t interval of the paired difference leaves 0 out.
    Interval,
    /// The exact sign-flip test with p < 0.05.
    SignFlip,
}

impl Test {
    /// Every test.
    pub const ALL: [Self; 3] = [Self::PairedT, Self::Interval, Self::SignFlip];

    /// Its name in tables and figures.
    pub fn name(self) -> &'static str {
        match self {
            Self::PairedT => "paired t test, p < 0.05",
            Self::Interval => "95% t interval leaves 0 out",
            Self::SignFlip => "exact sign-flip test, p < 0.05",
        }
    }

    pub(crate) fn rejects(self, differences: &[f64]) -> bool {
        match self {
            Self::PairedT => t_test(differences) < 0.05,
            Self::Interval => {
                Summary::of(differences).and_then(|s| s.interval).is_some_and(|interval| !interval.contains(0.0))
            }
            Self::SignFlip => sign_flip_test(differences) < 0.05,
        }
    }
}

/// A test on arms that do not differ.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FalsePositiveRow {
    /// The test.
    pub test: Test,
    /// Pairs of seeds in a repetition.
    pub pairs: usize,
    /// The repetitions in which the two arms were significantly different.
    pub rejected: Share,
}

/// The p-value of the paired t test; where differences do not vary, 1 if they are 0, and else 0.
pub(crate) fn t_test(differences: &[f64]) -> f64 {
    paired_t_test(differences).unwrap_or_else(|| f64::from(u8::from(differences.iter().all(|d| *d == 0.0))))
}

/// A term's intervals over so many seeds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CoverageRow {
    /// The term.
    pub term: Term,
    /// Its mean over all seeds of the pool, in points.
    pub truth: f64,
    /// Its standard deviation over seeds, in points.
    pub sd: f64,
    /// Seeds in a repetition.
    pub seeds: usize,
    /// Half the interval's width on average over the repetitions, in points.
    pub half_width: f64,
    /// The repetitions whose interval covers the truth.
    pub covered: Share,
}

/// A difference of two arms on resampled test sets, over so many seeds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TestSetRow {
    /// Seeds in a repetition.
    pub seeds: usize,
    /// Test examples in a repetition.
    pub examples: usize,
    /// The mean over all seeds and examples of the pool, in points.
    pub truth: f64,
    /// The repetitions whose t interval over seeds covers the truth.
    pub over_seeds: Share,
    /// The repetitions whose interval over seeds x test examples covers the truth.
    pub over_examples: Share,
    /// The mean half-width of the t interval, in points.
    pub half_width_over_seeds: f64,
    /// The mean half-width of the interval over seeds x test examples, in points.
    pub half_width_over_examples: f64,
}

/// What a pool says of the method, as plain data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationReport {
    /// The calibration's name.
    pub name: String,
    /// How many seeds the pool has.
    pub seeds: usize,
    /// How many of them trained the grid too.
    pub grid_seeds: usize,
    /// How many students were trained.
    pub students: usize,
    /// Training examples of a student, validation and test examples.
    pub examples: [usize; 3],
    /// Validation examples of a repetition of the tuning, resampled for each.
    pub validation_drawn: usize,
    /// Two arms that differ in nothing but their seeds: how often they are significantly different.
    pub false_positives: Vec<FalsePositiveRow>,
    /// The six terms and the total at the fixed setting: how often their intervals cover the truth.
    pub coverage: Vec<CoverageRow>,
    /// A difference on resampled test sets: how often the intervals over seeds, and over seeds x test examples,
    /// cover it.
    pub test_sets: Vec<TestSetRow>,
    /// The tuned total: how often the interval conditional on selection covers, and the one including it.
    pub tuning: Vec<TuningRow>,
    /// The grid's settings, and how often each was chosen.
    pub settings: Vec<SettingRow>,
    /// The report's folder.
    pub folder: PathBuf,
    /// The files written, relative to the folder.
    pub files: Vec<PathBuf>,
}
