//! Paired differences from the reference: every arm a row, its pairs as points, the mean with its interval, the zero line.

use fractionate_records::Metric;
use fractionate_statistics::{Interval, Summary};

use crate::analysis::results::ComparisonResults;
use crate::error::ReportError;
use crate::frames;
use crate::model::differences::DifferenceRow;
use crate::model::metric_words::MetricWords;
use crate::model::report::{ComparisonReport, Report};
use crate::numbers::{DASH, count, list, signed_plus_minus};
use crate::render::figures::drawing::axis::{Scale, least_reach};
use crate::render::figures::drawing::fonts::text_width;
use crate::render::figures::drawing::key::Sample;
use crate::render::figures::drawing::off_axis::off_axis_arrow;
use crate::render::figures::drawing::scene::{Align, Label, Scene};
use crate::render::figures::drawing::style::{GREY, PAPER, RULE, SMALL, TEXT, TITLE};
use crate::render::figures::drawing::{axis, key, style};
use crate::render::figures::figure::{Draw, Drawing, FigureKind, OfComparison, Section};
use crate::render::figures::words::{comparison_setting, setting_line};

/// The figure, for the registry.
pub(crate) const FIGURE: FigureKind = FigureKind {
    name: "differences",
    title: "Paired differences from the reference arm",
    section: Section::Comparison,
    colour_scale: false,
    draw: Draw::Comparison(draw),
};

const MARGIN: f64 = 5.0;
const TOP: f64 = 30.0;
/// A row with points and mean.
const ROW: f64 = 14.0;
const AXIS: f64 = 24.0;

/// An arm with what each pair of seeds gave.
struct Row<'a> {
    difference: &'a DifferenceRow,
    pairs: Vec<(u64, f64)>,
}

impl Row<'_> {
    /// Everything that is drawn, as places on the axis.
    fn extent(&self) -> impl Iterator<Item = f64> {
        let own = self.difference.gain.and_then(|gain| gain.interval);
        let ends = own.into_iter().flat_map(|i| [i.low, i.high]);
        self.pairs.iter().map(|pair| pair.1).chain(ends)
    }
}

/// What each pair of seeds gave, arm by arm.
fn rows<'a>(report: &Report, comparison: &'a ComparisonReport, results: &ComparisonResults) -> Vec<Row<'a>> {
    let units = |arm: &str| results.arms.iter().find(|a| a.arm == arm).map(|a| &a.units);
    let reference = units(&report.reference);
    let of = |difference: &'a DifferenceRow| {
        let both = units(&difference.arm).zip(reference);
        let pairs = both.into_iter().flat_map(|(own, reference)| {
            let gain = |(seed, &u): (&u64, &f64)| Some((*seed, results.measure.gain(u - reference.get(seed)?)));
            own.iter().filter_map(gain).collect::<Vec<_>>()
        });
        Row { difference, pairs: pairs.collect() }
    };
    comparison.differences.iter().map(of).collect()
}

