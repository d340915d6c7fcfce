//! Every term of the decomposition along a sweep.

use fractionate_records::{Comparison, Term};
use fractionate_statistics::Summary;

use crate::error::ReportError;
use crate::frames;
use crate::model::metric_words::MetricWords;
use crate::model::report::{ComparisonReport, Report, Sweep, SweepConfiguration};
use crate::numbers::{list, signed_plus_minus};
use crate::render::figures::drawing::axis::least_reach;
use crate::render::figures::drawing::panels::{Line, Panel, Panels};
use crate::render::figures::drawing::scene::Scene;
use crate::render::figures::drawing::{axis, panels, style};
use crate::render::figures::figure::{Draw, Drawing, FigureKind, OfSweep, Section};
use crate::render::figures::sweep_axis::{along, along_axes, first_axis, from_to, groups, sweep_setting};
use crate::render::tables;

/// The figure, for the registry.
pub(crate) const FIGURE: FigureKind = FigureKind {
    name: "sweep_terms",
    title: "Every term along the sweep",
    section: Section::Sweep,
    colour_scale: false,
    draw: Draw::Sweep(draw),
};

/// Each of the six terms along the first axis, a panel each; a line for each combination of the other axes' values.
fn scene(report: &Report, sweep: &Sweep, comparison: Comparison) -> Scene {
    let axis = first_axis(sweep);
    let groups = groups(sweep);
    let panel = |term: Term| {
        let line = |(i, (name, configurations)): (usize, &(String, Vec<&SweepConfiguration>))| {
            let (colour, form) = match groups.len() {
                1 => (style::term_colour(term), style::Form::of(0)),
                _ => style::other_line(i),
            };
            let points = along(&axis, comparison, configurations, |c| c.term(term)?.gain);
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
        column: report.style.column(),
        title: format!("What each part gives, along {}", axis.name),
        remark: panels::remark(&format!("gain in {}", report.metric.gain_unit()), &sweep_setting(report, comparison)),
        columns: panels.len().min(3),
        panels,
        least_reach: least_reach(report.metric),
        zero: true,
    })
}

/// Draws the figure.
fn draw(of: &OfSweep<'_>) -> Result<Option<Drawing>, ReportError> {
    let OfSweep { report, sweep, comparison } = *of;
    if !tables::has_terms(sweep, comparison) {
        return Ok(None);
    }
    let data = frames::csv("sweep_terms", &mut tables::sweep_terms_frame(sweep, comparison, report.metric)?)?;
    let (alt, scene) = (alt(report, sweep, comparison), scene(report, sweep, comparison));
    Ok(Some(Drawing { alt, scene, data }))
}

/// The sweep's terms: how the total and the term that moves most go.
fn alt(report: &Report, sweep: &Sweep, comparison: Comparison) -> String {
    let metric = report.metric;
    let found = sweep.comparison(comparison);
    let gain = |term: Term| move |(_, c): &(&SweepConfiguration, &ComparisonReport)| c.term(term)?.gain;
    let show = |s: &Summary| format!("{} {}", signed_plus_minus(s, metric.decimals()), metric.gain_unit());
    let span = |term: Term| {
        let means: Vec<f64> = found.iter().filter_map(gain(term)).map(|s| s.mean).collect();
        axis::range(means).map_or(f64::NEG_INFINITY, |(low, high)| high - low)
    };
    let most = Term::SIX.into_iter().reduce(|a, b| if span(b) > span(a) { b } else { a });
    let mut parts = Vec::new();
    if let Some(words) = from_to(&found, gain(Term::Total), show) {
        parts.push(format!("the total gain {words}"));
    }
    if let Some((term, words)) = most.and_then(|term| Some((term, from_to(&found, gain(term), show)?))) {
        parts.push(format!("the term that moves most, {}, {words}", term.name()));
    }
    format!("What each part gives {}: {}.", along_axes(sweep), list(&parts))
}
