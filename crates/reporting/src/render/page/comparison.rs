//! The section of one comparison: arms, differences, decomposition, figures.

use std::collections::HashSet;

use fractionate_records::{ArmChoice, Comparison, GridPoint, Term};
use fractionate_statistics::{SIGNIFICANCE_LEVEL, Summary};

use crate::error::ReportError;
use crate::model::decomposition::TermRow;
use crate::model::differences::DifferenceRow;
use crate::model::metric_words::MetricWords;
use crate::model::other_intervals::{IntervalKind, OtherIntervals, kinds_of};
use crate::model::report::{ArmRow, ComparisonReport, Report};
use crate::model::selection_stability::SelectionStability;
use crate::numbers::{capital, count, fixed, list, p_value, signed_plus_minus};
use crate::render::figures::figure::Section as FigureSection;
use crate::render::page::comparison_words::comparison_title;
use crate::render::page::pieces::{Folded, Piece, Section};
use crate::render::page::table::{Cell, Table};
use crate::render::page::{Subject, figure};
use crate::render::tables;
use crate::render::text::seed_floor::seed_floor_sentence;
use crate::render::text::selection_stability;
use crate::render::text::words::has_intervals;

/// Everything of one comparison but its answer.
pub(crate) fn section(subject: Subject<'_>, c: &ComparisonReport) -> Result<Section, ReportError> {
    let report = subject.report;
    let name = c.comparison.name();
    let short = if c.comparison == Comparison::Tuned { "Tuned" } else { "Fixed" };
    let mut section = Section::new(name, comparison_title(report, c.comparison), short);
    if has_intervals(c) {
        section.text(c.scope.clone());
    }
    section.list(c.notes.clone());
    arms(&mut section, report, c);
    differences(&mut section, report, c);
    decomposition(&mut section, report, c);
    if let Some(found) = &c.teachers {
        section.heading("teachers", format!("Teachers, {name}"), "Teachers");
        let caption = format!("The terms under each teacher ({}), {name}", report.metric.gain_unit());
        section.table(Table::of(&caption, &tables::teachers_text(found, report.metric)));
        section.text(tables::teachers::EXPLANATION.to_owned());
    }
    let figures = figure::of_comparison(subject.figures, name, |kind| kind.section == FigureSection::Comparison)?;
    if !figures.is_empty() {
        section.heading("figures", format!("Figures, {name}"), "Figures");
        section.figures(figures);
    }
    Ok(section)
}

fn arms(section: &mut Section, report: &Report, c: &ComparisonReport) {
    let name = c.comparison.name();
    section.heading("arms", format!("Arms, {name}"), "Arms");
    let tuned = c.comparison == Comparison::Tuned && !report.choices.is_empty();
    section.table(arms_table(report, c, tuned));
    if let Some(best) = &c.best {
        section.text(format!(
            "Best: `{best}`, significantly different from every other arm (paired t tests of all pairs, Holm-adjusted)."
        ));
    }
    section.list(arms_notes(report, c, tuned));
    let rows: Vec<IntervalRow<'_>> = c.arms.iter().map(|arm| (arm.arm.as_str(), arm.summary, &arm.other)).collect();
    let caption = format!("95% intervals of the arms' means ({}), {name}", report.metric.unit());
    let caption = (caption, c.interval_under());
    intervals(section, "Other intervals of the arms' means", caption, &rows, report.metric.decimals());
    if tuned {
        section.pieces.push(Piece::Folded(Folded {
            title: "Selected settings, runner-up settings and selection stability".into(),
            table: Table::of(
                "Hyperparameter selection",
                &tables::choices_text(&report.choices, &report.selection_stability),
            ),
        }));
        section.text(selection_stability::sentence(&report.selection_stability));
    }
}

/// What the columns say.
fn arms_notes(report: &Report, c: &ComparisonReport, tuned: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if tuned {
        notes.push(
            "Learning rate and lambda: the setting with the best mean validation accuracy over the tuning seeds. Edge: the \
             setting lies at that end of the grid; a better one may lie beyond."
                .to_owned(),
        );
        if report.selection_stability.iter().any(|selection_stability| selection_stability.changes_without.is_some()) {
            notes.push(
                "Selection stability: stable if every leave-one-seed-out selection is the same; otherwise how many of them \
                 change."
                    .to_owned(),
            );
        }
    }
    if c.arms.iter().any(|arm| arm.interquartile_mean.is_some()) {
        notes.push("IQM: the interquartile mean, of the middle half of the seeds.".to_owned());
    }
    if c.arms.iter().any(|arm| arm.best_minus_last.is_some()) {
        notes.push(
            "Best − last epoch: how much better the best evaluated epoch was than the last on the test split; the optimism \
             of picking the best epoch."
                .to_owned(),
        );
    }
    notes
}

