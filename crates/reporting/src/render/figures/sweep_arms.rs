//! Every arm along a sweep.

use fractionate_records::Comparison;

use crate::error::ReportError;
use crate::frames;
use crate::model::metric_words::MetricWords;
use crate::model::report::{ComparisonReport, Report, Sweep, SweepConfiguration};
use crate::numbers::{capital, list};
use crate::render::figures::drawing::axis::least_reach;
use crate::render::figures::drawing::panels::{Line, Panel, Panels};
use crate::render::figures::drawing::scene::Scene;
use crate::render::figures::drawing::{panels, style};
use crate::render::figures::figure::{Draw, Drawing, FigureKind, OfSweep, Section};
use crate::render::figures::sweep_axis::{along, along_axes, first_axis, from_to, groups, sweep_setting};
use crate::render::figures::words::with_unit;
use crate::render::tables;

/// The figure, for the registry.
pub(crate) const FIGURE: FigureKind = FigureKind {
    name: "sweep_arms",
    title: "Every arm along the sweep",
    section: Section::Sweep,
    colour_scale: false,
    draw: Draw::Sweep(draw),
};

/// Every arm's metric along the first axis; the other axes' values as panels.
fn scene(report: &Report, sweep: &Sweep, comparison: Comparison) -> Scene {
    let arms = tables::sweep_arms(sweep, comparison);
    let looks = panels::arm_lines(&arms);
    let axis = first_axis(sweep);
    let panel = |(title, configurations): (String, Vec<&SweepConfiguration>)| {
        let line = |(arm, (colour, form)): (&String, &(style::Colour, style::Form))| Line {
            name: arm.clone(),
            colour: *colour,
            form: *form,
            points: along(&axis, comparison, &configurations, |c| c.arm(arm)?.summary),
        };
        let lines = arms.iter().zip(&looks).map(line).filter(|line| !line.points.is_empty()).collect();
        Panel { title, axis: axis.clone(), lines, levels: vec![] }
    };
    let panels: Vec<Panel> = groups(sweep).into_iter().map(panel).collect();
    let better = if report.metric == fractionate_records::Metric::TestNll { ", lower is better" } else { "" };
    let value = format!("{} ({}{better})", report.metric.name(), report.metric.unit());
    panels::draw(&Panels {
        column: report.style.column(),
        title: format!("{} along {}", capital(report.metric.name()), axis.name),
        remark: panels::remark(&value, &sweep_setting(report, comparison)),
        columns: if panels.len() > 1 { panels.len().clamp(2, 3) } else { 1 },
        panels,
        least_reach: least_reach(report.metric),
        zero: false,
    })
}

/// Draws the figure.
fn draw(of: &OfSweep<'_>) -> Result<Option<Drawing>, ReportError> {
    let OfSweep { report, sweep, comparison } = *of;
    let data = frames::csv("sweep_arms", &mut tables::sweep_arms_frame(sweep, comparison, report.metric)?)?;
    let (alt, scene) = (alt(report, sweep, comparison), scene(report, sweep, comparison));
    Ok(Some(Drawing { alt, scene, data }))
}

/// The sweep's arms: where the ends of the first axis lie.
fn alt(report: &Report, sweep: &Sweep, comparison: Comparison) -> String {
    let metric = report.metric;
    let arms = crate::render::tables::sweep_arms(sweep, comparison);
    let wanted = ["teacher", report.reference.as_str()];
    let named = arms.iter().filter(|arm| wanted.contains(&arm.as_str()));
    let named: Vec<&String> = if named.clone().count() > 0 { named.collect() } else { arms.iter().take(2).collect() };
    let found = sweep.comparison(comparison);
    let along = named.iter().filter_map(|arm| {
        let of = |(_, c): &(&SweepConfiguration, &ComparisonReport)| c.arm(arm)?.summary;
        Some(format!("{arm} {}", from_to(&found, of, |s| with_unit(s, metric))?))
    });
    format!("{} {}: {}.", capital(metric.name()), along_axes(sweep), list(&along.collect::<Vec<_>>()))
}
