//! Every arm a row: all seeds' points, the mean and its interval, the reference's mean as a line.

use crate::analysis::results::ComparisonResults;
use crate::error::ReportError;
use crate::frames;
use crate::model::metric_words::MetricWords;
use crate::model::report::{ComparisonReport, Report};
use crate::numbers::{DASH, plus_minus};
use crate::render::figures::axis::Scale;
use crate::render::figures::render::text_width;
use crate::render::figures::scene::{Align, Label, Scene};
use crate::render::figures::style::{COLUMN, GREY, PAPER, RULE, SMALL, TEXT, TITLE};
use crate::render::figures::{axis, style};

const MARGIN: f64 = 5.0;

const TOP: f64 = 30.0;

const ROW: f64 = 14.0;

const AXIS: f64 = 24.0;

/// Draws the figure. An arm far from all others is named at the edge instead of stretching the axis.
pub(crate) fn draw(report: &Report, comparison: &ComparisonReport, results: &ComparisonResults) -> Scene {
    let decimals = report.metric.decimals();
    let values: Vec<String> =
        comparison.arms.iter().map(|a| a.summary.map_or(DASH.to_owned(), |s| plus_minus(&s, decimals))).collect();
    let widest = |texts: &mut dyn Iterator<Item = &str>| texts.map(|t| text_width(t, TEXT, false)).fold(0.0, f64::max);
    let left = MARGIN + widest(&mut comparison.arms.iter().map(|a| a.arm.as_str())).min(COLUMN / 2.8) + 6.0;
    let right = COLUMN - MARGIN - widest(&mut values.iter().map(String::as_str)) - 7.0;

    let means: Vec<f64> = comparison.arms.iter().filter_map(|a| Some(a.summary?.mean)).collect();
    let near = axis::near_the_bulk(&means, least_reach(report));
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
    let mut scene = Scene::new(COLUMN, bottom + AXIS);
    let width = COLUMN - 2.0 * MARGIN;
    let title = format!("{} of every arm", capital(report.metric.name()));
    scene.text(Label::new(title, (MARGIN, 11.0), Align::Left).bold().sized(TITLE).within(width));
    let remark = format!(
        "{}; dots: seeds, bars: mean and 95% interval",
        crate::render::figures::setting_line(report, comparison, comparison.seeds)
    );
    scene.text(Label::new(remark, (MARGIN, 21.0), Align::Left).sized(SMALL).coloured(GREY).within(width));
    let better = if report.metric == fractionate_records::Metric::TestNll { ", less is better" } else { "" };
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
        scene.text(Label::new(value, (COLUMN - MARGIN, y + 2.6), Align::Right));
        let Some(summary) = arm.summary else { continue };
        if !is_near(summary.mean) {
            arrow(&mut scene, &scale, summary.mean, y, colour);
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
pub(crate) fn data(results: &ComparisonResults) -> Result<Vec<u8>, ReportError> {
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

/// How far an arm may always lie from the others: what the eye still compares, in the metric's unit.
pub(crate) fn least_reach(report: &Report) -> f64 {
    match report.metric {
        fractionate_records::Metric::TestAccuracy => 3.0,
        fractionate_records::Metric::TestNll => 0.1,
    }
}

/// Points to where an arm lies beyond the axis.
pub(crate) fn arrow(scene: &mut Scene, scale: &Scale, mean: f64, y: f64, colour: style::Colour) {
    let below = mean < scale.values.0;
    let (edge, inward) = if below { (scale.places.0, 1.0) } else { (scale.places.1, -1.0) };
    let head = vec![(edge, y), (edge + 5.0 * inward, y - 3.0), (edge + 5.0 * inward, y + 3.0)];
    scene.area(head, colour);
    scene.line((edge + 5.0 * inward, y), (edge + 11.0 * inward, y), 1.2, colour);
    let (words, align) = ("off the axis", if below { Align::Left } else { Align::Right });
    let (start, end) = (edge + 13.0 * inward, edge + (15.0 + text_width(words, SMALL, false)) * inward);
    // Keeps the reference's line out of the words.
    scene.area(vec![(start, y - 4.0), (end, y - 4.0), (end, y + 4.0), (start, y + 4.0)], PAPER);
    scene.text(Label::new(words, (edge + 14.0 * inward, y + 2.3), align).sized(SMALL).coloured(GREY));
}

pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
