//! The decomposition as a waterfall: from hard labels, term by term, to the teacher arm.

use fractionate_records::{Metric, Term};
use fractionate_statistics::Summary;

use crate::analysis::answer;
use crate::error::ReportError;
use crate::frames;
use crate::model::decomposition::{Decomposition, TermRow};
use crate::model::metric_words::MetricWords;
use crate::model::report::{ComparisonReport, Report};
use crate::numbers::{DASH, list, plus_minus, signed_plus_minus};
use crate::render::figures::drawing::axis::Scale;
use crate::render::figures::drawing::fonts::text_width;
use crate::render::figures::drawing::key::Sample;
use crate::render::figures::drawing::scene::{Align, Label, Scene};
use crate::render::figures::drawing::style::{GREY, INK, PAPER, RULE, SMALL, TEXT, TITLE};
use crate::render::figures::drawing::{axis, key, style};
use crate::render::figures::figure::{Draw, Drawing, FigureKind, OfComparison, Section};
use crate::render::figures::words::{comparison_setting, setting_line};
use crate::render::tables;

/// The figure, for the registry.
pub(crate) const FIGURE: FigureKind = FigureKind {
    name: "decomposition",
    title: "From hard labels to the teacher, term by term",
    section: Section::Answer,
    colour_scale: false,
    draw: Draw::Comparison(draw),
};

const MARGIN: f64 = 5.0;
const TOP: f64 = 30.0;
const ROW: f64 = 19.0;
const BAR: f64 = 10.0;
const AXIS: f64 = 24.0;

/// One row of the figure.
struct Row<'a> {
    names: Vec<&'a str>,
    kind: Kind<'a>,
}

