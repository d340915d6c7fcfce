//! What the report knows of a figure, and what figures are drawn from.

use fractionate_records::{Comparison, ReportStyle, Store};

use crate::analysis::class_relations::ClassRelations;
use crate::analysis::results::ComparisonResults;
use crate::error::ReportError;
use crate::model::calibration::CalibrationReport;
use crate::model::diagnostics::DiagnosticsReport;
use crate::model::report::{ComparisonReport, Report, Sweep};
use crate::render::figures::drawing::scene::Scene;
use crate::render::figures::drawing::styled::styled;
use crate::render::figures::drawing::{pdf, render};
use crate::source::suite_runs::SuiteRuns;

/// A kind of figure.
#[derive(Debug)]
pub(crate) struct FigureKind {
    /// Its file, without folder and ending: `arms`.
    pub(crate) name: &'static str,
    /// Its title on the page.
    pub(crate) title: &'static str,
    /// Where it stands in the report.
    pub(crate) section: Section,
    /// Whether its colours are a scale of numbers: the dark theme turns such a scale as a whole.
    pub(crate) colour_scale: bool,
    /// Draws it.
    pub(crate) draw: Draw,
}

/// A section of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// With the answer of a comparison.
    Answer,
    /// With the tables of a comparison.
    Comparison,
    /// With the diagnostics of a comparison.
    Diagnostics,
    /// With the class relations.
    ClassRelations,
    /// With the tables of a sweep.
    Sweep,
    /// In the report of a calibration.
    Calibration,
}

/// What a figure is drawn from, and the function that draws it; `None` where there is nothing to draw.
#[derive(Debug)]
pub(crate) enum Draw {
    /// From one comparison.
    Comparison(fn(&OfComparison<'_>) -> Result<Option<Drawing>, ReportError>),
    /// From the teacher's class relations.
    TeacherRelations(fn(&OfRelations<'_>) -> Result<Option<Drawing>, ReportError>),
    /// From the class relations of one comparison's students.
    StudentRelations(fn(&OfRelations<'_>, Comparison) -> Result<Option<Drawing>, ReportError>),
    /// From the diagnostics of one comparison.
    Diagnostics(fn(&OfDiagnostics<'_>) -> Result<Option<Drawing>, ReportError>),
    /// From one comparison along a sweep.
    Sweep(fn(&OfSweep<'_>) -> Result<Option<Drawing>, ReportError>),
    /// From a calibration.
    Calibration(fn(&CalibrationReport) -> Result<Option<Drawing>, ReportError>),
}

/// One comparison of a configuration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OfComparison<'a> {
    pub(crate) suite: &'a SuiteRuns,
    pub(crate) report: &'a Report,
    pub(crate) comparison: &'a ComparisonReport,
    pub(crate) results: &'a ComparisonResults,
}

/// The class relations of a configuration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OfRelations<'a> {
    pub(crate) suite: &'a SuiteRuns,
    pub(crate) report: &'a Report,
    pub(crate) found: &'a ClassRelations,
}

/// The diagnostics of one comparison.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OfDiagnostics<'a> {
    pub(crate) store: &'a Store,
    pub(crate) report: &'a Report,
    pub(crate) found: &'a DiagnosticsReport,
}

/// One comparison along a sweep.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OfSweep<'a> {
    pub(crate) report: &'a Report,
    pub(crate) sweep: &'a Sweep,
    pub(crate) comparison: Comparison,
}

/// What a figure's own file makes.
#[derive(Debug)]
pub(crate) struct Drawing {
    /// What it shows, in one sentence: for readers who do not see it.
    pub(crate) alt: String,
    pub(crate) scene: Scene,
    /// What is drawn, as CSV.
    pub(crate) data: Vec<u8>,
}

/// A figure of a report.
#[derive(Debug)]
pub(crate) struct Figure {
    /// Its place below `figures/`, without an ending: `tuned/arms`.
    pub(crate) name: String,
    pub(crate) kind: &'static FigureKind,
    /// What it shows, in one sentence: for readers who do not see it.
    pub(crate) alt: String,
    pub(crate) scene: Scene,
    /// Whether it is wider than a column.
    pub(crate) wide: bool,
    /// What is drawn, as CSV.
    pub(crate) data: Vec<u8>,
}

impl Figure {
    /// A figure of the whole report, or of one comparison, in the report's style.
    pub(crate) fn new(
        kind: &'static FigureKind,
        comparison: Option<Comparison>,
        drawing: Drawing,
        style: &ReportStyle,
    ) -> Self {
        let folder = comparison.map_or(String::new(), |comparison| format!("{}/", comparison.name()));
        let Drawing { alt, scene, data } = drawing;
        let wide = scene.width > 1.1 * style.column();
        Self { name: format!("{folder}{}", kind.name), kind, alt, scene: styled(scene, style), wide, data }
    }

    /// Whether it is one of a comparison's, by the comparison's name.
    pub(crate) fn is_of(&self, comparison: &str) -> bool {
        self.name.split_once('/').is_some_and(|(place, _)| place == comparison)
    }

    /// The figure with real text, at its real size.
    pub(crate) fn svg(&self) -> Result<String, ReportError> {
        render::svg(&self.scene).map_err(|reason| ReportError::Figure { figure: self.name.clone(), reason })
    }

    /// The figure as vectors with the letters that it needs.
    pub(crate) fn pdf(&self) -> Vec<u8> {
        pdf::pdf(&self.scene)
    }

    /// The figure at 300 dots per inch.
    pub(crate) fn png(&self) -> Result<Vec<u8>, ReportError> {
        render::png(&self.scene).map_err(|reason| ReportError::Figure { figure: self.name.clone(), reason })
    }
}
