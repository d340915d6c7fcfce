//! The sections of a sweep: what is seen along its axes, and links to its configurations' own pages.

use fractionate_records::Comparison;
use fractionate_statistics::Summary;

use crate::error::ReportError;
use crate::model::metric_words::MetricWords;
use crate::model::report::{ComparisonReport, Sweep, SweepConfiguration};
use crate::numbers::{count, list, signed_plus_minus};
use crate::render::figures::figure::Section as FigureSection;
use crate::render::page::comparison_words::{comparison_setting, comparison_title};
use crate::render::page::pieces::{Answer, ConfigurationLink, Piece, Section};
use crate::render::page::table::Table;
use crate::render::page::{Subject, figure, glossary};
use crate::render::tables;
use crate::render::text::words::has_intervals;

/// The answers, configuration by configuration.
pub(crate) fn answers(subject: Subject<'_>, sweep: &Sweep) -> Result<Section, ReportError> {
    let report = subject.report;
    let mut section = Section::new("answer", "The answer", "Answer");
    for comparison in sweep.comparisons() {
        let name = comparison.name();
        let found = sweep.comparison(comparison);
        section.heading(name, format!("Along the sweep, {name}"), short(comparison));
        section.pieces.push(Piece::Answer(Answer {
            comparison: name.to_owned(),
            setting: comparison_setting(report, comparison),
            sentence: sentence(sweep, comparison),
        }));
        let wanted = if tables::has_terms(sweep, comparison) { "sweep_terms" } else { "sweep_arms" };
        section.figures(figure::of_comparison(subject.figures, name, |kind| kind.name == wanted)?);
        let link = |(configuration, c): &(&SweepConfiguration, &ComparisonReport)| ConfigurationLink {
            name: configuration.name.clone(),
            href: href(configuration),
            answer: c.answer.clone(),
        };
        section.pieces.push(Piece::Points(found.iter().map(link).collect()));
        if let Some((_, c)) = found.iter().find(|(_, c)| has_intervals(c)) {
            section.text(c.scope.clone());
        }
    }
    section.pieces.push(glossary::terms());
    let arms = sweep.comparisons().into_iter().flat_map(|comparison| tables::sweep_arms(sweep, comparison));
    let arms: Vec<String> = arms.collect();
    section.pieces.extend(glossary::arms(arms.iter().map(String::as_str)));
    let at = format!("At {}", sweep.configurations[0].name);
    section.list(report.setup.loss_lines().into_iter().map(|line| format!("{at}: {line}")).collect());
    Ok(section)
}

/// `Along tau, 4 points: each configuration answers for itself below.`
fn sentence(sweep: &Sweep, comparison: Comparison) -> String {
    let found = sweep.comparison(comparison);
    let axes = list(&sweep.axis_names());
    let gain = |c: &ComparisonReport| c.decomposition.total.gain;
    let gains: Vec<_> = found.iter().filter_map(|(configuration, c)| Some((configuration, gain(c)?))).collect();
    let configurations = format!("{} along {axes}", count(found.len(), "configuration"));
    let least = gains.iter().min_by(|a, b| a.1.mean.total_cmp(&b.1.mean));
    let most = gains.iter().max_by(|a, b| a.1.mean.total_cmp(&b.1.mean));
    match (least, most) {
        (Some(least), Some(most)) if gains.len() > 1 => {
            let metric = least.0.report.metric;
            let words = |gain: &Summary| signed_plus_minus(gain, metric.decimals());
            format!(
                "{configurations}: distillation differed from hard labels by {} {unit} at {} and by {} {unit} at {}, the least and the most.",
                words(&least.1),
                least.0.name,
                words(&most.1),
                most.0.name,
                unit = metric.gain_unit()
            )
        }
        _ => format!("{configurations}: each has its own answer."),
    }
}

/// The tables and figures along the axes, comparison by comparison.
pub(crate) fn sections(subject: Subject<'_>, sweep: &Sweep) -> Result<Vec<Section>, ReportError> {
    let report = subject.report;
    let mut sections = Vec::new();
    for comparison in sweep.comparisons() {
        let name = comparison.name();
        let mut section = Section::new(name, comparison_title(report, comparison), short(comparison));
        section.heading("arms", format!("Every arm at every configuration, {name}"), "Arms");
        let text = tables::sweep_arms_text(sweep, comparison, report.metric);
        let caption =
            format!("Mean {} ({}), {name}: ± half of the 95% interval", report.metric.name(), report.metric.unit());
        section.table(Table::of(caption, &text));
        let with_terms = tables::has_terms(sweep, comparison);
        if with_terms {
            section.heading("terms", format!("Every term at every configuration, {name}"), "Terms");
            let text = tables::sweep_terms_text(sweep, comparison, report.metric);
            let caption = format!(
                "Mean gain in {} ({}), {name}: ± half of the 95% interval",
                report.metric.name(),
                report.metric.gain_unit()
            );
            section.table(Table::of(caption, &text));
        }
        // The first of them stands in the answer.
        let first = if with_terms { "sweep_terms" } else { "sweep_arms" };
        let figures = figure::of_comparison(subject.figures, name, |kind| {
            kind.section == FigureSection::Sweep && kind.name != first
        })?;
        if !figures.is_empty() {
            section.heading("figures", format!("Figures, {name}"), "Figures");
            section.figures(figures);
        }
        sections.push(section);
    }
    Ok(sections)
}

fn short(comparison: Comparison) -> &'static str {
    if comparison == Comparison::Tuned { "Tuned" } else { "Fixed" }
}

/// The configuration's page, relative to the sweep's: each byte that an address cannot hold as its number.
fn href(configuration: &SweepConfiguration) -> String {
    let folder =
        configuration.report.folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let byte = |b: u8| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'=' | b',' | b'+' => char::from(b).to_string(),
        other => format!("%{other:02X}"),
    };
    format!("configurations/{}/index.html", folder.bytes().map(byte).collect::<String>())
}