enum Kind<'a> {
    /// A level that is reached: an arm.
    Level(&'a str, Summary),
    /// A step from `start`.
    Step(&'a TermRow, f64),
}

/// The terms whose arms are in the suite, and the total.
fn known(decomposition: &Decomposition) -> impl Iterator<Item = &TermRow> {
    decomposition.seven().filter(|row| row.gain.is_some())
}

/// Whether there is more to draw than the total, which the arms' figure shows.
fn is_worth_drawing(decomposition: &Decomposition) -> bool {
    decomposition.terms.iter().any(|row| row.gain.is_some())
}

/// Draws the figure. Terms that do not rest on the same seeds do not add up: they are then drawn from 0, each for itself.
fn scene(report: &Report, comparison: &ComparisonReport) -> Scene {
    let column = report.style.column();
    let decomposition = &comparison.decomposition;
    let levels = decomposition.hard.zip(decomposition.teacher);
    // NLL falls where things get better: the axis runs backwards, so that a gain always points to the right.
    let sign = if report.metric == Metric::TestNll { -1.0 } else { 1.0 };
    let rows = match levels {
        Some((hard, teacher)) => chained(&decomposition.terms, hard, teacher, sign),
        None => known(decomposition).map(|t| Row { names: names(t.term), kind: Kind::Step(t, 0.0) }).collect(),
    };
    let decimals = report.metric.decimals();
    let values: Vec<String> = rows.iter().map(|row| value(row, decimals)).collect();
    let widest = |texts: &mut dyn Iterator<Item = &str>| texts.map(|t| text_width(t, TEXT, false)).fold(0.0, f64::max);
    let left = MARGIN + widest(&mut rows.iter().flat_map(|r| r.names.iter().copied())) + 6.0;
    let right = column - MARGIN - widest(&mut values.iter().map(String::as_str)) - 7.0;

    let bottom = TOP + ROW * rows.len() as f64;
    let entries = entries(decomposition, comparison.interval_words());
    let width = column - 2.0 * MARGIN;
    let mut scene = Scene::new(column, bottom + AXIS + key::height(&entries, width) + 2.0);
    let (low, high) = axis::range(rows.iter().flat_map(|row| extent(row, sign))).unwrap_or((0.0, 0.0));
    let scale = Scale::around(low, high, (left, right));
    let name = match levels {
        Some(_) => format!("{} ({})", report.metric.name(), report.metric.unit()),
        None => format!("gain in {} ({})", report.metric.name(), report.metric.gain_unit()),
    };
    title(&mut scene, report, comparison, levels.is_some());
    // Along the axis everything is counted so that more is better; the numbers are the metric's own.
    let shown = if levels.is_some() { sign } else { 1.0 };
    axis::below(&mut scene, &scale, TOP - 2.0, bottom, &name, |x| shown * x);
    scene.line((left, bottom), (right, bottom), 0.6, RULE);

    if let Some((hard, teacher)) = levels {
        for (arm, level) in [("hard", hard), ("teacher", teacher)] {
            let x = scale.at(sign * level.mean);
            scene.dashes((x, TOP), (x, bottom), 0.7, style::arm_colour(arm).faint(0.75));
        }
    } else {
        scene.line((scale.at(0.0), TOP - 2.0), (scale.at(0.0), bottom), 0.7, GREY);
    }
    for (i, (row, value)) in rows.iter().zip(&values).enumerate() {
        let y = TOP + ROW * (i as f64 + 0.5);
        row_names(&mut scene, &row.names, left - 6.0, y);
        let strong =
            matches!(row.kind, Kind::Level(..)) || matches!(row.kind, Kind::Step(t, _) if t.term == Term::Total);
        let label = Label::new(value, (column - MARGIN, y + 2.6), Align::Right);
        scene.text(if strong { label.bold() } else { label });
        match row.kind {
            Kind::Level(arm, level) => {
                let colour = style::arm_colour(arm);
                if let Some(i) = level.interval {
                    let (a, b) = (scale.at(sign * i.low), scale.at(sign * i.high));
                    scene.whisker(a.min(b), a.max(b), y, 1.0, colour, PAPER);
                }
                scene.dot((scale.at(sign * level.mean), y), 2.5, PAPER);
                scene.dot((scale.at(sign * level.mean), y), 2.0, colour);
            }
            // The last term ends on the teacher's own line.
            Kind::Step(term, start) => {
                let leads_on = levels.is_some() && i + 2 < rows.len();
                step(&mut scene, &scale, term, start, y, leads_on);
            }
        }
    }
    key::draw(&mut scene, &entries, (MARGIN, bottom + AXIS), width);
    scene
}

/// What the intervals are.
fn entries(decomposition: &Decomposition, words: &str) -> key::Entries {
    let mut entries = key::Entries::new();
    if known(decomposition).any(|row| row.gain.is_some_and(|gain| gain.interval.is_some())) {
        entries.push((Sample::Whisker, words.to_owned()));
    }
    entries
}

fn chained<'a>(terms: &'a [TermRow], hard: Summary, teacher: Summary, sign: f64) -> Vec<Row<'a>> {
    let mut rows = vec![Row { names: vec!["hard labels"], kind: Kind::Level("hard", hard) }];
    let mut reached = sign * hard.mean;
    for term in terms {
        rows.push(Row { names: names(term.term), kind: Kind::Step(term, reached) });
        reached += term.gain.map_or(0.0, |g| g.mean);
    }
    rows.push(Row { names: vec!["teacher"], kind: Kind::Level("teacher", teacher) });
    rows
}

/// A term's name, in two lines where one is too long.
fn names(term: Term) -> Vec<&'static str> {
    match term {
        Term::Interaction => vec!["domain × instance", "interaction"],
        Term::ExampleSpecific => vec!["example-specific", "relations"],
        other => vec![other.name()],
    }
}

fn value(row: &Row<'_>, decimals: usize) -> String {
    match row.kind {
        Kind::Level(_, level) => plus_minus(&level, decimals),
        Kind::Step(term, _) => term.gain.map_or(DASH.to_owned(), |g| signed_plus_minus(&g, decimals)),
    }
}

/// The places along the axis that a row takes.
fn extent(row: &Row<'_>, sign: f64) -> Vec<f64> {
    match row.kind {
        Kind::Level(_, level) => {
            let ends = level.interval.map_or([level.mean; 2], |i| [i.low, i.high]);
            ends.map(|v| sign * v).to_vec()
        }
        Kind::Step(term, start) => {
            let ends = term.gain.map(|g| g.interval.map_or([g.mean; 2], |i| [i.low, i.high]));
            std::iter::once(start).chain(ends.into_iter().flatten().map(|v| start + v)).collect()
        }
    }
}

