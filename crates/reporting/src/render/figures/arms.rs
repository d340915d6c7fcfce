//! Every arm a row: all seeds' points, the mean and its interval, the reference's mean as a line.

use fractionate_statistics::Summary;

use crate::analysis::results::ComparisonResults;
use crate::error::ReportError;
use crate::frames;
use crate::model::metric_words::MetricWords;
use crate::model::report::{ArmRow, ComparisonReport, Report};
use crate::numbers::{DASH, capital, plus_minus};
use crate::render::figures::drawing::axis::{Scale, least_reach};
use crate::render::figures::drawing::fonts::text_width;
use crate::render::figures::drawing::off_axis::off_axis_arrow;
use crate::render::figures::drawing::scene::{Align, Label, Scene};
use crate::render::figures::drawing::style::{GREY, PAPER, RULE, SMALL, TEXT, TITLE};
use crate::render::figures::drawing::{axis, style};
use crate::render::figures::figure::{Draw, Drawing, FigureKind, OfComparison, Section};
use crate::render::figures::words::{better, comparison_setting, setting_line, with_unit};

/// The figure, for the registry.
pub(crate) const FIGURE: FigureKind = FigureKind {
    name: "arms",
    title: "Every arm, its seeds and its mean",
    section: Section::Comparison,
    colour_scale: false,
    draw: Draw::Comparison(draw),
};

const MARGIN: f64 = 5.0;
const TOP: f64 = 30.0;
const ROW: f64 = 14.0;
const AXIS: f64 = 24.0;

/// Draws the figure. An arm far from all others is named at the edge instead of stretching the axis.
fn scene(report: &Report, comparison: &ComparisonReport, results: &ComparisonResults) -> Scene {
    let column = report.style.column();
    let decimals = report.metric.decimals();
    let values: Vec<String> =
        comparison.arms.iter().map(|a| a.summary.map_or(DASH.to_owned(), |s| plus_minus(&s, decimals))).collect();
    let widest = |texts: &mut dyn Iterator<Item = &str>| texts.map(|t| text_width(t, TEXT, false)).fold(0.0, f64::max);
    let left = MARGIN + widest(&mut comparison.arms.iter().map(|a| a.arm.as_str())).min(column / 2.8) + 6.0;
    let right = column - MARGIN - widest(&mut values.iter().map(String::as_str)) - 7.0;

    let means: Vec<f64> = comparison.arms.iter().filter_map(|a| Some(a.summary?.mean)).collect();
    let near = axis::near_the_bulk(&means, least_reach(report.metric));
    let is_near = |mean: f64| means.iter().zip(&near).any(|(m, n)| *m == mean && *n);
    let drawn = comparison.arms.iter().zip(&results.arms).filter(|(a, _)| a.summary.is_some_and(|s| is_near(s.mean)));
    let extents = drawn.flat_map(|(a, r)| {
        let interval = a.summary.and_then(|s| s.interval);
        let ends = interval.map(|i| [i.low, i.high]).into_iter().flatten();
        r.units.values().map(|&u| results.measure.value(u)).chain(ends).collect::<Vec<_>>()
    });
    let (low, high) = axis::range(extents).unwrap_or((0.0, 0.0));
    let scale = Scale::around(low, high, (left, right));

    let bottom = TOP + ROW * comparison.arms.len() as f64;
    let mut scene = Scene::new(column, bottom + AXIS);
    let width = column - 2.0 * MARGIN;
    let title = format!("{} of every arm", capital(report.metric.name()));
    scene.text(Label::new(title, (MARGIN, 11.0), Align::Left).bold().sized(TITLE).within(width));
    let remark =
        format!("{}; dots: seeds, bars: mean and 95% interval", setting_line(report, comparison, comparison.seeds));
    scene.text(Label::new(remark, (MARGIN, 21.0), Align::Left).sized(SMALL).coloured(GREY).within(width));
    let better = if report.metric == fractionate_records::Metric::TestNll { ", lower is better" } else { "" };
    let name = format!("{} ({}{better})", report.metric.name(), report.metric.unit());
    axis::below(&mut scene, &scale, TOP - 2.0, bottom, &name, |x| x);
    scene.line((left, bottom), (right, bottom), 0.6, RULE);
    let reference = comparison.arms.iter().find(|a| a.arm == report.reference).and_then(|a| a.summary);
    if let Some(reference) = reference.filter(|s| is_near(s.mean)) {
        let x = scale.at(reference.mean);
        scene.dashes((x, TOP - 2.0), (x, bottom), 0.8, style::arm_colour(&report.reference));
    }

    for (i, (arm, value)) in comparison.arms.iter().zip(&values).enumerate() {
        let y = TOP + ROW * (i as f64 + 0.5);
        let colour = style::arm_colour(&arm.arm);
        let label = Label::new(&arm.arm, (left - 6.0, y + 2.6), Align::Right).within(left - 6.0 - MARGIN);
        scene.text(if arm.arm == report.reference { label.bold() } else { label });
        scene.text(Label::new(value, (column - MARGIN, y + 2.6), Align::Right));
        let Some(summary) = arm.summary else { continue };
        if !is_near(summary.mean) {
            off_axis_arrow(&mut scene, &scale, summary.mean, y, colour);
            continue;
        }
        // The seeds above, the mean below: neither hides the other.
        for (j, units) in results.arms[i].units.values().enumerate() {
            let wobble = [0.0, 0.9, -0.9][j % 3];
            scene.dot((scale.at(results.measure.value(*units)), y - 2.7 + wobble), 1.35, colour.faint(0.6));
        }
        let (mean, level) = (scale.at(summary.mean), y + 2.8);
        if let Some(i) = summary.interval {
            scene.whisker(scale.at(i.low), scale.at(i.high), level, 1.1, colour, PAPER);
        }
        scene.dot((mean, level), 2.2, PAPER);
        scene.dot((mean, level), 1.8, colour);
    }
    scene
}