/// Draws the figure. An arm far from all others is named at the edge instead of stretching the axis.
fn scene(report: &Report, comparison: &ComparisonReport, results: &ComparisonResults) -> Scene {
    let column = report.style.column();
    let rows = rows(report, comparison, results);
    let most = report.metric.decimals();
    let value = |row: &Row<'_>| row.difference.gain.map_or(DASH.to_owned(), |g| signed_plus_minus(&g, most));
    let values: Vec<String> = rows.iter().map(value).collect();
    let widest = |texts: &mut dyn Iterator<Item = &str>| texts.map(|t| text_width(t, TEXT, false)).fold(0.0, f64::max);
    let left = MARGIN + widest(&mut rows.iter().map(|r| r.difference.arm.as_str())).min(column / 2.8) + 6.0;
    let right = column - MARGIN - widest(&mut values.iter().map(String::as_str)) - 7.0;

    let means: Vec<f64> = rows.iter().filter_map(|row| Some(row.difference.gain?.mean)).collect();
    let near = axis::near_the_bulk(&means, least_reach(report.metric));
    let is_near = |mean: f64| means.iter().zip(&near).any(|(m, n)| *m == mean && *n);
    let drawn = |row: &&Row<'_>| row.difference.gain.is_some_and(|gain| is_near(gain.mean));
    let margin = report.margin;
    let (low, high) = axis::range(rows.iter().filter(drawn).flat_map(Row::extent).chain([0.0])).unwrap_or((0.0, 0.0));
    // A margin much wider than what there is to see is the ground of the whole figure.
    let band = margin.filter(|&m| m <= 1.5 * high.max(-low));
    let (low, high) = band.map_or((low, high), |m| (low.min(-m), high.max(m)));
    let scale = Scale::around(low, high, (left, right));

    let mut entries: key::Entries = vec![(Sample::Seed, "pairs of seeds".to_owned())];
    if rows.iter().any(|row| row.difference.gain.is_some_and(|gain| gain.interval.is_some())) {
        entries.push((Sample::Mean, mean_words(comparison)));
    }
    if let Some(margin) = margin {
        entries.push((Sample::Band, format!("margin ±{margin}")));
    }

    let width = column - 2.0 * MARGIN;
    let bottom = TOP + ROW * rows.len() as f64;
    let mut scene = Scene::new(column, bottom + AXIS + key::height(&entries, width) + 2.0);
    let title = format!("Gain of every arm over {}", report.reference);
    scene.text(Label::new(title, (MARGIN, 11.0), Align::Left).bold().sized(TITLE).within(width));
    let remark = format!("{}, paired by seed", setting_line(report, comparison, comparison.seeds));
    scene.text(Label::new(remark, (MARGIN, 21.0), Align::Left).sized(SMALL).coloured(GREY).within(width));
    if let Some(margin) = margin {
        let (a, b) = (scale.at(-margin).max(left), scale.at(margin).min(right));
        scene.area(vec![(a, TOP - 2.0), (b, TOP - 2.0), (b, bottom), (a, bottom)], key::BAND);
    }
    let saved = if report.metric == Metric::TestNll { " saved" } else { "" };
    let name = format!("gain in {} ({}{saved})", report.metric.name(), report.metric.gain_unit());
    axis::below(&mut scene, &scale, TOP - 2.0, bottom, &name, |x| x);
    scene.line((left, bottom), (right, bottom), 0.6, RULE);
    scene.line((scale.at(0.0), TOP - 2.0), (scale.at(0.0), bottom), 0.8, GREY);
    for (i, (row, value)) in rows.iter().zip(&values).enumerate() {
        let top = TOP + ROW * i as f64;
        let (arm, middle) = (&row.difference.arm, top + ROW / 2.0);
        scene.text(Label::new(arm, (left - 6.0, middle + 2.6), Align::Right).within(left - 6.0 - MARGIN));
        scene.text(Label::new(value, (column - MARGIN, middle + 2.6), Align::Right));
        let colour = style::arm_colour(arm);
        match row.difference.gain {
            None => {}
            Some(gain) if !is_near(gain.mean) => off_axis_arrow(&mut scene, &scale, gain.mean, middle, colour),
            Some(gain) => {
                for (j, (_, pair)) in row.pairs.iter().enumerate() {
                    let wobble = [0.0, 0.9, -0.9][j % 3];
                    scene.dot((scale.at(*pair), top + 4.3 + wobble), 1.35, colour.faint(0.6));
                }
                let level = top + 9.8;
                if let Some(i) = gain.interval {
                    scene.whisker(scale.at(i.low), scale.at(i.high), level, 1.1, colour, PAPER);
                }
                scene.dot((scale.at(gain.mean), level), 2.2, PAPER);
                scene.dot((scale.at(gain.mean), level), 1.8, colour);
            }
        }
    }
    key::draw(&mut scene, &entries, (MARGIN, bottom + AXIS), width);
    scene
}

/// A line of the figure's data.
struct Cell<'a> {
    arm: &'a str,
    what: &'static str,
    seed: Option<u64>,
    gain: f64,
    interval: Option<Interval>,
}

fn mean_words(c: &ComparisonReport) -> String {
    if c.includes_selection() { "mean, 95% interval including selection" } else { "mean, 95% t interval" }.to_owned()
}

