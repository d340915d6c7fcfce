//! The calibration of the method itself: how often intervals that aim at 95% cover the truth, and how often arms that do
//! not differ are significantly different at 0.05, over many repetitions drawn from one pool of seeds.
//!
//! Repetitions share no seed, so that they are independent draws and their shares have binomial intervals.

mod coverage;
mod false_positives;
mod test_sets;
pub(crate) mod tuning;
mod values;

use std::path::PathBuf;

use fractionate_records::Pool;

use crate::analysis::calibration::values::PoolValues;
use crate::error::ReportError;
use crate::model::calibration::CalibrationReport;

pub(crate) fn compute(pool: &Pool, folder: PathBuf) -> Result<CalibrationReport, ReportError> {
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
        test_sets: test_sets::rows(pool),
        tuning,
        settings,
        folder,
        files: Vec::new(),
    })
}
