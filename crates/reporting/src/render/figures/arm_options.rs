//! The metric against an arm's numeric option: accuracy by the k of `top-k`, by the strength of `label-smoothing`.

use fractionate_records::arm_base_name;
use fractionate_statistics::Summary;

use crate::error::ReportError;
use crate::frames;
use crate::model::metric_words::MetricWords;
use crate::model::report::{ArmRow, ComparisonReport, Report};
use crate::numbers::capital;
use crate::render::figures::drawing::axis::least_reach;
use crate::render::figures::drawing::panels::{HorizontalAxis, Level, Line, Panel, Panels};
use crate::render::figures::drawing::{panels, style};
use crate::render::figures::figure::{Draw, Drawing, FigureKind, OfComparison, Section};
use crate::render::figures::words::{comparison_setting, extremes, setting_line, with_unit};

/// The figure, for the registry.
pub(crate) const FIGURE: FigureKind = FigureKind {
    name: "arm_options",
    title: "Along an arm's option",
    section: Section::Comparison,
    colour_scale: false,
    draw: Draw::Comparison(draw),
};

/// From how many variants of an arm on they are drawn as a line.
const LEAST: usize = 3;

/// An arm's variants by their option.
#[derive(Debug)]
struct Variants<'a> {
    base: &'a str,
    axis: String,
    rows: Vec<(f64, &'a ArmRow)>,
}

/// Draws the figure, where some arm has enough variants.
fn draw(of: &OfComparison<'_>) -> Result<Option<Drawing>, ReportError> {
    let OfComparison { suite, report, comparison, .. } = *of;
    let classes = suite.configuration.classes.len();
    let families = families(&comparison.arms, classes);
    if families.is_empty() {
        return Ok(None);
    }
    let levels: Vec<Level> = ["hard", "teacher"]
        .iter()
        .filter_map(|arm| {
            let summary = comparison.arm(arm)?.summary?;
            Some(Level { name: (*arm).to_owned(), colour: style::arm_colour(arm), summary })
        })
        .collect();
    let panel = |family: &Variants<'_>| {
        let words: Vec<String> = family.rows.iter().map(|(option, _)| option.to_string()).collect();
        let axis = HorizontalAxis::of(&family.axis, &words);
        let point = |(word, (_, row)): (&String, &(f64, &ArmRow))| Some((axis.place(word)?, row.summary?));
        let points = words.iter().zip(&family.rows).filter_map(point).collect();
        let (colour, form) = (style::arm_colour(family.base), style::arm_form(family.base, 0));
        let lines = vec![Line { name: family.base.to_owned(), colour, form, points }];
        Panel { title: family.base.to_owned(), axis, lines, levels: levels.clone() }
    };
    let panels: Vec<Panel> = families.iter().map(panel).collect();
    let value = format!("{} ({})", report.metric.name(), report.metric.unit());
    let scene = panels::draw(&Panels {
        column: report.style.column(),
        title: format!("{} by the arms' options", capital(report.metric.name())),
        remark: panels::remark(&value, &setting_line(report, comparison, comparison.seeds)),
        columns: if panels.len() > 1 { panels.len().clamp(2, 3) } else { 1 },
        panels,
        least_reach: least_reach(report.metric),
        zero: false,
    });
    let alt = alt(report, comparison, &families);
    Ok(Some(Drawing { alt, scene, data: data(&families)? }))
}

/// The arms with enough numeric variants, in the suite's order.
fn families(arms: &[ArmRow], classes: usize) -> Vec<Variants<'_>> {
    let mut families: Vec<Variants<'_>> = Vec::new();
    for row in arms {
        let base = arm_base_name(&row.arm);
        let Some(option) = numeric_option(&row.arm) else { continue };
        // A share of the classes and a number of classes lie on one axis.
        let option = if base == "top-k" && option >= 1.0 { option / classes.max(1) as f64 } else { option };
        match families.iter_mut().find(|family| family.base == base) {
            Some(family) => family.rows.push((option, row)),
            None => families.push(Variants { base, axis: axis_name(base), rows: vec![(option, row)] }),
        }
    }
    families.retain(|family| family.rows.len() >= LEAST);
    for family in &mut families {
        family.rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    families
}

/// The number in an arm's parentheses, where one stands there alone.
fn numeric_option(arm: &str) -> Option<f64> {
    let option = arm.strip_suffix(')')?.split_once('(')?.1;
    option.parse::<f64>().ok().filter(|option| option.is_finite())
}

fn axis_name(base: &str) -> String {
    match base {
        "top-k" => "share of the classes that is kept".to_owned(),
        "label-smoothing" => "mass on the label".to_owned(),
        "class-similarity" => "temperature of the similarities".to_owned(),
        _ => format!("option of {base}"),
    }
}

fn data(families: &[Variants<'_>]) -> Result<Vec<u8>, ReportError> {
    let rows: Vec<(&str, f64, &ArmRow)> = families
        .iter()
        .flat_map(|family| family.rows.iter().map(|(option, row)| (family.base, *option, *row)))
        .collect();
    let mut columns = vec![
        frames::column("arm", rows.iter().map(|r| r.2.arm.as_str()).collect::<Vec<_>>()),
        frames::column("base", rows.iter().map(|r| r.0).collect::<Vec<_>>()),
        frames::column("option", rows.iter().map(|r| r.1).collect::<Vec<_>>()),
    ];
    columns.extend(crate::render::tables::summary_columns(&rows.iter().map(|r| r.2.summary).collect::<Vec<_>>()));
    frames::csv("figure arm_options", &mut frames::frame("figure arm_options", columns)?)
}

/// An arm's options: the best and the worst.
fn alt(report: &Report, c: &ComparisonReport, families: &[Variants<'_>]) -> String {
    let metric = report.metric;
    let of = |Variants { base, rows, .. }: &Variants<'_>| {
        let found: Vec<(String, Summary)> =
            rows.iter().filter_map(|(option, row)| Some((option.to_string(), row.summary?))).collect();
        let means: Vec<(&str, f64)> = found.iter().map(|(option, s)| (option.as_str(), s.mean)).collect();
        let [best, worst] = extremes(metric, &means)?;
        let show = |option: &str| {
            let summary = &found.iter().find(|(own, _)| own == option).expect("one of these").1;
            format!("{option} ({})", with_unit(summary, metric))
        };
        Some(format!("{base} is best at {} and worst at {}", show(best.0), show(worst.0)))
    };
    let families: Vec<String> = families.iter().filter_map(of).collect();
    format!("{} by the arms' options ({}): {}.", capital(metric.name()), comparison_setting(c), families.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(arm: &str) -> ArmRow {
        ArmRow {
            arm: arm.into(),
            conditional: None,
            summary: None,
            other: Default::default(),
            interquartile_mean: None,
            best_minus_last: None,
            seeds: vec![],
        }
    }

    #[test]
    fn variants_with_numbers_are_a_family_in_the_order_of_their_numbers() {
        let arms = ["hard", "top-k(5)", "top-k(0.25)", "top-k(0.1)", "label-smoothing(0.9)", "dkd(1,8)"].map(row);
        let families = families(&arms, 20);
        assert_eq!(families.len(), 1);
        let options: Vec<f64> = families[0].rows.iter().map(|row| row.0).collect();
        assert_eq!(options, [0.1, 0.25, 0.25]);
    }
}