fn arms_table(report: &Report, c: &ComparisonReport, tuned: bool) -> Table {
    let metric = report.metric;
    let decimals = metric.decimals();
    let decays: HashSet<u64> = report.choices.iter().map(|choice| choice.setting.weight_decay.to_bits()).collect();
    let with_decay = tuned && decays.len() > 1;
    // The mean and its interval first: a narrow screen shows these.
    let mut table = Table::new(format!("{} of each arm, {}", capital(metric.name()), c.comparison.name()))
        .words("arm")
        .numbers("mean", metric.unit())
        .numbers(INTERVAL, c.interval_under());
    if tuned {
        table = table.numbers("learning rate", "").numbers("lambda", "");
        if with_decay {
            table = table.numbers("weight decay", "");
        }
        table = table.words("selection").words("edge");
    }
    table = table
        .numbers("n", "")
        .numbers("sd", "")
        .numbers("IQM", metric.unit())
        .numbers("best − last epoch", metric.gain_unit());
    for arm in &c.arms {
        let choice = tables::choice_of(&report.choices, &arm.arm);
        let mut own = report.selection_stability.iter().filter(|row| row.arm == arm.arm);
        // Of several teachers the folded table shows each.
        let selection_stability = own.next().filter(|_| own.next().is_none());
        let best = c.best.as_ref() == Some(&arm.arm);
        let mut cells = vec![Cell::words(arm.arm.clone()).with_under(match (best, arm.arm == report.reference) {
            (true, true) => "best; the reference",
            (true, false) => "best",
            (false, true) => "the reference",
            (false, false) => "",
        })];
        let s = arm.summary;
        cells.extend([Cell::fixed(s.map(|s| s.mean), decimals), Cell::interval(s.and_then(|s| s.interval), decimals)]);
        if tuned {
            cells.extend(choice_cells(choice, selection_stability, with_decay));
        }
        cells.extend(arm_cells(arm, decimals));
        if best { table.push_strong(cells) } else { table.push(cells) }
    }
    table.without_empty_columns()
}

fn arm_cells(arm: &ArmRow, decimals: usize) -> [Cell; 4] {
    let s = arm.summary;
    [
        Cell::count(s.map_or(0, |s| s.n)),
        Cell::fixed(s.and_then(|s| s.sd), decimals),
        Cell::fixed(arm.interquartile_mean, decimals),
        Cell::mean(arm.best_minus_last, signed_plus_minus, decimals),
    ]
}

fn choice_cells(
    choice: Option<&ArmChoice>,
    selection_stability: Option<&SelectionStability>,
    with_decay: bool,
) -> Vec<Cell> {
    let number = |value: f64| Cell::number(value.to_string(), value);
    let of = |value: fn(&GridPoint) -> f64| choice.map_or_else(Cell::dash, |c| number(value(&c.setting)));
    let lambda = of(|p| p.lambda);
    let mut cells = vec![of(|p| p.learning_rate)];
    // Hard labels have no lambda.
    cells.push(if lambda.sort == Some(0.0) { Cell::dash() } else { lambda });
    if with_decay {
        cells.push(of(|p| p.weight_decay));
    }
    let word = selection_stability
        .filter(|f| f.settings > 1)
        .and_then(|f| Some((f.changes_without.as_ref()?.len(), f.tuning_seeds)));
    cells.push(match word {
        None => Cell::dash(),
        Some((0, _)) => Cell::words("stable"),
        Some((changes, seeds)) => Cell::words("changes").with_under(format!("{changes} of {seeds}")),
    });
    cells.push(choice.map_or_else(Cell::dash, edge_cell));
    cells
}

/// Where the setting lies on the grid's edge: `lambda`, below it `lower`.
fn edge_cell(choice: &ArmChoice) -> Cell {
    if choice.edges.is_empty() {
        return Cell::dash();
    }
    let axes: Vec<String> = choice.edges.iter().map(|edge| edge.axis.replace('_', " ")).collect();
    let ends: Vec<String> =
        choice.edges.iter().map(|edge| if edge.upper { "upper" } else { "lower" }.to_owned()).collect();
    Cell::words(list(&axes)).with_under(list(&ends))
}

fn differences(section: &mut Section, report: &Report, c: &ComparisonReport) {
    if c.differences.is_empty() {
        return;
    }
    let (name, reference) = (c.comparison.name(), &report.reference);
    section.heading("differences", format!("Differences from {reference}, {name}"), "Differences");
    section.text(format!("Every arm against `{reference}`, paired by seed: above 0 the arm is better."));
    section.table(differences_table(report, c));
    if c.differences.iter().any(|row| row.tests.is_some()) {
        section.list(vec![
            "d_z (Cohen): the mean gain over its standard deviation.".to_owned(),
            "Improvement: the share of pairs in which the arm is better, ties counted one half, with Wilson's 95% interval."
                .to_owned(),
            "Correlation: Pearson's, of the paired values; above 0, pairing by seed helps.".to_owned(),
        ]);
    }
    let rows: Vec<IntervalRow<'_>> = c.differences.iter().map(|row| (row.arm.as_str(), row.gain, &row.other)).collect();
    let caption = format!("95% intervals of the gains over {reference} ({}), {name}", report.metric.gain_unit());
    let caption = (caption, c.interval_under());
    intervals(section, "Other intervals of the gains", caption, &rows, report.metric.decimals());
    tests(section, report, c);
}

