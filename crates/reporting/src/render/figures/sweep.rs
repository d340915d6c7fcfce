//! What is seen along a sweep's axes: every arm, and every term of the decomposition.

use fractionate_records::{Comparison, Term};
use fractionate_statistics::Summary;

use crate::model::metric_words::MetricWords;
use crate::model::report::{Report, Sweep, SweepPoint};
use crate::render::figures::panels::{HorizontalAxis, Line, Panel, Panels};
use crate::render::figures::scene::Scene;
use crate::render::figures::{panels, style};
use crate::render::tables;

/// Every arm's metric along the first axis; the other axes' values as panels.
pub(crate) fn arms(report: &Report, sweep: &Sweep, comparison: Comparison) -> Scene {
    let arms = tables::sweep_arms(sweep, comparison);
    let looks = panels::arm_lines(&arms);
    let axis = horizontal(sweep);
    let panel = |(title, points): (String, Vec<&SweepPoint>)| {
        let line = |(arm, (colour, form)): (&String, &(style::Colour, style::Form))| Line {
            name: arm.clone(),
            colour: *colour,
            form: *form,
            points: along(&axis, comparison, &points, |c| c.arm(arm)?.summary),
        };
        let lines = arms.iter().zip(&looks).map(line).filter(|line| !line.points.is_empty()).collect();
        Panel { title, axis: axis.clone(), lines, levels: vec![] }
    };
    let panels: Vec<Panel> = groups(sweep).into_iter().map(panel).collect();
    let better = if report.metric == fractionate_records::Metric::TestNll { ", less is better" } else { "" };
    let value = format!("{} ({}{better})", report.metric.name(), report.metric.unit());
    panels::draw(&Panels {
        title: format!("{} along {}", crate::render::figures::arms::capital(report.metric.name()), axis.name),
        remark: panels::remark(&value, &setting(report, comparison)),
        columns: if panels.len() > 1 { panels.len().clamp(2, 3) } else { 1 },
        panels,
        least_reach: crate::render::figures::arms::least_reach(report),
        zero: false,
    })
}

/// Each of the six terms along the first axis, a panel each; a line for each combination of the other axes' values.
pub(crate) fn terms(report: &Report, sweep: &Sweep, comparison: Comparison) -> Scene {
    let axis = horizontal(sweep);
    let groups = groups(sweep);
    let panel = |term: Term| {
        let line = |(i, (name, points)): (usize, &(String, Vec<&SweepPoint>))| {
            let (colour, form) = match groups.len() {
                1 => (style::term_colour(term), style::Form::of(0)),
                _ => style::other_line(i),
            };
            let points = along(&axis, comparison, points, |c| c.term(term)?.gain);
            Line { name: name.clone(), colour, form, points }
        };
        Panel {
            title: term.name().to_owned(),
            axis: axis.clone(),
            lines: groups.iter().enumerate().map(line).filter(|line| !line.points.is_empty()).collect(),
            levels: vec![],
        }
    };
    // A term whose arms are not in the suite has no panel; there is at least the total, if no other.
    let mut panels: Vec<Panel> = Term::SIX.map(panel).into_iter().filter(|panel| !panel.lines.is_empty()).collect();
    if panels.is_empty() {
        panels.push(panel(Term::Total));
    }
    panels::draw(&Panels {
        title: format!("What each part gives, along {}", axis.name),
        remark: panels::remark(&format!("gain in {}", report.metric.gain_unit()), &setting(report, comparison)),
        columns: panels.len().min(3),
        panels,
        least_reach: crate::render::figures::arms::least_reach(report),
        zero: true,
    })
}

fn setting(report: &Report, comparison: Comparison) -> String {
    let sweep = report.sweep.iter().flat_map(|sweep| sweep.comparison(comparison));
    let seeds = sweep.map(|(_, c)| c.seeds).max().unwrap_or_default();
    format!("{}, {}, {}", report.data_set, comparison.name(), crate::numbers::count(seeds, "seed"))
}

/// The first axis.
fn horizontal(sweep: &Sweep) -> HorizontalAxis {
    let mut words: Vec<String> = Vec::new();
    for point in &sweep.points {
        if !words.contains(&point.values[0]) {
            words.push(point.values[0].clone());
        }
    }
    HorizontalAxis::of(&sweep.axis_names()[0], &words)
}

/// The points by the values of all axes but the first, in words.
fn groups(sweep: &Sweep) -> Vec<(String, Vec<&SweepPoint>)> {
    let names = sweep.axis_names();
    let mut groups: Vec<(String, Vec<&SweepPoint>)> = Vec::new();
    for point in &sweep.points {
        let pairs = names.iter().zip(&point.values).skip(1).map(|(axis, value)| format!("{axis} = {value}"));
        let title = pairs.collect::<Vec<_>>().join(", ");
        match groups.iter_mut().find(|(known, _)| *known == title) {
            Some((_, points)) => points.push(point),
            None => groups.push((title, vec![point])),
        }
    }
    groups
}

/// What lies at every point of the axis.
fn along(
    axis: &HorizontalAxis,
    comparison: Comparison,
    points: &[&SweepPoint],
    of: impl Fn(&crate::model::report::ComparisonReport) -> Option<Summary>,
) -> Vec<(f64, Summary)> {
    let at = |point: &&SweepPoint| {
        let found = point.report.comparisons.iter().find(|c| c.comparison == comparison)?;
        Some((axis.place(&point.values[0])?, of(found)?))
    };
    points.iter().filter_map(at).collect()
}
