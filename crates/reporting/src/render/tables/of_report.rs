//! Which tables a report has.

use fractionate_records::Comparison;

use crate::analysis::class_relations::ClassRelations;
use crate::error::ReportError;
use crate::model::class_contrasts::ClassContrasts;
use crate::model::diagnostics::DiagnosticsReport;
use crate::model::metric_words::MetricWords;
use crate::model::report::{ComparisonReport, Report, Sweep};
use crate::render::tables::intervals::{Means, intervals_text};
use crate::render::tables::{Table, TextTable};

/// The tables of one comparison.
pub(crate) fn of_comparison(report: &Report, c: &ComparisonReport) -> Result<Vec<Table>, ReportError> {
    let metric = report.metric;
    let mut tables = vec![Table::of(
        "arms",
        crate::render::tables::arms_text(report, c),
        crate::render::tables::arms::arms_frame(&c.arms, metric)?,
    )];
    tables.push(Table::of_text("arms_intervals", arms_intervals(report, c)));
    if !c.differences.is_empty() {
        let text = crate::render::tables::differences_text(&c.differences, &report.reference, metric);
        let frame = crate::render::tables::differences::differences_frame(&c.differences, &report.reference, metric)?;
        tables.push(Table::of("differences", text, frame));
        tables.push(Table::of_text("differences_intervals", differences_intervals(report, c)));
    }
    if c.differences.iter().any(|row| row.tests.is_some()) {
        let frame = crate::render::tables::paired_tests::tests_frame(&c.differences, &report.reference)?;
        tables.push(Table::of("tests", crate::render::tables::tests_text(&c.differences), frame));
    }
    if !c.pairs.is_empty() {
        let frame = crate::render::tables::pairs_frame(&c.pairs, metric)?;
        tables.push(Table::of("pairs", crate::render::tables::paired_tests::pairs_text(&c.pairs, metric), frame));
    }
    let frame = || crate::render::tables::decomposition_frame(&c.decomposition, metric);
    if !c.decomposition.is_empty() {
        let text = crate::render::tables::decomposition_text(&c.decomposition, metric);
        tables.push(Table::of("decomposition", text, frame()?));
        tables.push(Table::of_text("decomposition_intervals", decomposition_intervals(report, c)));
    } else if c.decomposition.total.gain.is_some() {
        tables.push(Table::of_frame("decomposition", frame()?));
    }
    if c.decomposition.seven().any(|row| row.gain.is_some()) {
        let by_seed = crate::render::tables::decomposition::by_seed_frame(&c.decomposition, metric)?;
        tables.push(Table::of_frame("decomposition_by_seed", by_seed));
    }
    if let Some(found) = &c.teachers {
        let text = crate::render::tables::teachers_text(found, metric);
        tables.push(Table::of("teachers", text, crate::render::tables::teachers_frame(found, metric)?));
    }
    Ok(tables)
}

/// All intervals of the arms' means.
pub(crate) fn arms_intervals(report: &Report, c: &ComparisonReport) -> TextTable {
    let rows = c.arms.iter().map(|row| Means { name: &row.arm, summary: row.summary, other: &row.other });
    intervals_text("arm", report.metric.unit(), report.metric.decimals(), false, &rows.collect::<Vec<_>>())
}

/// All intervals of the differences from the reference.
pub(crate) fn differences_intervals(report: &Report, c: &ComparisonReport) -> TextTable {
    let rows = c.differences.iter().map(|row| Means { name: &row.arm, summary: row.gain, other: &row.other });
    let of = format!("arm − {}", report.reference);
    intervals_text(&of, report.metric.gain_unit(), report.metric.decimals(), true, &rows.collect::<Vec<_>>())
}

/// All intervals of the terms.
pub(crate) fn decomposition_intervals(report: &Report, c: &ComparisonReport) -> TextTable {
    let rows = c.decomposition.known().map(|row| Means { name: row.term.name(), summary: row.gain, other: &row.other });
    intervals_text("term", report.metric.gain_unit(), report.metric.decimals(), true, &rows.collect::<Vec<_>>())
}