fn differences_table(report: &Report, c: &ComparisonReport) -> Table {
    let metric = report.metric;
    let decimals = metric.decimals();
    let mut table = Table::new(format!("Gains over {}, {}", report.reference, c.comparison.name()))
        .words("arm")
        .numbers("gain", metric.gain_unit())
        .numbers(INTERVAL, c.interval_under())
        .numbers("pairs", "")
        .numbers("sd", "")
        .numbers("d_z", "")
        .numbers("improvement", "probability")
        .numbers("correlation", "of the pairs");
    for row in &c.differences {
        let tests = row.tests.as_ref();
        table.push(vec![
            Cell::words(row.arm.clone()),
            Cell::signed(row.gain.map(|g| g.mean), decimals),
            Cell::interval(row.gain.and_then(|g| g.interval), decimals),
            Cell::count(row.gain.map_or(0, |g| g.n)),
            Cell::fixed(row.gain.and_then(|g| g.sd), decimals),
            Cell::signed(tests.and_then(|t| t.d_z), 2),
            improvement(row),
            Cell::signed(tests.and_then(|t| t.correlation), 2),
        ]);
    }
    table.without_empty_columns()
}

fn improvement(row: &DifferenceRow) -> Cell {
    row.tests.as_ref().map_or_else(Cell::dash, |tests| {
        let share = tests.improvement;
        Cell::number(fixed(share.share, 2), share.share).with_under(format!(
            "{} to {}",
            fixed(share.interval.low, 2),
            fixed(share.interval.high, 2)
        ))
    })
}

fn tests(section: &mut Section, report: &Report, c: &ComparisonReport) {
    if c.differences.iter().all(|row| row.tests.is_none()) {
        return;
    }
    let name = c.comparison.name();
    section.heading("tests", format!("Tests of the differences, {name}"), "Tests");
    let marked = c.floor.is_some_and(|floor| floor.is_reached());
    // Instead of any mark.
    section.pieces.extend(c.floor.as_ref().and_then(seed_floor_sentence).map(Piece::Notice));
    let metric = report.metric;
    let mut table =
        Table::new(format!("p-values of the gains over {}, {name}: Holm-adjusted over the table", report.reference))
            .words("arm")
            .numbers("paired t", "Holm-adjusted p")
            .numbers("sign-flip", "Holm-adjusted p")
            .numbers("signed-rank", "Holm-adjusted p")
            .words("equivalence");
    for row in &c.differences {
        let Some(tests) = &row.tests else {
            table.push(vec![Cell::words(row.arm.clone()), Cell::dash(), Cell::dash(), Cell::dash(), Cell::dash()]);
            continue;
        };
        let marked = c.floor.is_some_and(|floor| floor.is_reached_by(row.seeds.len()));
        table.push(vec![
            Cell::words(row.arm.clone()),
            p_cell(tests.t_of_family, tests.t, marked),
            p_cell(tests.sign_flip_of_family, tests.sign_flip, marked),
            p_cell(tests.signed_rank_of_family, tests.signed_rank, marked),
            tests.equivalence.map_or_else(Cell::dash, |e| {
                let ends = [e.interval.low, e.interval.high].map(|v| fixed(v, metric.decimals()));
                Cell::words(e.verdict.name()).with_under(format!("90%: {} to {}", ends[0], ends[1]))
            }),
        ]);
    }
    let table = table.without_empty_columns();
    let equivalence = table.has("equivalence");
    section.table(table);
    let mark = if marked { format!(" * Holm-adjusted p <= {SIGNIFICANCE_LEVEL}.") } else { String::new() };
    section.text(format!(
        "Two-sided p-values, Holm-adjusted for all {} of the table; below each, the unadjusted p.{mark}",
        count(c.differences.len(), "comparison")
    ));
    if let (true, Some(margin)) = (equivalence, report.margin) {
        section.text(format!(
            "Equivalence by two one-sided tests against the declared margin of {margin} {}: equivalent where the 90% t \
             interval lies inside it, different where it lies wholly outside.",
            metric.gain_unit()
        ));
    }
}

