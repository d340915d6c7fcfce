//! From a store to its report.

#[cfg(test)]
mod interval_tests;
mod sweep;
#[cfg(test)]
mod tests;
mod writing;

use std::path::Path;

use fractionate_records::{ReportStyle, Store};

use crate::analysis::claims;
use crate::analysis::configuration_report::of_configuration;
use crate::analysis::tuned_choice::TunedChoices;
use crate::error::ReportError;
use crate::model::report::Report;
use crate::render::page;
use crate::render::page::Subject;
use crate::render::report_folder::ReportFolder;
use crate::report::writing::{write_claims, write_configuration, write_frames};
use crate::source::suite_runs::SuiteRuns;

/// Reads a store, computes everything and writes its `report/` folder. A suite with a sweep has a report for every configuration
/// of it, below `report/configurations/`, and the sweep's own tables and figures above them.
///
/// Damaged, missing and diverged runs are listed, and the rest is reported.
///
/// # Errors
/// If the manifest cannot be read or a file not be written.
pub fn report(store: &Store) -> Result<Report, ReportError> {
    report_in(store, &ReportStyle::default())
}

/// The same with figures and LaTeX tables in that style.
///
/// # Errors
/// As for [`report`].
pub fn report_in(store: &Store, style: &ReportStyle) -> Result<Report, ReportError> {
    // A link may lead anywhere.
    store.folder().expect_folder_or_nothing("report")?;
    report_to(store, &store.root().join("report"), style)
}

/// The same in another folder, which is new, empty or holds an earlier report: nothing in the store is touched.
///
/// # Errors
/// As for [`report`].
pub fn report_to(store: &Store, root: &Path, style: &ReportStyle) -> Result<Report, ReportError> {
    // Before anything is made: a folder that is no store stays as it is.
    Store::open(store.root())?;
    let root = root.to_owned();
    // Read when the folder is ours: of two reports the later one then knows more.
    let mut folder = ReportFolder::open(root.clone())?.with_latex_columns(&style.latex_columns);
    let configurations = SuiteRuns::of_store(store)?;
    let mut report = if configurations[0].manifest.axes.is_empty() {
        let choices = TunedChoices::new(store, &configurations);
        let own = of_configuration(store, &configurations, 0, &choices, root);
        let mut report = Report { style: style.clone(), ..own };
        report.claims = claims::verdicts(store, &configurations, &choices);
        write_claims(&mut folder, &report)?;
        if report.read_runs > 0 {
            write_frames(&mut folder, &configurations)?;
        }
        let figures = write_configuration(store, &configurations[0], &mut folder, "", &mut report, &style.formats)?;
        folder.write("report.md", report.markdown(&figures).as_bytes())?;
        let subject =
            Subject { store, configurations: &configurations, report: &report, figures: &figures, configuration: None };
        folder.write("index.html", page::page(subject)?.as_bytes())?;
        report
    } else {
        sweep::report(store, &configurations, &mut folder, root, style)?
    };
    report.warnings.extend(folder.unknown_latex_columns());
    report.files = folder.finish()?;
    Ok(report)
}
