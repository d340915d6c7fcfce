//! The sections of what was recorded in addition to the scores: diagnostics and class relations.

use fractionate_records::Comparison;

use crate::error::ReportError;
use crate::model::class_contrasts::{ClassContrasts, ClassGroup};
use crate::model::diagnostics::DiagnosticsReport;
use crate::numbers::{signed, signed_plus_minus};
use crate::render::figures::figure::Section as FigureSection;
use crate::render::page::figure::FigureView;
use crate::render::page::pieces::Section;
use crate::render::page::table::{Cell, Table};
use crate::render::page::{Subject, figure};
use crate::render::tables;

const OMEGA: &str = "Omega is the ratio of the arm's to the hard labels' gradient on the true class's logit, over the recorded training \
     examples: above 1 the arm makes more of an example. Its Spearman correlation with the teacher's probability of the label \
     (± over seeds), its median and outer deciles (means over seeds).";

const FIDELITY: &str = "On the test split. Agreement: the share of examples on which student and teacher predict the same class. KL(p || q) at \
     T = 1. ECE: expected calibration error over 15 bins of equal width. CKA: linear, of penultimate features.";

const CONTRASTS: &str = "Block contrast: the mean within super-classes minus the mean across them, without the diagonal; of the teacher's \
     probabilities over its training examples (correlations), and of the students' logit weights (cosine similarities; ± \
     over seeds). Like teacher: Spearman's rank correlation of the two over pairs of classes.";

/// What was recorded of the runs, comparison by comparison.
pub(crate) fn section(subject: Subject<'_>) -> Result<Option<Section>, ReportError> {
    let mut section = Section::new("diagnostics", "Diagnostics", "Diagnostics");
    for found in &subject.report.diagnostics {
        let name = found.comparison.name();
        let short = if found.comparison == Comparison::Tuned { "Tuned" } else { "Fixed" };
        section.heading(name, format!("What was recorded of the {name} runs"), short);
        of_comparison(&mut section, found);
        section
            .figures(figure::of_comparison(subject.figures, name, |kind| kind.section == FigureSection::Diagnostics)?);
        section.list(found.notes.clone());
    }
    Ok(section.some())
}

fn of_comparison(section: &mut Section, found: &DiagnosticsReport) {
    let name = found.comparison.name();
    if !found.epochs().is_empty() {
        section.table(Table::of(format!("Gradient rescaling omega, {name}"), &tables::omega_text(found)));
        section.text(OMEGA);
    }
    if !found.arms.is_empty() {
        let table =
            Table::of(format!("Fidelity to the teacher and calibration, {name}"), &tables::fidelity_text(found));
        section.table(table.without_empty_columns());
        section.text(FIDELITY);
    }
}

/// Which classes resemble which.
pub(crate) fn relations(subject: Subject<'_>) -> Result<Option<Section>, ReportError> {
    let mut section = Section::new("relations", "Class relations", "Class relations");
    let Some(found) = &subject.report.class_relations else { return Ok(None) };
    let figures = subject.figures.iter().filter(|figure| figure.kind.section == FigureSection::ClassRelations);
    section.figures(figures.map(FigureView::of).collect::<Result<_, _>>()?);
    if !found.groups.is_empty() {
        section.table(groups(&found.groups));
    }
    if !found.is_empty() {
        contrasts(&mut section, found);
        section.text(CONTRASTS);
    }
    section.list(found.notes.clone());
    Ok(section.some())
}

/// How many classes of a group the page names, and how long a name may be.
const NAMED: usize = 5;
const NAME: usize = 40;

/// The groups of classes that the figures show, with some of their classes.
fn groups(groups: &[ClassGroup]) -> Table {
    let mut table = Table::new("Groups of classes").words("group").numbers("classes", "").words("most typical");
    for group in groups {
        let mut words: Vec<String> = group.classes.iter().take(NAMED).map(|name| shortened(name)).collect();
        if group.classes.len() > NAMED {
            words.push(format!("and {} more", group.classes.len() - NAMED));
        }
        let cells =
            [Cell::words(shortened(&group.name)), Cell::count(group.classes.len()), Cell::words(words.join(", "))];
        table.push(cells.into());
    }
    table
}

fn shortened(name: &str) -> String {
    match name.char_indices().nth(NAME) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// The teacher's contrasts, then those of each comparison's students: comparisons are never in one table.
fn contrasts(section: &mut Section, found: &ClassContrasts) {
    let number = |value: Option<f64>| value.map_or_else(Cell::dash, |v| Cell::number(signed(v, 3), v));
    let mut table =
        Table::new("Block contrast of the teacher's probabilities").words("temperature").numbers("block contrast", "");
    for row in &found.teacher {
        table.push(vec![Cell::number(format!("T = {}", row.temperature), row.temperature), number(row.contrast)]);
    }
    section.table(table);
    for comparison in [Comparison::Tuned, Comparison::Fixed] {
        let mut table = Table::new(format!("Block contrast of the students' logit weights, {}", comparison.name()))
            .words("arm")
            .numbers("n", "")
            .numbers("block contrast", "");
        for teacher in &found.teacher {
            table = table.numbers("like teacher", format!("T = {}", teacher.temperature));
        }
        for row in found.students.iter().filter(|row| row.comparison == comparison) {
            let mut cells =
                vec![Cell::words(row.arm.clone()), Cell::count(row.n), Cell::mean(row.contrast, signed_plus_minus, 3)];
            cells.extend((0..found.teacher.len()).map(|i| number(row.spearman.get(i).copied().flatten())));
            table.push(cells);
        }
        section.table(table.without_empty_columns());
    }
}
