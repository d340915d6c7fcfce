//! Learning curves: every arm's test metric by epoch, a mean over its finished seeds.

use std::collections::BTreeMap;

use fractionate_records::{Comparison, Metric};
use fractionate_statistics::Summary;

use crate::error::ReportError;
use crate::model::metric_words::MetricWords;
use crate::model::report::{ComparisonReport, Report};
use crate::numbers::{capital, fixed};
use crate::render::figures::drawing::axis;
use crate::render::figures::drawing::axis::{Scale, least_reach};
use crate::render::figures::drawing::clip::clipped;
use crate::render::figures::drawing::fonts::text_width;
use crate::render::figures::drawing::scene::{Align, Label, Point, Scene};
use crate::render::figures::drawing::style::{GREY, GRID, INK, RULE, SMALL, TEXT, TITLE};
use crate::render::figures::figure::{Draw, Drawing, FigureKind, OfComparison, Section};
use crate::render::figures::words::{comparison_setting, extremes, setting_line};
use crate::source::run::RunOutcome;
use crate::source::suite_runs::SuiteRuns;
use crate::{frames, numbers};

/// The figure, for the registry.
pub(crate) const FIGURE: FigureKind = FigureKind {
    name: "curves",
    title: "Learning curves",
    section: Section::Comparison,
    colour_scale: false,
    draw: Draw::Comparison(draw),
};

const MARGIN: f64 = 5.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 168.0;
const AXIS: f64 = 24.0;
/// Between the baselines of two labels.
const LINE: f64 = 9.0;

/// One arm's curve.
#[derive(Debug)]
struct MeanCurve {
    arm: String,
    /// Epoch, and the metric over seeds (percent or nats).
    points: Vec<(usize, Summary)>,
}

/// Means over the finished runs, arm by arm in the suite's order; arms without any are left out.
fn mean_curves(suite: &SuiteRuns, comparison: Comparison) -> Vec<MeanCurve> {
    // By arm, epoch and seed: under several teachers a seed has several runs.
    let mut found: BTreeMap<&str, BTreeMap<usize, BTreeMap<u64, Vec<f64>>>> = BTreeMap::new();
    let runs = suite
        .found()
        .filter(|(run, record)| run.role == comparison.role() && matches!(record.outcome, RunOutcome::Finished { .. }));
    for (run, record) in runs {
        let epochs = found.entry(&run.arm).or_default();
        let metric = suite.manifest.metric;
        for (epoch, value) in record.curve.iter().filter_map(|row| Some((row.epoch, row.test?.of(metric)?))) {
            let value = if metric == Metric::TestAccuracy { 100.0 * value } else { value };
            epochs.entry(epoch).or_default().entry(run.seed.0).or_default().push(value);
        }
    }
    let curve = |arm: &String| {
        let epochs = found.get(arm.as_str()).filter(|e| !e.is_empty())?;
        let mean = |values: &Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
        let over_seeds = |seeds: &BTreeMap<u64, Vec<f64>>| Summary::of(&seeds.values().map(mean).collect::<Vec<_>>());
        let points = epochs.iter().filter_map(|(&epoch, seeds)| Some((epoch, over_seeds(seeds)?)));
        Some(MeanCurve { arm: arm.clone(), points: points.collect() })
    };
    suite.manifest.arms.iter().filter_map(curve).collect()
}

/// The data of the figure.
fn data(curves: &[MeanCurve], metric: Metric) -> Result<Vec<u8>, ReportError> {
    let rows: Vec<(&str, u64, Option<Summary>)> = curves
        .iter()
        .flat_map(|c| c.points.iter().map(|&(epoch, summary)| (c.arm.as_str(), epoch as u64, Some(summary))))
        .collect();
    let mut columns = vec![
        frames::column("arm", rows.iter().map(|r| r.0).collect::<Vec<_>>()),
        frames::column("epoch", rows.iter().map(|r| r.1).collect::<Vec<_>>()),
        frames::column("metric", vec![metric.name(); rows.len()]),
        frames::column("unit", vec![metric.unit(); rows.len()]),
    ];
    columns.extend(crate::render::tables::summary_columns(&rows.iter().map(|r| r.2).collect::<Vec<_>>()));
    frames::csv("figure curves", &mut frames::frame("figure curves", columns)?)
}

