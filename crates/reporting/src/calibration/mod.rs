//! The calibration of the method itself: how often intervals that aim at 95% cover the truth, and how often arms that do
//! not differ are told apart at 0.05, over many repetitions drawn from one pool of seeds.
//!
//! Repetitions share no seed, so that they are independent draws and their shares have binomial intervals.

mod coverage;
mod csv;
mod false_positives;
mod markdown;
#[cfg(test)]
mod tests;
mod tuning;
mod values;

use std::path::{Path, PathBuf};

use fractionate_records::Pool;
use serde::Serialize;

pub use coverage::CoverageRow;
pub use false_positives::{FalsePositiveRow, Test};
pub use tuning::{SettingRow, TuningRow};

use crate::ReportError;
use crate::figures;
use crate::files::ReportFolder;
use values::PoolValues;

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
    /// Validation examples of a repetition of the tuning, drawn anew for each.
    pub validation_drawn: usize,
    /// Two arms that differ in nothing but their seeds: how often they are told apart.
    pub false_positives: Vec<FalsePositiveRow>,
    /// The six terms and the total at the fixed setting: how often their intervals cover the truth.
    pub coverage: Vec<CoverageRow>,
    /// The tuned total: how often the interval given the choice covers, and the one that counts the choice.
    pub tuning: Vec<TuningRow>,
    /// The grid's settings, and how often each was chosen.
    pub settings: Vec<SettingRow>,
    /// The report's folder.
    pub folder: PathBuf,
    /// The files written, relative to the folder.
    pub files: Vec<PathBuf>,
}

/// Computes everything that a pool says and writes it into `folder`.
///
/// # Errors
/// If a student of the pool diverged, or a file cannot be written.
pub fn calibration_report(pool: &Pool, folder: &Path) -> Result<CalibrationReport, ReportError> {
    let mut report = compute(pool, folder.to_owned())?;
    write(&mut report)?;
    Ok(report)
}

fn compute(pool: &Pool, folder: PathBuf) -> Result<CalibrationReport, ReportError> {
    let values = PoolValues::of(pool)?;
    let (tuning, settings) = tuning::rows(pool);
    let description = &pool.description;
    let data = &description.data;
    Ok(CalibrationReport {
        name: description.name.clone(),
        seeds: description.seeds,
        grid_seeds: description.grid_seeds,
        students: description.students(),
        examples: [data.student_examples, data.validation_examples, data.test_examples],
        validation_drawn: tuning::validation(pool),
        false_positives: false_positives::rows(values.arm("teacher")),
        coverage: coverage::rows(&values),
        tuning,
        settings,
        folder,
        files: Vec::new(),
    })
}

fn write(report: &mut CalibrationReport) -> Result<(), ReportError> {
    let mut folder = ReportFolder::open(report.folder.clone())?;
    folder.write("tables/false_positives.csv", &csv::false_positives(&report.false_positives)?)?;
    folder.write("tables/coverage.csv", &csv::coverage(&report.coverage)?)?;
    folder.write("tables/tuning.csv", &csv::tuning(&report.tuning)?)?;
    folder.write("tables/settings.csv", &csv::settings(&report.settings)?)?;
    let figure = figures::calibration(report)?;
    folder.write("figures/calibration.svg", figure.svg()?.as_bytes())?;
    folder.write("figures/calibration.png", &figure.png()?)?;
    folder.write("figures/calibration.csv", &figure.data)?;
    folder.write("calibration.md", report.markdown().as_bytes())?;
    report.files = folder.finish()?;
    Ok(())
}
