//! Calibration files: a small world, students and a grid, and for how many seeds. They are read and checked as suites
//! are, with the tables that the two have in common.

use std::path::Path;

use fractionate_records::{LossConfig, ModelConfig, TrainingConfig};
use fractionate_training::WorldOptions;

use super::files::Files;
use super::problems::Problems;
use super::reader::Read as _;
use super::spec::CalibrationSpec;
use super::{Grid, Overrides, SplitSizes, SuiteProblems, check, document, read_text};

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

/// Reads and checks a calibration file.
///
/// # Errors
/// With every problem of the file and the overrides, as for a suite.
pub fn load_calibration(path: &Path, overrides: &Overrides) -> Result<Calibration, SuiteProblems> {
    let (name, text) = read_text(path);
    match text {
        Ok(text) => check_calibration_text(&name, &text, overrides),
        Err(reason) => Err(SuiteProblems::unreadable(&name, &reason)),
    }
}

/// Checks a calibration's text; `name` is what messages call the file.
///
/// # Errors
/// With every problem of the text and the overrides.
pub fn check_calibration_text(name: &str, text: &str, overrides: &Overrides) -> Result<Calibration, SuiteProblems> {
    let mut problems = Problems::default();
    let calibration = document::parse(text, &mut problems).and_then(|mut document| {
        overrides.apply(&mut document, &mut problems);
        let spec = CalibrationSpec::read("", &document, &mut problems)?;
        check::check_calibration(&spec, &Files::next_to(name, None), &mut problems)
    });
    match calibration {
        Some(calibration) if problems.is_empty() => Ok(calibration),
        _ => Err(problems.into_report(name, text)),
    }
}