/// The data of the figure: every point and every interval.
fn data(report: &Report, comparison: &ComparisonReport, results: &ComparisonResults) -> Result<Vec<u8>, ReportError> {
    let mut cells: Vec<Cell> = Vec::new();
    for Row { difference, pairs } in rows(report, comparison, results) {
        let arm = &difference.arm;
        let pair = |&(seed, gain): &(u64, f64)| Cell { arm, what: "pair", seed: Some(seed), gain, interval: None };
        cells.extend(pairs.iter().map(pair));
        let Some(gain) = difference.gain else { continue };
        let mean = |what, interval| Cell { arm, what, seed: None, gain: gain.mean, interval };
        cells.push(mean("mean", gain.interval));
        let at_the_selected = difference.conditional.unwrap_or(gain);
        let mean = |what, interval| Cell { arm, what, seed: None, gain: at_the_selected.mean, interval };
        let others = [
            ("mean, conditional on selection", difference.other.get("conditional")),
            ("mean, BCa", difference.other.get("bca")),
            ("mean, over examples", difference.other.get("over_examples")),
        ];
        cells.extend(others.into_iter().filter(|other| other.1.is_some()).map(|(what, interval)| mean(what, interval)));
    }
    let end = |of: fn(Interval) -> f64| cells.iter().map(|c| c.interval.map(of)).collect::<Vec<_>>();
    let columns = vec![
        frames::column("arm", cells.iter().map(|c| c.arm).collect::<Vec<_>>()),
        frames::column("reference", vec![report.reference.as_str(); cells.len()]),
        frames::column("what", cells.iter().map(|c| c.what).collect::<Vec<_>>()),
        frames::column("seed", cells.iter().map(|c| c.seed).collect::<Vec<_>>()),
        frames::column("gain", cells.iter().map(|c| c.gain).collect::<Vec<_>>()),
        frames::column("low", end(|i| i.low)),
        frames::column("high", end(|i| i.high)),
    ];
    frames::csv("figure differences", &mut frames::frame("figure differences", columns)?)
}

/// Draws the figure.
fn draw(of: &OfComparison<'_>) -> Result<Option<Drawing>, ReportError> {
    let OfComparison { report, comparison, results, .. } = *of;
    if comparison.differences.is_empty() {
        return Ok(None);
    }
    let (alt, scene) = (alt(report, comparison), scene(report, comparison, results));
    Ok(Some(Drawing { alt, scene, data: data(report, comparison, results)? }))
}

/// Paired differences: how many arms gain, lose or neither.
fn alt(report: &Report, c: &ComparisonReport) -> String {
    let metric = report.metric;
    let found: Vec<(&DifferenceRow, Summary)> = c.differences.iter().filter_map(|row| Some((row, row.gain?))).collect();
    let head = format!("Paired differences from {} ({})", report.reference, comparison_setting(c));
    let of = |arm: &str, gain: &Summary| {
        format!("{arm}'s, {} {}", signed_plus_minus(gain, metric.decimals()), metric.gain_unit())
    };
    let Some((most, gain)) = found.iter().copied().reduce(|a, b| if b.1.mean > a.1.mean { b } else { a }) else {
        return format!("{head}: there is none.");
    };
    let most = of(&most.arm, &gain);
    if found.iter().all(|(_, gain)| gain.interval.is_none()) {
        let why =
            if found.iter().all(|(_, gain)| gain.n == 1) { "with one seed" } else { "as none varies over its seeds" };
        return format!("{head}: the largest is {most}, and {why} none has an interval.");
    }
    let gains = found.iter().filter(|(_, g)| g.interval.is_some_and(|i| i.low > 0.0)).count();
    let losses = found.iter().filter(|(_, g)| g.interval.is_some_and(|i| i.high < 0.0)).count();
    let rest = found.len() - gains - losses;
    let verb =
        |n: usize, one: &str, several: &str| (n > 0).then(|| format!("{n} {}", if n == 1 { one } else { several }));
    let parts = [verb(gains, "gains", "gain"), verb(losses, "loses", "lose"), verb(rest, "does neither", "do neither")];
    let parts = list(&parts.into_iter().flatten().collect::<Vec<_>>());
    format!("{head}: by their 95% intervals, of {} {parts}; the largest gain is {most}.", count(found.len(), "arm"))
}