/// The data of the figure: every point.
fn data(results: &ComparisonResults) -> Result<Vec<u8>, ReportError> {
    let rows: Vec<(&str, u64, f64)> = results
        .arms
        .iter()
        .flat_map(|a| a.units.iter().map(|(seed, &u)| (a.arm.as_str(), *seed, results.measure.value(u))))
        .collect();
    let columns = vec![
        frames::column("arm", rows.iter().map(|r| r.0).collect::<Vec<_>>()),
        frames::column("seed", rows.iter().map(|r| r.1).collect::<Vec<_>>()),
        frames::column("value", rows.iter().map(|r| r.2).collect::<Vec<_>>()),
    ];
    frames::csv("figure arms", &mut frames::frame("figure arms", columns)?)
}

/// Draws the figure.
fn draw(of: &OfComparison<'_>) -> Result<Option<Drawing>, ReportError> {
    let OfComparison { report, comparison, results, .. } = *of;
    let (alt, scene) = (alt(report, comparison), scene(report, comparison, results));
    Ok(Some(Drawing { alt, scene, data: data(results)? }))
}

/// All arms: which is best, and how far from the reference.
fn alt(report: &Report, c: &ComparisonReport) -> String {
    let metric = report.metric;
    let head = format!("Every arm's {} ({})", metric.name(), comparison_setting(c));
    let found: Vec<(&ArmRow, Summary)> = c.arms.iter().filter_map(|row| Some((row, row.summary?))).collect();
    let best = found.iter().copied().reduce(|a, b| if better(metric, b.1.mean, a.1.mean) { b } else { a });
    let Some((row, summary)) = best else { return format!("{head}: no arm has a finished run.") };
    let verb = match &c.best {
        Some(best) if *best == row.arm => "is best with",
        _ => "has the best mean,",
    };
    let ahead = c.differences.iter().find(|d| d.arm == row.arm).and_then(|d| d.gain).map_or(String::new(), |gain| {
        let (size, way) = if gain.mean < 0.0 { (-gain.mean, "behind") } else { (gain.mean, "ahead of") };
        let open = gain.interval.is_some_and(|interval| interval.contains(0.0));
        let open = if open { ", an interval that contains 0" } else { "" };
        let size = plus_minus(&Summary { mean: size, ..gain }, metric.decimals());
        format!(", {size} {} {way} {}{open}", metric.gain_unit(), report.reference)
    });
    format!("{head}: {} {verb} {}{ahead}.", row.arm, with_unit(&summary, metric))
}
