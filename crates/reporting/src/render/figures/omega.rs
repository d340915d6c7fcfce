//! The distribution of the gradient rescaling omega, epoch by epoch.

use fractionate_records::Metric;

use crate::error::ReportError;
use crate::frames;
use crate::model::diagnostics::{ArmDiagnostics, DiagnosticsReport};
use crate::model::report::Report;
use crate::numbers::{fixed, list};
use crate::render::figures::drawing::axis::Scale;
use crate::render::figures::drawing::fonts::text_width;
use crate::render::figures::drawing::scene::{Align, Label, Scene};
use crate::render::figures::drawing::signed_log::{signed_log, tick_words, ticks};
use crate::render::figures::drawing::style::{GREY, GRID, PAPER, RULE, SMALL, TEXT, TITLE};
use crate::render::figures::drawing::{axis, style};
use crate::render::figures::figure::{Draw, Drawing, FigureKind, OfDiagnostics, Section};
use crate::render::figures::words::extremes;
use crate::render::tables;

/// The figure, for the registry.
pub(crate) const FIGURE: FigureKind = FigureKind {
    name: "omega",
    title: "The distribution of gradient rescaling",
    section: Section::Diagnostics,
    colour_scale: false,
    draw: Draw::Diagnostics(draw),
};

const MARGIN: f64 = 5.0;
const TOP: f64 = 30.0;

/// The distribution: for each arm a box for each recorded epoch.
fn scene(report: &Report, found: &DiagnosticsReport) -> Scene {
    let column = report.style.column();
    let epochs = found.epochs();
    let line = 7.5;
    let row = line * epochs.len() as f64 + 6.0;
    let names = found.arms.iter().map(|arm| text_width(&arm.arm, TEXT, false));
    let numbers = epochs.iter().map(|epoch| text_width(&epoch.to_string(), SMALL, false)).fold(0.0, f64::max);
    let names_end = MARGIN + names.fold(0.0, f64::max).min(column / 2.8);
    let (left, right) = (names_end + numbers + 10.0, column - MARGIN - 4.0);
    let bottom = TOP + row * found.arms.len() as f64;
    let mut scene = Scene::new(column, bottom + 33.0);
    let within = column - 2.0 * MARGIN;
    let title = "How arms rescale gradients: omega";
    scene.text(Label::new(title, (MARGIN, 11.0), Align::Left).bold().sized(TITLE).within(within));
    let setting = format!("{}, {}, {}", report.data_set, found.comparison.name(), found.seeds());
    let remark = format!("{setting}; boxes: 20–80% of examples, lines: 10–90%");
    scene.text(Label::new(remark, (MARGIN, 21.0), Align::Left).sized(SMALL).coloured(GREY).within(within));
    let deciles = found.arms.iter().flat_map(|arm| arm.rescaling.iter().flat_map(|r| [r.deciles[0], r.deciles[8]]));
    let (low, high) = axis::range(deciles.filter(|v| v.is_finite()).chain([1.0])).unwrap_or((0.0, 1.0));
    let scale = Scale::around(signed_log(low), signed_log(high), (left, right));
    let words: Vec<String> = epochs.iter().map(usize::to_string).collect();
    let names =
        [format!("omega after epoch {}", list(&words)), "logarithmic beyond 1; line at 1: hard labels".to_owned()];
    for tick in ticks(&scale, 18.0) {
        let x = scale.at(signed_log(tick));
        scene.line((x, TOP - 2.0), (x, bottom), 0.5, GRID);
        let number = Label::new(tick_words(tick), (x, bottom + 8.0), Align::Middle);
        scene.text(number.sized(SMALL).coloured(GREY));
    }
    for (name, y) in names.into_iter().zip([17.0, 26.0]) {
        let at = ((left + right) / 2.0, bottom + y);
        scene.text(Label::new(name, at, Align::Middle).sized(SMALL).coloured(GREY));
    }
    scene.line((left, bottom), (right, bottom), 0.6, RULE);
    let one = scale.at(signed_log(1.0));
    scene.line((one, TOP - 2.0), (one, bottom), 0.7, GREY);
    for (i, arm) in found.arms.iter().enumerate() {
        let top = TOP + row * i as f64 + 3.0;
        let colour = style::arm_colour(&arm.arm);
        let middle = top + line * epochs.len() as f64 / 2.0;
        let label = Label::new(&arm.arm, (names_end, middle + 2.6), Align::Right);
        scene.text(label.within(names_end - MARGIN));
        for (j, epoch) in epochs.iter().enumerate() {
            let y = top + line * (j as f64 + 0.5);
            let number = Label::new(epoch.to_string(), (left - 4.0, y + 2.3), Align::Right);
            scene.text(number.sized(SMALL).coloured(GREY));
            let Some(found) = arm.rescaling.iter().find(|r| r.epoch == *epoch) else { continue };
            let at = |i: usize| scale.at(signed_log(found.deciles[i]));
            scene.line((at(0), y), (at(8), y), 0.8, colour);
            let (a, b) = (at(1), at(7));
            scene.area(vec![(a, y - 2.4), (b, y - 2.4), (b, y + 2.4), (a, y + 2.4)], PAPER);
            scene.area(vec![(a, y - 2.4), (b, y - 2.4), (b, y + 2.4), (a, y + 2.4)], colour.faint(0.45));
            scene.line((at(4), y - 2.6), (at(4), y + 2.6), 1.3, colour);
        }
    }
    scene
}

/// Draws the figure.
fn draw(of: &OfDiagnostics<'_>) -> Result<Option<Drawing>, ReportError> {
    let OfDiagnostics { report, found, .. } = *of;
    if found.epochs().is_empty() {
        return Ok(None);
    }
    let data = frames::csv("omega", &mut tables::omega_frame(found)?)?;
    Ok(Some(Drawing { alt: alt(found), scene: scene(report, found), data }))
}

/// Omega's distribution: its medians at the last epoch.
fn alt(found: &DiagnosticsReport) -> String {
    let epoch = found.epochs().last().copied().unwrap_or_default();
    let median = |arm: &ArmDiagnostics| Some(arm.rescaling.iter().find(|r| r.epoch == epoch)?.deciles[4]);
    let rows: Vec<(&str, f64)> = found.arms.iter().filter_map(|arm| Some((arm.arm.as_str(), median(arm)?))).collect();
    let head = format!("The distribution of the gradient rescaling omega ({})", found.comparison.name());
    match extremes(Metric::TestAccuracy, &rows) {
        Some([most, least]) => format!(
            "{head}: after epoch {epoch} its median lies between {} ({}) and {} ({}), where hard labels have 1.",
            fixed(least.1, 2),
            least.0,
            fixed(most.1, 2),
            most.0
        ),
        None => format!("{head}: none was recorded."),
    }
}