fn p_cell(of_family: Option<f64>, alone: Option<f64>, marked: bool) -> Cell {
    let Some(p) = of_family else { return Cell::dash() };
    let mark = if marked && p <= SIGNIFICANCE_LEVEL { " *" } else { "" };
    let cell = Cell::number(format!("{}{mark}", p_value(p)), p);
    alone.map_or_else(|| cell.clone(), |p| cell.clone().with_under(p_value(p)))
}

/// The terms beside their figure: what each is, and its gain.
pub(crate) fn terms_table(report: &Report, c: &ComparisonReport) -> Table {
    let metric = report.metric;
    let caption = format!("Gain of each term, {}: ± half of the {}", c.comparison.name(), c.interval_words());
    let mut table = Table::new(caption).words("term").numbers("gain", metric.gain_unit());
    for row in c.decomposition.seven().filter(|row| row.gain.is_some()) {
        let term = row.term;
        let what = format!("{}\n{} = {}", capital(term.meaning()), term.symbol(), term.formula());
        let cells =
            vec![Cell::words(term.name()).with_under(what), Cell::mean(row.gain, signed_plus_minus, metric.decimals())];
        if term == Term::Total { table.push_strong(cells) } else { table.push(cells) }
    }
    table
}

fn decomposition(section: &mut Section, report: &Report, c: &ComparisonReport) {
    if c.decomposition.is_empty() {
        section.list(c.decomposition.notes.clone());
        return;
    }
    let (metric, name) = (report.metric, c.comparison.name());
    let decimals = metric.decimals();
    section.heading("decomposition", format!("Terms of the decomposition, {name}"), "Terms");
    let rows = || c.decomposition.known();
    let others = kinds_of(&rows().map(|row| &row.other).collect::<Vec<_>>());
    let mut table = Table::new(format!("Terms of the decomposition, {name}"))
        .words("term")
        .numbers("gain", metric.gain_unit())
        .numbers(INTERVAL, c.interval_under())
        .numbers("sd", "")
        .numbers("n", "");
    for other in &others {
        table = table.numbers(other.name, other.under);
    }
    for row in rows() {
        let cells = term_cells(row, &others, decimals);
        if row.term == Term::Total { table.push_strong(cells) } else { table.push(cells) }
    }
    let table = table.without_empty_columns();
    let with_intervals = table.has(INTERVAL);
    section.table(table);
    section.list(c.decomposition.notes.clone());
    if !with_intervals {
        return;
    }
    let mut notes = vec![if c.includes_selection() {
        "Gain and 95% interval: what the tuned arms give on average, selection included. Verdicts use it.".to_owned()
    } else {
        "95% interval: the paired t interval over seeds, which verdicts use. It holds for other seeds with this teacher and \
         this test set."
            .to_owned()
    }];
    notes.extend(others.iter().map(|other| other.note.to_owned()));
    section.list(notes);
}

fn term_cells(row: &TermRow, others: &[&IntervalKind], decimals: usize) -> Vec<Cell> {
    let mut cells = vec![
        Cell::words(row.term.name()).with_under(format!("{} = {}", row.term.symbol(), row.term.formula())),
        Cell::signed(row.gain.map(|g| g.mean), decimals),
        Cell::interval(row.gain.and_then(|g| g.interval), decimals),
        Cell::fixed(row.gain.and_then(|g| g.sd), decimals),
        Cell::count(row.gain.map_or(0, |g| g.n)),
    ];
    cells.extend(others.iter().map(|other| Cell::interval(row.other.get(other.key), decimals)));
    cells
}

/// The column of the intervals that verdicts use.
const INTERVAL: &str = "95% interval";

/// A name, its mean with its interval, and the others.
type IntervalRow<'a> = (&'a str, Option<Summary>, &'a OtherIntervals);

/// All intervals of some means, folded; nothing where each has a single one. `under`: what the first is.
fn intervals(section: &mut Section, title: &str, caption: (String, &str), rows: &[IntervalRow<'_>], decimals: usize) {
    let (caption, under) = caption;
    let others = kinds_of(&rows.iter().map(|(.., other)| *other).collect::<Vec<_>>());
    if others.is_empty() {
        return;
    }
    let mut table = Table::new(caption).words("arm").numbers(INTERVAL, under);
    for other in &others {
        table = table.numbers(other.name, other.under);
    }
    for (name, summary, own) in rows {
        let mut cells = vec![Cell::words(*name), Cell::interval(summary.and_then(|s| s.interval), decimals)];
        cells.extend(others.iter().map(|other| Cell::interval(own.get(other.key), decimals)));
        table.push(cells);
    }
    section.pieces.push(Piece::Folded(Folded { title: title.to_owned(), table }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_few_seeds_set_no_mark() {
        assert_eq!(p_cell(Some(0.01), None, false).text, "0.010");
        assert_eq!(p_cell(Some(0.01), None, true).text, "0.010 *");
        assert_eq!(p_cell(Some(0.06), None, true).text, "0.060");
    }
}
