//! Writes the figures and tables of a configuration, the claims, and the tables of all runs.

use std::path::PathBuf;

use fractionate_records::{FigureFormat, Store};
use rayon::prelude::*;

use crate::analysis::{class_relations, diagnostics};
use crate::error::ReportError;
use crate::model::report::Report;
use crate::render::figures::FIGURES;
use crate::render::figures::figure::{Figure, OfDiagnostics, OfRelations};
use crate::render::report_folder::ReportFolder;
use crate::render::tables::{Table, run_frames};
use crate::render::{figures, tables};
use crate::source::suite_runs::SuiteRuns;

/// Draws a configuration's figures and writes its tables and figures below `place`.
pub(crate) fn write_configuration(
    store: &Store,
    suite: &SuiteRuns,
    folder: &mut ReportFolder,
    place: &str,
    report: &mut Report,
    formats: &[FigureFormat],
) -> Result<Vec<Figure>, ReportError> {
    let before = folder.written().clone();
    let mut figures = figures::of_configuration(&FIGURES, suite, report)?;
    if let Some(found) = class_relations::of_configuration(store, suite) {
        figures.extend(figures::of_relations(&FIGURES, OfRelations { suite, report, found: &found })?);
        if !found.contrasts.is_empty() {
            tables::of_contrasts(&found.contrasts)?.write(folder, &format!("{place}tables"))?;
            for table in tables::of_relations(&found)? {
                table.write(folder, &format!("{place}tables"))?;
            }
        }
        report.class_relations = Some(found.contrasts);
    }
    report.diagnostics = diagnostics::of_configuration(store, suite);
    for found in &report.diagnostics {
        figures.extend(figures::of_diagnostics(&FIGURES, OfDiagnostics { store, report, found })?);
        for table in tables::of_diagnostics(found)? {
            table.write(folder, &format!("{place}tables/{}", found.comparison.name()))?;
        }
    }
    for table in tables::of_configuration(report)? {
        table.write(folder, &format!("{place}tables"))?;
    }
    for comparison in &report.comparisons {
        for table in tables::of_comparison(report, comparison)? {
            table.write(folder, &format!("{place}tables/{}", comparison.comparison.name()))?;
        }
    }
    write_figures(folder, place, &figures, formats)?;
    let own = folder.written().difference(&before).filter_map(|name| name.strip_prefix(place));
    report.files = own.map(PathBuf::from).collect();
    Ok(figures)
}

/// Writes the claims with their verdicts.
pub(crate) fn write_claims(folder: &mut ReportFolder, report: &Report) -> Result<(), ReportError> {
    tables::of_claims(report)?.into_iter().try_for_each(|table| table.write(folder, "tables"))
}

/// Writes figures below `place`, as SVG with their data, and in other formats.
pub(crate) fn write_figures(
    folder: &mut ReportFolder,
    place: &str,
    figures: &[Figure],
    formats: &[FigureFormat],
) -> Result<(), ReportError> {
    // The pictures take most of the time.
    let draw = |figure: &Figure| formats.contains(&FigureFormat::Png).then(|| figure.png()).transpose();
    let drawn: Vec<Option<Vec<u8>>> = figures.par_iter().map(draw).collect::<Result<_, _>>()?;
    for (figure, png) in figures.iter().zip(drawn) {
        folder.write(&format!("{place}figures/{}.svg", figure.name), figure.svg()?.as_bytes())?;
        if let Some(png) = png {
            folder.write(&format!("{place}figures/{}.png", figure.name), &png)?;
        }
        if formats.contains(&FigureFormat::Pdf) {
            folder.write(&format!("{place}figures/{}.pdf", figure.name), &figure.pdf())?;
        }
        folder.write(&format!("{place}figures/{}.csv", figure.name), &figure.data)?;
    }
    Ok(())
}

/// The tables of all runs and of all epochs, of all configurations.
pub(crate) fn write_frames(folder: &mut ReportFolder, configurations: &[SuiteRuns]) -> Result<(), ReportError> {
    Table::of_frame("runs", run_frames::runs(configurations)?).write(folder, "tables")?;
    Table::of_frame("curves", run_frames::curves(configurations)?).write(folder, "tables")
}