/// The tables of a configuration that belong to no single comparison.
pub(crate) fn of_configuration(report: &Report) -> Result<Vec<Table>, ReportError> {
    if report.choices.is_empty() {
        return Ok(Vec::new());
    }
    let text = crate::render::tables::choices_text(&report.choices, &report.selection_stability);
    let frame = crate::render::tables::choices::choices_frame(&report.choices, &report.selection_stability)?;
    Ok(vec![Table::of("choices", text, frame)])
}

/// The table of claims; none without any.
pub(crate) fn of_claims(report: &Report) -> Result<Vec<Table>, ReportError> {
    if report.claims.is_empty() {
        return Ok(Vec::new());
    }
    let frame = crate::render::tables::claims::claims_frame(&report.claims, report.metric)?;
    Ok(vec![Table::of("claims", crate::render::tables::claims_text(&report.claims, report.metric), frame)])
}

/// The table of block contrasts.
pub(crate) fn of_contrasts(contrasts: &ClassContrasts) -> Result<Table, ReportError> {
    Ok(Table::of(
        "contrasts",
        crate::render::tables::contrasts_text(contrasts),
        crate::render::tables::contrasts::contrasts_frame(contrasts)?,
    ))
}

/// The tables of every relation of two classes, and of the groups of classes that are drawn.
pub(crate) fn of_relations(found: &ClassRelations) -> Result<Vec<Table>, ReportError> {
    let mut tables = vec![if found.has_many_entries() {
        Table::of_frame("relations_of_pairs", found.by_class.pairs_frame()?).only_parquet()
    } else {
        Table::of_frame("relations", found.by_class.frame()?)
    }];
    if !found.contrasts.groups.is_empty() {
        let frame = crate::render::tables::contrasts::groups_frame(&found.contrasts)?;
        tables.push(Table::of_frame("class_groups", frame));
    }
    Ok(tables)
}

/// The tables of a comparison's diagnostics.
pub(crate) fn of_diagnostics(found: &DiagnosticsReport) -> Result<Vec<Table>, ReportError> {
    let mut tables = vec![
        Table::of(
            "fidelity",
            crate::render::tables::fidelity_text(found),
            crate::render::tables::diagnostics::fidelity_frame(found)?,
        ),
        Table::of_frame("difficulty", crate::render::tables::difficulty_frame(found)?),
    ];
    if !found.epochs().is_empty() {
        tables.push(Table::of(
            "omega",
            crate::render::tables::omega_text(found),
            crate::render::tables::omega_frame(found)?,
        ));
    }
    Ok(tables)
}

/// The tables along a sweep's axes.
pub(crate) fn of_sweep(report: &Report, sweep: &Sweep, comparison: Comparison) -> Result<Vec<Table>, ReportError> {
    let metric = report.metric;
    // With few configurations, arms are rows.
    let turned = |text: &TextTable| sweep.axes.len() == 1 && text.rows.len() + 1 < text.columns.len();
    let text = crate::render::tables::sweep_arms_text(sweep, comparison, metric);
    let turn = turned(&text);
    let frame = crate::render::tables::sweep_arms_frame(sweep, comparison, metric)?;
    let cells = format!("{} in {}", metric.name(), metric.unit());
    let mut tables = vec![Table::of("sweep_arms", text, frame).turned(turn).with_cells(cells)];
    if crate::render::tables::has_terms(sweep, comparison) {
        let text = crate::render::tables::sweep_terms_text(sweep, comparison, metric);
        let turn = turned(&text);
        let frame = crate::render::tables::sweep_terms_frame(sweep, comparison, metric)?;
        let cells = format!("gain in {} in {}", metric.name(), metric.gain_unit());
        tables.push(Table::of("sweep_terms", text, frame).turned(turn).with_cells(cells));
    }
    Ok(tables)
}
