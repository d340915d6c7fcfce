//! How often intervals cover and tests err, with binomial intervals, against what they aim at.

use fractionate_statistics::Share;

use crate::error::ReportError;
use crate::frames;
use crate::model::calibration::{CalibrationReport, Test, TuningRow};
use crate::numbers::{fixed, grouped};
use crate::render::figures::drawing::axis::Scale;
use crate::render::figures::drawing::fonts::text_width;
use crate::render::figures::drawing::scene::{Align, Label, Scene};
use crate::render::figures::drawing::style::{COLUMN, Colour, GREY, INK, PAPER, RULE, SMALL, TEXT, TITLE};
use crate::render::figures::drawing::{axis, style};
use crate::render::figures::figure::{Draw, Drawing, FigureKind, Section};

/// The figure, for the registry.
pub(crate) const FIGURE: FigureKind = FigureKind {
    name: "calibration",
    title: "How often intervals cover and tests err",
    section: Section::Calibration,
    colour_scale: false,
    draw: Draw::Calibration(draw),
};

const MARGIN: f64 = 5.0;
const TOP: f64 = 28.0;
/// Height of a panel's title.
const HEAD: f64 = 15.0;
const LINE: f64 = 8.0;
const GAP: f64 = 4.0;
const AXIS: f64 = 27.0;

/// Shares of one kind with what they should be.
struct Panel {
    title: &'static str,
    axis: &'static str,
    /// The share that is aimed at.
    nominal: f64,
    rows: Vec<Row>,
}

/// What is drawn side by side.
struct Row {
    name: String,
    colour: Colour,
    lines: Vec<(String, Share)>,
}

impl Row {
    fn height(&self) -> f64 {
        LINE * self.lines.len() as f64 + GAP
    }
}

/// Draws the figure of a calibration.
fn draw(report: &CalibrationReport) -> Result<Option<Drawing>, ReportError> {
    let panels: Vec<Panel> = [coverage(report), tuning(report), false_positives(report)]
        .into_iter()
        .filter(|p| !p.rows.is_empty())
        .collect();
    Ok(Some(Drawing { alt: alt(report), scene: scene(report, &panels), data: data(&panels)? }))
}

fn coverage(report: &CalibrationReport) -> Panel {
    let mut rows: Vec<Row> = Vec::new();
    for row in &report.coverage {
        let line = (format!("{} seeds", row.seeds), row.covered);
        let name = if row.term == fractionate_records::Term::Interaction { "interaction" } else { row.term.name() };
        match rows.iter_mut().find(|found| found.name == name) {
            Some(found) => found.lines.push(line),
            None => rows.push(Row { name: name.to_owned(), colour: style::term_colour(row.term), lines: vec![line] }),
        }
    }
    Panel { title: "Coverage of the 95% interval, fixed setting", axis: "covered (%)", nominal: 0.95, rows }
}

fn tuning(report: &CalibrationReport) -> Panel {
    let rows = report.tuning.iter().map(|row| Row {
        name: format!("{} tuning, {} seeds", row.tuning_seeds, row.comparison_seeds),
        colour: style::term_colour(fractionate_records::Term::Total),
        lines: vec![
            ("conditional on selection".to_owned(), row.conditional),
            ("including selection".to_owned(), row.including_selection),
        ],
    });
    Panel {
        title: "Coverage of the 95% interval of the total, tuned",
        axis: "covered (%)",
        nominal: 0.95,
        rows: rows.collect(),
    }
}

fn false_positives(report: &CalibrationReport) -> Panel {
    let mut rows: Vec<Row> = Vec::new();
    for row in &report.false_positives {
        let test = match row.test {
            Test::PairedT => "paired t",
            Test::SignFlip => "sign-flip",
            // The same event as the t test's.
            Test::Interval => continue,
        };
        let name = format!("{} pairs", row.pairs);
        let line = (test.to_owned(), row.rejected);
        match rows.iter_mut().find(|found| found.name == name) {
            Some(found) => found.lines.push(line),
            None => rows.push(Row { name, colour: style::arm_colour("teacher"), lines: vec![line] }),
        }
    }
    Panel { title: "Identical arms, rejected at p < 0.05", axis: "rejected (%)", nominal: 0.05, rows }
}

fn scene(report: &CalibrationReport, panels: &[Panel]) -> Scene {
    let height = |panel: &Panel| HEAD + panel.rows.iter().map(Row::height).sum::<f64>() + AXIS;
    let mut scene = Scene::new(COLUMN, TOP + panels.iter().map(height).sum::<f64>());
    let width = COLUMN - 2.0 * MARGIN;
    let title = "Coverage and false positives";
    scene.text(Label::new(title, (MARGIN, 11.0), Align::Left).bold().sized(TITLE).within(width));
    let remark = format!("{}, {} seeds; bars: 95% binomial interval", report.name, grouped(report.seeds));
    scene.text(Label::new(remark, (MARGIN, 21.0), Align::Left).sized(SMALL).coloured(GREY).within(width));
    let mut top = TOP;
    for panel in panels {
        draw_panel(&mut scene, panel, top);
        top += height(panel);
    }
    scene
}

