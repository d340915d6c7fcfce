//! What did not go as planned, and what a reader should know before believing the numbers.

use crate::model::problem_runs::missing_sentences;
use crate::model::report::{ComparisonReport, Report};
use crate::numbers::count;
use crate::render::page::pieces::{Piece, Section};
use crate::render::page::table::{Cell, Table};
use crate::render::tables;
use crate::render::text::seed_floor::seed_floor_sentence;

/// Runs that are in no table.
pub(crate) fn problems(report: &Report) -> Section {
    let mut section = Section::new("runs", "Failed, missing and unreadable runs", "Runs");
    if report.diverged.is_empty() && report.missing.is_empty() && report.unreadable.is_empty() {
        let read = match report.read_runs {
            0 => "There are none: no run was planned.".to_owned(),
            n => format!("There are none: {} planned, all of them read.", count(n, "run")),
        };
        section.text(read);
        return section;
    }
    let mut table = Table::new("Runs whose loss or gradient stopped being finite: they are in no mean")
        .words("arm")
        .numbers("seed", "")
        .words("made for")
        .words("learning rate, lambda, weight decay")
        .numbers("epoch", "")
        .numbers("step", "")
        .words("run");
    for run in &report.diverged {
        let roles: Vec<&str> = run.roles.iter().map(|role| role.name()).collect();
        table.push(vec![
            Cell::words(run.arm.clone()),
            Cell::number(run.seed.to_string(), run.seed as f64),
            Cell::words(roles.join(", ")),
            run.setting.map_or_else(Cell::dash, |setting| Cell::words(tables::setting(setting, true))),
            run.epoch.map_or_else(Cell::dash, Cell::count),
            run.step.map_or_else(Cell::dash, Cell::count),
            Cell::words(format!("`{}`", run.id)),
        ]);
    }
    section.table(table.without_empty_columns());
    if !report.unreadable.is_empty() {
        section.heading("unreadable", format!("{} not read", count(report.unreadable.len(), "run")), "Not read");
        section.list(report.unreadable.iter().map(|run| run.reason.clone()).collect());
    }
    if !report.missing.is_empty() {
        let missing: std::collections::HashSet<&str> = report.missing.iter().map(|run| run.id.as_str()).collect();
        let planned = count(report.planned_runs, "planned run");
        section.heading("missing", format!("{} of {planned} not there", missing.len()), "Not there");
        section.list(missing_sentences(&report.missing, report.setup.imported.is_some()));
    }
    section
}

/// Everything that should temper a reader's trust.
pub(crate) fn warnings(report: &Report) -> Section {
    let mut section = Section::new("warnings", "Warnings", "Warnings");
    let mut sentences = report.warnings.clone();
    sentences.extend(report.comparisons.iter().filter_map(few_seeds));
    let exploratory = report.claims.iter().filter(|claim| claim.exploratory).count();
    if exploratory > 0 {
        let verb = if exploratory == 1 { "was" } else { "were" };
        sentences.push(format!(
            "{} {verb} declared after the runs, and so {} exploratory: no evidence for what the runs suggested.",
            count(exploratory, "claim"),
            if exploratory == 1 { "is" } else { "are" }
        ));
    }
    let diverged = report.diverged.iter().filter(|run| run.is_compared()).count();
    if diverged > 0 {
        sentences.push(format!(
            "{} diverged and {} in no mean.",
            count(diverged, "compared run"),
            if diverged == 1 { "is" } else { "are" }
        ));
    }
    let mut edges: Vec<&str> = report.choices.iter().filter(|c| !c.edges.is_empty()).map(|c| c.arm.as_str()).collect();
    let mut seen = std::collections::HashSet::new();
    edges.retain(|arm| seen.insert(*arm));
    if !edges.is_empty() {
        let names: Vec<String> = edges.iter().map(|arm| format!("`{arm}`")).collect();
        sentences.push(format!(
            "On the grid's edge, beyond which a better setting may lie: {}.",
            crate::numbers::list(&names)
        ));
    }
    sentences.extend(report.notes.iter().cloned());
    if sentences.is_empty() {
        section.text("There are none.");
    } else {
        section.pieces.push(Piece::List(sentences));
    }
    section
}

fn few_seeds(c: &ComparisonReport) -> Option<String> {
    let name = c.comparison.name();
    if let Some(sentence) = c.floor.as_ref().and_then(seed_floor_sentence) {
        return Some(format!("Few seeds ({name}): {sentence}"));
    }
    (c.seeds < 2).then(|| format!("One seed ({name}): there is no interval, and nothing is shown."))
}
