//! From a pool of students to the report on calibration.

use std::path::Path;

use fractionate_records::Pool;

use crate::analysis::calibration::compute;
use crate::error::ReportError;
use crate::model::calibration::CalibrationReport;
use crate::render::calibration::csv;
use crate::render::figures;
use crate::render::figures::FIGURES;
use crate::render::report_folder::ReportFolder;

/// Computes everything that a pool says and writes it into `folder`.
///
/// # Errors
/// If a student of the pool diverged, or a file cannot be written.
pub fn calibration_report(pool: &Pool, folder: &Path) -> Result<CalibrationReport, ReportError> {
    let mut report = compute(pool, folder.to_owned())?;
    write(&mut report)?;
    Ok(report)
}

fn write(report: &mut CalibrationReport) -> Result<(), ReportError> {
    let mut folder = ReportFolder::open(report.folder.clone())?;
    folder.write("tables/false_positives.csv", &csv::false_positives(&report.false_positives)?)?;
    folder.write("tables/coverage.csv", &csv::coverage(&report.coverage)?)?;
    folder.write("tables/test_sets.csv", &csv::test_sets(&report.test_sets)?)?;
    folder.write("tables/tuning.csv", &csv::tuning(&report.tuning)?)?;
    folder.write("tables/settings.csv", &csv::settings(&report.settings)?)?;
    for figure in figures::of_calibration(&FIGURES, report)? {
        folder.write(&format!("figures/{}.svg", figure.name), figure.svg()?.as_bytes())?;
        folder.write(&format!("figures/{}.png", figure.name), &figure.png()?)?;
        folder.write(&format!("figures/{}.csv", figure.name), &figure.data)?;
    }
    folder.write("calibration.md", report.markdown().as_bytes())?;
    report.files = folder.finish()?;
    Ok(())
}