fn draw_panel(scene: &mut Scene, panel: &Panel, top: f64) {
    let lines = || panel.rows.iter().flat_map(|row| &row.lines);
    let widest = |texts: &mut dyn Iterator<Item = String>, size| {
        texts.map(|text| text_width(&text, size, false)).fold(0.0, f64::max)
    };
    let names = widest(&mut panel.rows.iter().map(|row| row.name.clone()), TEXT);
    let kinds = widest(&mut lines().map(|line| line.0.clone()), SMALL);
    let values = widest(&mut lines().map(|line| value(&line.1)), SMALL);
    let left = MARGIN + names + 5.0 + kinds + 6.0;
    let right = COLUMN - MARGIN - values - 5.0;
    let ends = lines().flat_map(|(_, share)| [share.interval.low, share.interval.high]).chain([panel.nominal]);
    let (low, high) = axis::range(ends.map(|end| 100.0 * end)).unwrap_or((0.0, 100.0));
    let scale = Scale::around(low, high, (left, right));

    scene.text(Label::new(panel.title, (MARGIN, top + 9.0), Align::Left).bold());
    let top = top + HEAD;
    let bottom = top + panel.rows.iter().map(Row::height).sum::<f64>();
    axis::below(scene, &scale, top - 1.0, bottom, panel.axis, |x| x);
    scene.line((left, bottom), (right, bottom), 0.6, RULE);
    let nominal = scale.at(100.0 * panel.nominal);
    scene.dashes((nominal, top - 1.0), (nominal, bottom), 0.8, INK);

    let mut y = top;
    for row in &panel.rows {
        let middle = y + row.height() / 2.0;
        scene.text(Label::new(&row.name, (MARGIN, middle + 2.6), Align::Left));
        for (i, (kind, share)) in row.lines.iter().enumerate() {
            let level = y + GAP / 2.0 + LINE * (i as f64 + 0.5);
            let kind = Label::new(kind, (left - 6.0, level + 2.3), Align::Right);
            scene.text(kind.sized(SMALL).coloured(GREY));
            let at = |share: f64| scale.at(100.0 * share);
            scene.whisker(at(share.interval.low), at(share.interval.high), level, 1.0, row.colour, PAPER);
            scene.dot((at(share.share), level), 2.1, PAPER);
            scene.dot((at(share.share), level), 1.7, row.colour);
            let number = Label::new(value(share), (COLUMN - MARGIN, level + 2.3), Align::Right);
            scene.text(number.sized(SMALL));
        }
        y += row.height();
    }
}

fn value(share: &Share) -> String {
    fixed(100.0 * share.share, 1)
}

/// The data of the figure: every share.
fn data(panels: &[Panel]) -> Result<Vec<u8>, ReportError> {
    let rows: Vec<(&Panel, &Row, &(String, Share))> = panels
        .iter()
        .flat_map(|panel| panel.rows.iter().map(move |row| (panel, row)))
        .flat_map(|(panel, row)| row.lines.iter().map(move |line| (panel, row, line)))
        .collect();
    let number = |name: &str, of: &dyn Fn(&Panel, &Share) -> f64| {
        frames::column(name, rows.iter().map(|(panel, _, line)| of(panel, &line.1)).collect::<Vec<f64>>())
    };
    let columns = vec![
        frames::column("panel", rows.iter().map(|r| r.0.title).collect::<Vec<_>>()),
        frames::column("row", rows.iter().map(|r| r.1.name.as_str()).collect::<Vec<_>>()),
        frames::column("line", rows.iter().map(|r| r.2.0.as_str()).collect::<Vec<_>>()),
        number("nominal", &|panel, _| panel.nominal),
        number("share", &|_, share| share.share),
        number("low", &|_, share| share.interval.low),
        number("high", &|_, share| share.interval.high),
    ];
    frames::csv("figure calibration", &mut frames::frame("figure calibration", columns)?)
}

/// A calibration: the least and the most of what should be 95%, and the most of what should be 5%.
fn alt(report: &CalibrationReport) -> String {
    let covered: Vec<Share> = report.coverage.iter().map(|row| row.covered).collect();
    let apart: Vec<Share> = report.false_positives.iter().map(|row| row.rejected).collect();
    let range = |shares: &[Share]| {
        let (low, high) = axis::range(shares.iter().map(|share| 100.0 * share.share))?;
        Some(format!("{} to {} %", fixed(low, 1), fixed(high, 1)))
    };
    let mut parts = Vec::new();
    if let Some(words) = range(&covered) {
        parts.push(format!("at a fixed setting the 95% interval covers in {words} of cases"));
    }
    let tuning = |of: fn(&TuningRow) -> Share| range(&report.tuning.iter().map(of).collect::<Vec<_>>());
    if let Some((given, counting)) = tuning(|row| row.conditional).zip(tuning(|row| row.including_selection)) {
        parts.push(format!("tuned it covers in {given} conditional on the selected hyperparameters and in {counting} including hyperparameter selection"));
    }
    if let Some(words) = range(&apart) {
        parts.push(format!("tests of identical arms reject in {words} at p < 0.05"));
    }
    format!("Coverage and false positives: {}.", parts.join("; "))
}
