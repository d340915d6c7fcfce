//! From a store to its report.

#[cfg(test)]
mod interval_tests;
mod sweep;
#[cfg(test)]
mod tests;
mod writing;

use fractionate_records::Store;

use crate::analysis::claims;
use crate::analysis::point_report::of_point;
use crate::analysis::tuned_choice::TunedChoices;
use crate::error::ReportError;
use crate::model::report::Report;
use crate::render::page;
use crate::render::page::Subject;
use crate::render::report_folder::ReportFolder;
use crate::report::writing::{write_claims, write_frames, write_point};
use crate::source::suite_runs::SuiteRuns;

/// Reads a store, computes everything and writes its `report/` folder. A suite with a sweep has a report for every configuration
/// of it, below `report/configurations/`, and the sweep's own tables and figures above them.
///
/// Damaged, missing and diverged runs are listed, and the rest is reported.
///
/// # Errors
/// If the manifest cannot be read or a file not be written.
pub fn report(store: &Store) -> Result<Report, ReportError> {
    // Before anything is made: a folder that is no store stays as it is.
    Store::open(store.root())?;
    let root = store.root().join("report");
    // Read when the folder is ours: of two reports the later one then knows more.
    let mut folder = ReportFolder::open(root.clone())?;
    let points = SuiteRuns::of_store(store)?;
    let mut report = if points[0].manifest.axes.is_empty() {
        let choices = TunedChoices::new(store, &points);
        let mut report = of_point(store, &points, 0, &choices, root);
        report.claims = claims::verdicts(store, &points, &choices);
        write_claims(&mut folder, &report)?;
        if report.read_runs > 0 {
            write_frames(&mut folder, &points)?;
        }
        let figures = write_point(store, &points[0], &mut folder, "", &mut report, true)?;
        folder.write("report.md", report.markdown(&figures).as_bytes())?;
        let subject = Subject { store, points: &points, report: &report, figures: &figures, point: None };
        folder.write("index.html", page::page(subject)?.as_bytes())?;
        report
    } else {
        sweep::report(store, &points, &mut folder, root)?
    };
    report.files = folder.finish()?;
    Ok(report)
}