/// Draws the figure. The axis leaves out the first climb and arms that collapsed, so that the end can be read.
fn scene(report: &Report, comparison: &ComparisonReport, curves: &[MeanCurve]) -> Scene {
    let column = report.style.column();
    let lasts: Vec<f64> = curves.iter().filter_map(|c| Some(c.points.last()?.1.mean)).collect();
    let near = axis::near_the_bulk(&lasts, least_reach(report.metric));
    let (first_epoch, last_epoch) =
        axis::range(curves.iter().flat_map(|c| &c.points).map(|p| p.0 as f64)).unwrap_or((1.0, 1.0));
    let settled = first_epoch + 0.3 * (last_epoch - first_epoch);
    let late = curves
        .iter()
        .zip(&near)
        .filter(|(_, near)| **near)
        .flat_map(|(c, _)| c.points.iter().filter(|p| p.0 as f64 >= settled).map(|p| p.1.mean));
    let (low, high) = axis::range(late).unwrap_or((0.0, 1.0));

    let looks =
        crate::render::figures::drawing::panels::arm_lines(&curves.iter().map(|c| c.arm.clone()).collect::<Vec<_>>());
    let names: Vec<String> = curves
        .iter()
        .zip(lasts.iter().zip(&near))
        .map(|(c, (last, near))| {
            // A curve that leaves the panel says where it ends.
            if *near { c.arm.clone() } else { format!("{} ({})", c.arm, numbers::fixed(*last, 1)) }
        })
        .collect();
    let widest = names.iter().map(|n| text_width(n, TEXT, false)).fold(0.0, f64::max).min(column / 2.4);
    let (left, right) = (MARGIN + 18.0, column - MARGIN - widest - 15.5);
    let bottom = BOTTOM.max(TOP + 4.0 + LINE * curves.len() as f64);
    let x = Scale { values: (first_epoch, last_epoch), places: (left, right) };
    let y = Scale::around(low, high, (bottom, TOP));

    let mut scene = Scene::new(column, bottom + AXIS);
    let width = column - 2.0 * MARGIN;
    let title = format!("{} ({}) by epoch", capital(report.metric.name()), report.metric.unit());
    scene.text(Label::new(title, (MARGIN, 11.0), Align::Left).bold().sized(TITLE).within(width));
    let banded = curves.iter().flat_map(|c| &c.points).any(|p| shows_a_band(&p.1));
    let what = if banded { "means, bands: 95% t intervals" } else { "means over seeds" };
    let remark = format!("{}; {what}", setting_line(report, comparison, comparison.seeds));
    scene.text(Label::new(remark, (MARGIN, 21.0), Align::Left).sized(SMALL).coloured(GREY).within(width));
    axes(&mut scene, &x, &y);

    // All bands below all lines.
    for (curve, (colour, _)) in curves.iter().zip(&looks) {
        let points: Vec<(f64, Summary)> = curve.points.iter().map(|p| (x.at(p.0 as f64), p.1)).collect();
        for run in points.chunk_by(|a, b| shows_a_band(&a.1) == shows_a_band(&b.1)) {
            let end = |upper: bool| {
                move |(place, summary): &(f64, Summary)| -> Option<Point> {
                    let interval = summary.interval?;
                    Some((*place, y.at(if upper { interval.high } else { interval.low }).clamp(TOP, bottom)))
                }
            };
            if run.len() > 1 && shows_a_band(&run[0].1) {
                let outline = run.iter().filter_map(end(true)).chain(run.iter().rev().filter_map(end(false)));
                scene.area(outline.collect(), colour.faint(0.12));
            }
        }
    }
    for ((curve, (colour, form)), place) in curves.iter().zip(&looks).zip(label_places(curves, &y, TOP, bottom)) {
        let emphasis = matches!(curve.arm.as_str(), "hard" | "teacher");
        let points: Vec<Point> = curve.points.iter().map(|p| (x.at(p.0 as f64), y.at(p.1.mean))).collect();
        for piece in clipped(&points, TOP, bottom) {
            scene.stroke(&piece, if emphasis { 1.5 } else { 0.8 }, *colour, form.stroke);
        }
        if let Some(&(end, height)) = points.last() {
            scene.path(vec![(end, height.clamp(TOP, bottom)), (right + 12.0, place)], 0.6, *colour);
        }
    }
    let labels = curves.iter().zip(&names).zip(&looks);
    for (((curve, name), (colour, form)), place) in labels.zip(label_places(curves, &y, TOP, bottom)) {
        scene.mark((right + 12.0, place), 1.7, *colour, *form);
        let label = Label::new(name, (right + 15.5, place + 2.6), Align::Left).within(widest + 0.5);
        let emphasis = matches!(curve.arm.as_str(), "hard" | "teacher");
        scene.text(if emphasis { label.bold() } else { label }.coloured(INK));
    }
    scene
}

/// Two seeds' interval is a dozen times as wide as their distance: it would cover all other curves.
fn shows_a_band(summary: &Summary) -> bool {
    summary.n > 2 && summary.interval.is_some()
}