/// `The gain of 1.88 ± 0.20 points, decomposed`; a total whose sign is open is no gain to decompose.
fn total_in_words(total: &Summary, metric: Metric) -> String {
    let (unit, most) = (metric.gain_unit(), metric.decimals());
    let Some(interval) = total.interval else {
        return format!("One seed: teacher − hard {} {unit}", signed_plus_minus(total, most));
    };
    if interval.contains(0.0) {
        return format!("No gain shown: teacher − hard {} {unit}", signed_plus_minus(total, most));
    }
    let noun = if total.mean < 0.0 { "loss" } else { "gain" };
    let size = plus_minus(&Summary { mean: total.mean.abs(), ..*total }, most);
    format!("The {noun} of {size} {unit}, decomposed")
}

fn title(scene: &mut Scene, report: &Report, comparison: &ComparisonReport, chained: bool) {
    let column = report.style.column();
    let gain = comparison.decomposition.total.gain.filter(|_| chained);
    let words = match gain {
        Some(g) => total_in_words(&g, report.metric),
        None => "Each term of the decomposition".to_owned(),
    };
    scene.text(Label::new(words, (MARGIN, 11.0), Align::Left).bold().sized(TITLE).within(column - 2.0 * MARGIN));
    let seeds = comparison.decomposition.total.seeds.len();
    let remark = setting_line(report, comparison, if chained { seeds } else { comparison.seeds });
    scene.text(
        Label::new(remark, (MARGIN, 21.0), Align::Left).sized(SMALL).coloured(GREY).within(column - 2.0 * MARGIN),
    );
}

fn row_names(scene: &mut Scene, names: &[&str], right: f64, y: f64) {
    match names {
        [one] => scene.text(Label::new(*one, (right, y + 2.6), Align::Right)),
        lines => {
            for (line, dy) in lines.iter().zip([-1.2, 6.3]) {
                scene.text(Label::new(*line, (right, y + dy), Align::Right));
            }
        }
    }
}

/// A bar that ends in a tip: the tip says which way the term goes.
fn step(scene: &mut Scene, scale: &Scale, term: &TermRow, start: f64, y: f64, leads_on: bool) {
    let Some(gain) = term.gain else { return };
    let (from, to) = (scale.at(start), scale.at(start + gain.mean));
    let tip = (to - from).signum() * (to - from).abs().min(3.5);
    let (above, below) = (y - BAR / 2.0, y + BAR / 2.0);
    if (to - from).abs() > 0.05 {
        let outline = vec![(from, above), (to - tip, above), (to, y), (to - tip, below), (from, below)];
        scene.area(outline, style::term_colour(term.term));
    } else {
        scene.line((from, above), (from, below), 1.2, style::term_colour(term.term));
    }
    if leads_on {
        // Leads from where this term ends to where the next begins.
        scene.line((to, y), (to, y + ROW - BAR / 2.0), 0.6, RULE);
    }
    if let Some(i) = gain.interval {
        scene.whisker(scale.at(start + i.low), scale.at(start + i.high), y, 0.9, INK, PAPER);
    }
}

/// Draws the figure.
fn draw(of: &OfComparison<'_>) -> Result<Option<Drawing>, ReportError> {
    let OfComparison { report, comparison, .. } = *of;
    if !is_worth_drawing(&comparison.decomposition) {
        return Ok(None);
    }
    let frame = &mut tables::decomposition_frame(&comparison.decomposition, report.metric)?;
    let data = frames::csv("decomposition", frame)?;
    Ok(Some(Drawing { alt: alt(report, comparison), scene: scene(report, comparison), data }))
}

/// The waterfall: the gain and its largest part.
fn alt(report: &Report, c: &ComparisonReport) -> String {
    let (metric, found) = (report.metric, &c.decomposition);
    let (unit, most) = (metric.gain_unit(), metric.decimals());
    let parts: Vec<String> = found
        .terms
        .iter()
        .filter_map(|row| Some(format!("{} {}", row.term.name(), signed_plus_minus(&row.gain?, most))))
        .collect();
    let parts = list(&parts);
    match found.total.gain.filter(|_| found.additive) {
        Some(total) => {
            let decided = total.interval.is_some_and(|interval| !interval.contains(0.0));
            let largest = match decided && found.terms.iter().all(|row| row.gain.is_some()) {
                true => format!("; {}", answer::largest(&found.terms, total.mean >= 0.0, found)),
                false => String::new(),
            };
            format!("{} ({}): {parts}{largest}.", total_in_words(&total, metric), comparison_setting(c))
        }
        None => format!("Each term in {unit} ({}): {parts}.", comparison_setting(c)),
    }
}
