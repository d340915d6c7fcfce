//! Accuracy by how sure the teacher is of the label: every arm over the ten deciles.

use crate::model::diagnostics::{ArmDiagnostics, DiagnosticsReport};
use crate::model::report::Report;
use crate::render::figures::panels;
use crate::render::figures::panels::{HorizontalAxis, Line, Panel, Panels};
use crate::render::figures::scene::Scene;

/// Draws the figure; `None` where no decile was recorded.
pub(crate) fn draw(report: &Report, found: &DiagnosticsReport) -> Option<Scene> {
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
            &(crate::render::figures::style::Colour, crate::render::figures::style::Form),
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
        title: "Accuracy by how sure the teacher is of the label".to_owned(),
        remark: panels::remark("accuracy (%)", &setting),
        columns: panels.len(),
        panels,
        // Hard and easy examples lie far apart: everything is drawn.
        least_reach: 100.0,
        zero: false,
    }))
}