fn axes(scene: &mut Scene, x: &Scale, y: &Scale) {
    let ((left, right), (bottom, top)) = (x.places, y.places);
    let (ticks, decimals) = y.ticks(8);
    for tick in ticks {
        scene.line((left, y.at(tick)), (right, y.at(tick)), 0.5, GRID);
        let number = numbers::fixed(tick, decimals);
        scene.text(Label::new(number, (left - 3.0, y.at(tick) + 2.3), Align::Right).sized(SMALL).coloured(GREY));
    }
    let (ticks, _) = x.ticks(4);
    // Epochs are whole, and the first and last say how long it was.
    let mut epochs: Vec<f64> = ticks.into_iter().filter(|t| t.fract() == 0.0).collect();
    let room = 0.12 * (x.values.1 - x.values.0);
    epochs.retain(|t| t - x.values.0 > room && x.values.1 - t > room);
    epochs.extend([x.values.0, x.values.1]);
    for epoch in epochs {
        scene.line((x.at(epoch), bottom), (x.at(epoch), bottom + 2.0), 0.6, RULE);
        let number = numbers::fixed(epoch, 0);
        scene.text(Label::new(number, (x.at(epoch), bottom + 9.0), Align::Middle).sized(SMALL).coloured(GREY));
    }
    scene.line((left, bottom), (right, bottom), 0.6, RULE);
    scene.text(Label::new("epoch", ((left + right) / 2.0, bottom + 18.0), Align::Middle).sized(SMALL).coloured(GREY));
    debug_assert!(top < bottom);
}

/// Heights of the labels, next to the curves' ends but never closer than a line to each other.
fn label_places(curves: &[MeanCurve], y: &Scale, top: f64, bottom: f64) -> Vec<f64> {
    let ends: Vec<f64> =
        curves.iter().map(|c| c.points.last().map_or(bottom, |p| y.at(p.1.mean)).clamp(top, bottom)).collect();
    let mut order: Vec<usize> = (0..ends.len()).collect();
    order.sort_by(|&a, &b| ends[a].total_cmp(&ends[b]));
    // Blocks of labels that touch: each as near as can be to where its labels would be, over (sum, count).
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (rank, &i) in order.iter().enumerate() {
        // Measured from where the first label of the whole stack would be.
        let mut block = (ends[i] - LINE * rank as f64, 1);
        while let Some(&(sum, count)) = blocks.last() {
            if sum / count as f64 <= block.0 / block.1 as f64 {
                break;
            }
            blocks.pop();
            block = (block.0 + sum, block.1 + count);
        }
        blocks.push(block);
    }
    let starts = blocks.iter().flat_map(|&(sum, count)| std::iter::repeat_n(sum / count as f64, count));
    let (first, last) = (top + 2.0, bottom - 2.0 - LINE * ends.len().saturating_sub(1) as f64);
    let mut places = ends.clone();
    for ((rank, &i), start) in order.iter().enumerate().zip(starts) {
        places[i] = start.min(last).max(first) + LINE * rank as f64;
    }
    places
}

/// Draws the figure.
fn draw(of: &OfComparison<'_>) -> Result<Option<Drawing>, ReportError> {
    let OfComparison { suite, report, comparison, .. } = *of;
    let curves = mean_curves(suite, comparison.comparison);
    // A line takes two points.
    if curves.iter().all(|curve| curve.points.len() < 2) {
        return Ok(None);
    }
    let (alt, scene) = (alt(report, comparison, &curves), scene(report, comparison, &curves));
    Ok(Some(Drawing { alt, scene, data: data(&curves, report.metric)? }))
}

/// Learning curves: where they end.
fn alt(report: &Report, c: &ComparisonReport, curves: &[MeanCurve]) -> String {
    let (metric, reference) = (report.metric, report.reference.as_str());
    let ends: Vec<(&str, f64)> =
        curves.iter().filter_map(|curve| Some((curve.arm.as_str(), curve.points.last()?.1.mean))).collect();
    let last = curves.iter().filter_map(|curve| Some(curve.points.last()?.0)).max().unwrap_or_default();
    let show = |(arm, value): (&str, f64)| format!("{arm} ({} {})", fixed(value, metric.decimals()), metric.unit());
    let Some([best, worst]) = extremes(metric, &ends) else { return "Learning curves: none was recorded.".to_owned() };
    let own = ends.iter().find(|end| end.0 == reference && ![best.0, worst.0].contains(&reference));
    let own = own.map_or(String::new(), |&end| format!(", {} between them", show(end)));
    format!(
        "Mean {} by epoch ({}): after epoch {last} the curves end from {} down to {}{own}.",
        metric.name(),
        comparison_setting(c),
        show(best),
        show(worst)
    )
}
