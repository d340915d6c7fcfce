//! What the page says, section by section.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::ReportError;
use crate::model::metric_words::MetricWords;
use crate::model::report::Report;
use crate::numbers::{count, grouped};
use crate::render::figures::figure::{Figure, Section as FigureSection};
use crate::render::page::comparison_words::comparison_setting;
use crate::render::page::pieces::{Answer, Beside, Fact, FileText, Piece, Section};
use crate::render::page::{
    Subject, claims, comparison, dark, diagnostics, figure, glossary, provenance, sweep, warnings,
};

/// The whole page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Content {
    pub(crate) title: String,
    pub(crate) suite: String,
    /// The configuration of the sweep that it is about; empty otherwise.
    pub(crate) configuration: String,
    pub(crate) question: String,
    /// What was trained, on what.
    pub(crate) facts: Vec<Fact>,
    pub(crate) sections: Vec<Section>,
    /// How many warnings there are.
    pub(crate) warnings: usize,
    /// What the page's script works with.
    #[serde(skip)]
    pub(crate) data: Data,
}

/// What the page's script works with.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Data {
    /// The figures' data as CSV, by the names of what is saved.
    tables: BTreeMap<String, String>,
    /// The figures' colours in the dark theme.
    colours: BTreeMap<String, String>,
}

/// Everything that the page shows.
pub(crate) fn content(subject: Subject<'_>) -> Result<Content, ReportError> {
    let Subject { report, figures, .. } = subject;
    let mut sections = Vec::new();
    match &report.sweep {
        Some(found) => {
            sections.push(sweep::answers(subject, found)?);
            sections.extend(claims::section(report));
            sections.extend(sweep::sections(subject, found)?);
        }
        None => {
            sections.push(answers(report, figures)?);
            sections.extend(claims::section(report));
            for c in &report.comparisons {
                sections.push(comparison::section(subject, c)?);
            }
        }
    }
    sections.extend(diagnostics::section(subject)?);
    sections.extend(diagnostics::relations(subject)?);
    sections.push(glossary::section(report));
    sections.push(suite_as_run(subject));
    sections.push(provenance::section(subject));
    sections.push(warnings::problems(report));
    let last = warnings::warnings(report);
    let warnings = last.pieces.iter().map(|piece| if let Piece::List(items) = piece { items.len() } else { 0 }).sum();
    sections.push(last);
    let configuration = subject.configuration.unwrap_or_default().to_owned();
    Ok(Content {
        title: if configuration.is_empty() {
            report.suite.clone()
        } else {
            format!("{}, {configuration}", report.suite)
        },
        suite: report.suite.clone(),
        configuration,
        question: report.question.clone(),
        facts: facts(subject),
        sections,
        warnings,
        data: data(figures)?,
    })
}

/// The words that each comparison comes to, its waterfall, and the terms with what they mean.
fn answers(report: &Report, figures: &[Figure]) -> Result<Section, ReportError> {
    let mut section = Section::new("answer", "The answer", "Answer");
    for c in &report.comparisons {
        let name = c.comparison.name();
        section.pieces.push(Piece::Answer(Answer {
            comparison: name.to_owned(),
            setting: comparison_setting(report, c.comparison),
            sentence: c.answer.clone(),
        }));
        let mut drawn = figure::of_comparison(figures, name, |kind| kind.section == FigureSection::Answer)?.into_iter();
        if let Some(figure) = drawn.next() {
            section.pieces.push(Piece::Beside(Beside { figure, table: comparison::terms_table(report, c) }));
        }
        section.pieces.extend(drawn.map(Piece::Figure));
    }
    if report.comparisons.is_empty() {
        let sentence = if report.read_runs == 0 {
            crate::model::problem_runs::NOTHING_YET
        } else {
            "No compared run is finished yet: there is nothing to answer with."
        };
        section.pieces.push(Piece::Notice(sentence.to_owned()));
    }
    section.pieces.extend(glossary::arms(report.comparisons.iter().flat_map(|c| &c.arms).map(|row| row.arm.as_str())));
    section.list(report.setup.loss_lines());
    Ok(section)
}

/// `Teacher`, `Students`, `Examples`, and what is compared.
fn facts(subject: Subject<'_>) -> Vec<Fact> {
    let report = subject.report;
    let mut facts = vec![Fact::new(
        "Compared",
        vec![format!(
            "{} on {}, {}, {}",
            report.metric.name(),
            report.data_set,
            count(subject.configurations[0].manifest.seeds.len(), "seed"),
            crate::render::text::words::epoch_in_words(report.epoch_rule)
        )],
    )];
    if report.read_runs > 0 {
        let lines = report.setup.lines();
        let at =
            report.sweep.as_ref().map(|sweep| format!("at {}: ", sweep.configurations[0].name)).unwrap_or_default();
        for line in lines {
            let (name, words) = line.split_once(": ").unwrap_or(("Set-up", &line));
            facts.push(Fact::new(name, vec![format!("{at}{words}")]));
        }
    }
    facts.push(Fact::new(
        "Runs",
        vec![format!("{} of {} planned were read", grouped(report.read_runs), grouped(report.planned_runs))],
    ));
    facts
}

/// The suite's file as the store keeps it.
fn suite_as_run(subject: Subject<'_>) -> Section {
    let mut section = Section::new("suite", "The suite as run", "Suite");
    if subject.report.setup.imported.is_some() {
        section.text("The runs were made elsewhere and imported from a table: how they were set up is not known here.");
        return section;
    }
    match subject.store.folder().read("suite.toml") {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            section.text(
                "The resolved suite, every default written out: `fractionate run` makes the same runs of it again.",
            );
            section.pieces.push(Piece::File(FileText { name: "suite.toml".into(), text }));
        }
        Err(error) if error.is_missing() => {
            section.text("suite.toml is not in the folder of results.");
        }
        Err(error) => section.text(format!("suite.toml cannot be read: {error}.")),
    }
    section
}

fn data(figures: &[Figure]) -> Result<Data, ReportError> {
    let text = |figure: &Figure| String::from_utf8_lossy(&figure.data).into_owned();
    let without_scale = figures.iter().filter(|figure| !figure.kind.colour_scale);
    let svgs: Vec<String> = without_scale.map(Figure::svg).collect::<Result<_, _>>()?;
    Ok(Data {
        tables: figures.iter().map(|figure| (figure.name.replace('/', "-"), text(figure))).collect(),
        colours: dark::dark_colours(svgs.iter().map(String::as_str)),
    })
}
