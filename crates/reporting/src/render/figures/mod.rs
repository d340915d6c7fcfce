//! The report's figures: each in a file of its own with its title, alternative text, section, data and drawing, and in a
//! line of [`FIGURES`]. The page, the Markdown and the files of a report read that registry.

mod arm_options;
mod arms;
mod calibration;
mod class_maps;
mod curves;
mod decomposition;
mod differences;
mod difficulty;
pub(crate) mod drawing;
pub(crate) mod figure;
mod improvement;
mod omega;
mod omega_scatter;
mod relations_students;
mod relations_teacher;
mod sweep_arms;
mod sweep_axis;
mod sweep_terms;
mod teachers;
#[cfg(test)]
mod tests;
mod words;

use fractionate_records::ReportStyle;

use crate::error::ReportError;
use crate::model::calibration::CalibrationReport;
use crate::model::report::{Report, Sweep};
use crate::render::figures::figure::{Draw, Figure, FigureKind, OfComparison, OfDiagnostics, OfRelations, OfSweep};
use crate::source::suite_runs::SuiteRuns;

/// Every figure, in the order of the report.
pub(crate) static FIGURES: [&FigureKind; 15] = [
    &arms::FIGURE,
    &differences::FIGURE,
    &improvement::FIGURE,
    &decomposition::FIGURE,
    &teachers::FIGURE,
    &curves::FIGURE,
    &arm_options::FIGURE,
    &relations_teacher::FIGURE,
    &relations_students::FIGURE,
    &omega_scatter::FIGURE,
    &omega::FIGURE,
    &difficulty::FIGURE,
    &sweep_arms::FIGURE,
    &sweep_terms::FIGURE,
    &calibration::FIGURE,
];

/// The waterfall of the decomposition.
pub(crate) use decomposition::FIGURE as WATERFALL;

/// The figures of every comparison of a configuration.
pub(crate) fn of_configuration(
    kinds: &[&'static FigureKind],
    suite: &SuiteRuns,
    report: &Report,
) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Vec::new();
    for comparison in &report.comparisons {
        let results = &suite.results(comparison.comparison);
        let of = OfComparison { suite, report, comparison, results };
        for kind in kinds {
            let Draw::Comparison(draw) = kind.draw else { continue };
            figures.extend(
                draw(&of)?.map(|drawing| Figure::new(kind, Some(comparison.comparison), drawing, &report.style)),
            );
        }
    }
    Ok(figures)
}

/// The figures of the class relations: the teacher's, then those of each comparison's students.
pub(crate) fn of_relations(kinds: &[&'static FigureKind], of: OfRelations<'_>) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Vec::new();
    for kind in kinds {
        if let Draw::TeacherRelations(draw) = kind.draw {
            figures.extend(draw(&of)?.map(|drawing| Figure::new(kind, None, drawing, &of.report.style)));
        }
    }
    for &comparison in &of.suite.manifest.comparisons {
        for kind in kinds {
            let Draw::StudentRelations(draw) = kind.draw else { continue };
            let drawing = draw(&of, comparison)?;
            figures.extend(drawing.map(|drawing| Figure::new(kind, Some(comparison), drawing, &of.report.style)));
        }
    }
    Ok(figures)
}

/// The figures of one comparison's diagnostics.
pub(crate) fn of_diagnostics(kinds: &[&'static FigureKind], of: OfDiagnostics<'_>) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Vec::new();
    for kind in kinds {
        let Draw::Diagnostics(draw) = kind.draw else { continue };
        let drawing = draw(&of)?;
        figures.extend(drawing.map(|drawing| Figure::new(kind, Some(of.found.comparison), drawing, &of.report.style)));
    }
    Ok(figures)
}

/// The figures along the axes of a sweep.
pub(crate) fn of_sweep(
    kinds: &[&'static FigureKind],
    report: &Report,
    sweep: &Sweep,
) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Vec::new();
    for comparison in sweep.comparisons() {
        for kind in kinds {
            let Draw::Sweep(draw) = kind.draw else { continue };
            let drawing = draw(&OfSweep { report, sweep, comparison })?;
            figures.extend(drawing.map(|drawing| Figure::new(kind, Some(comparison), drawing, &report.style)));
        }
    }
    Ok(figures)
}

/// The figures of a calibration.
pub(crate) fn of_calibration(
    kinds: &[&'static FigureKind],
    report: &CalibrationReport,
) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Vec::new();
    for kind in kinds {
        let Draw::Calibration(draw) = kind.draw else { continue };
        figures.extend(draw(report)?.map(|drawing| Figure::new(kind, None, drawing, &ReportStyle::default())));
    }
    Ok(figures)
}
