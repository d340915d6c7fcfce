//! Accuracy by how sure the teacher is of the label: every arm over the ten deciles.

use fractionate_records::Metric;

use crate::error::ReportError;
use crate::frames;
use crate::model::diagnostics::{ArmDiagnostics, DiagnosticsReport};
use crate::model::report::Report;
use crate::numbers::fixed;
use crate::render::figures::drawing::panels;
use crate::render::figures::drawing::panels::{HorizontalAxis, Line, Panel, Panels};
use crate::render::figures::drawing::scene::Scene;
use crate::render::figures::figure::{Draw, Drawing, FigureKind, OfDiagnostics, Section};
use crate::render::figures::words::extremes;
use crate::render::tables;

/// The figure, for the registry.
pub(crate) const FIGURE: FigureKind = FigureKind {
    name: "difficulty",
    title: "Accuracy by how sure the teacher is of the label",
    section: Section::Diagnostics,
    colour_scale: false,
    draw: Draw::Diagnostics(draw),
};

/// Draws the figure; `None` where no decile was recorded.
fn scene(report: &Report, found: &DiagnosticsReport) -> Option<Scene> {
    let words: Vec<String> = (1..=10).map(|decile| decile.to_string()).collect();
    // Places are decile numbers: equal steps, whatever their span.
    let values = words.iter().cloned().zip((1..=10).map(f64::from)).collect();
    let name = "decile of the teacher's probability of the label, hardest first".to_owned();
    let axis = HorizontalAxis { name, logarithmic: false, values };
    let arms: Vec<String> = found.arms.iter().map(|arm| arm.arm.clone()).collect();
    let looks = panels::arm_lines(&arms);
    let panel = |title: &str, of: fn(&ArmDiagnostics) -> &Vec<Option<fractionate_statistics::Summary>>| {
        let line = |(arm, (colour, form)): (
            &ArmDiagnostics,
            &(crate::render::figures::drawing::style::Colour, crate::render::figures::drawing::style::Form),
        )| {
            let points = (1..=10).zip(of(arm)).filter_map(|(decile, summary)| Some((f64::from(decile), (*summary)?)));
            Line { name: arm.arm.clone(), colour: *colour, form: *form, points: points.collect() }
        };
        let lines = found.arms.iter().zip(&looks).map(line).filter(|line| !line.points.is_empty()).collect();
        Panel { title: title.to_owned(), axis: axis.clone(), lines, levels: vec![] }
    };
    let panels = [
        panel("students' training examples", |arm| &arm.train_by_difficulty),
        panel("test examples", |arm| &arm.test_by_difficulty),
    ];
    let panels: Vec<Panel> = panels.into_iter().filter(|panel| !panel.lines.is_empty()).collect();
    if panels.is_empty() {
        return None;
    }
    let setting = format!("{}, {}, {}", report.data_set, found.comparison.name(), found.seeds());
    Some(panels::draw(&Panels {
        column: report.style.column(),
        title: "Accuracy by how sure the teacher is of the label".to_owned(),
        remark: panels::remark("accuracy (%)", &setting),
        columns: panels.len(),
        panels,
        // Hard and easy examples lie far apart: everything is drawn.
        least_reach: 100.0,
        zero: false,
    }))
}

/// Draws the figure.
fn draw(of: &OfDiagnostics<'_>) -> Result<Option<Drawing>, ReportError> {
    let OfDiagnostics { report, found, .. } = *of;
    let Some(scene) = scene(report, found) else { return Ok(None) };
    let data = frames::csv("difficulty", &mut tables::difficulty_frame(found)?)?;
    Ok(Some(Drawing { alt: alt(found), scene, data }))
}

/// Accuracy by difficulty: the ends of the range.
fn alt(found: &DiagnosticsReport) -> String {
    let head = format!("Accuracy by how sure the teacher is of the label ({})", found.comparison.name());
    let of = |decile: usize| {
        let rows: Vec<(&str, f64)> = found
            .arms
            .iter()
            .filter_map(|arm| Some((arm.arm.as_str(), (*arm.test_by_difficulty.get(decile)?)?.mean)))
            .collect();
        extremes(Metric::TestAccuracy, &rows)
    };
    let show = |[most, least]: [(&str, f64); 2]| {
        format!("from {} % ({}) to {} % ({})", fixed(least.1, 1), least.0, fixed(most.1, 1), most.0)
    };
    match (of(0), of(9)) {
        (Some(hardest), Some(easiest)) => format!(
            "{head}: on the hardest tenth of the test examples the arms have {} right, on the easiest {}.",
            show(hardest),
            show(easiest)
        ),
        _ => format!("{head}: of the test examples nothing was recorded."),
    }
}
