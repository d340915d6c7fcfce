//! Several teachers: every term a row, each teacher's mean a dot, the mean with its interval; below it where the squared
//! standard error of each term comes from.

use fractionate_statistics::Summary;

use crate::error::ReportError;
use crate::frames;
use crate::model::metric_words::MetricWords;
use crate::model::report::{ComparisonReport, Report};
use crate::model::teachers::{TeacherTerm, TeachersReport};
use crate::numbers::{DASH, count, list, signed_plus_minus};
use crate::render::figures::drawing::axis::Scale;
use crate::render::figures::drawing::fonts::text_width;
use crate::render::figures::drawing::key::Sample;
use crate::render::figures::drawing::scene::{Align, Label, Scene};
use crate::render::figures::drawing::style::{Colour, GREY, PAPER, RULE, SMALL, TEXT, TITLE};
use crate::render::figures::drawing::{axis, key, style};
use crate::render::figures::figure::{Draw, Drawing, FigureKind, OfComparison, Section};
use crate::render::figures::words::setting_line;
use crate::render::tables;

/// The figure, for the registry.
pub(crate) const FIGURE: FigureKind = FigureKind {
    name: "teachers",
    title: "The terms under each teacher, and where their uncertainty comes from",
    section: Section::Comparison,
    colour_scale: false,
    draw: Draw::Comparison(draw),
};

const MARGIN: f64 = 5.0;
const TOP: f64 = 30.0;
/// A row of dots and their mean.
const ROW: f64 = 14.0;
const AXIS: f64 = 24.0;
/// A row with a bar.
const BAR: f64 = 11.0;
const HEAD: f64 = 14.0;

/// The colour of each source of variance, in the order of [`VarianceOfMean::sources`].
///
/// [`VarianceOfMean::sources`]: crate::model::teachers::VarianceOfMean::sources
fn colour(source: usize) -> Colour {
    style::other_line(source).0
}

fn gain(comparison: &ComparisonReport, term: &TeacherTerm) -> Option<Summary> {
    comparison.decomposition.seven().find(|row| row.term == term.term)?.gain
}

fn scene(report: &Report, comparison: &ComparisonReport, found: &TeachersReport) -> Scene {
    let column = report.style.column();
    let width = column - 2.0 * MARGIN;
    let most = report.metric.decimals();
    let rows: Vec<(&TeacherTerm, Option<Summary>)> =
        found.terms.iter().map(|term| (term, gain(comparison, term))).collect();
    let values: Vec<String> =
        rows.iter().map(|(_, gain)| gain.map_or(DASH.to_owned(), |gain| signed_plus_minus(&gain, most))).collect();
    let widest = |texts: &mut dyn Iterator<Item = &str>| texts.map(|t| text_width(t, TEXT, false)).fold(0.0, f64::max);
    let left = MARGIN + widest(&mut rows.iter().map(|(term, _)| term.term.name())).min(column / 2.3) + 6.0;
    let right = column - MARGIN - widest(&mut values.iter().map(String::as_str)) - 7.0;
    let ends = |gain: &Option<Summary>| gain.and_then(|gain| gain.interval).map_or(vec![], |i| vec![i.low, i.high]);
    let drawn = rows.iter().flat_map(|(term, gain)| [term.by_teacher.clone(), ends(gain)].concat());
    let (low, high) = axis::range(drawn.chain([0.0])).unwrap_or((0.0, 0.0));
    let scale = Scale::around(low, high, (left, right));
    let points: key::Entries = vec![
        (Sample::Seed, "one teacher, mean over seeds".to_owned()),
        (Sample::Mean, "mean, 95% interval over teachers and seeds".to_owned()),
    ];
    let is_there = |source: usize| rows.iter().any(|(term, _)| term.components.variance.sources()[source].1 > 0.0);
    let sources: key::Entries = (0..5)
        .filter(|&source| is_there(source))
        .map(|source| {
            let name = rows[0].0.components.variance.sources()[source].0;
            (Sample::Ground(colour(source)), name.to_owned())
        })
        .collect();

    let bottom = TOP + ROW * rows.len() as f64;
    let bars = bottom + AXIS + key::height(&points, width) + HEAD + 6.0;
    let end = bars + BAR * rows.len() as f64;
    let mut scene = Scene::new(column, end + 5.0 + key::height(&sources, width) + 2.0);
    let title = format!("The terms under {}", count(found.teachers.len(), "teacher"));
    scene.text(Label::new(title, (MARGIN, 11.0), Align::Left).bold().sized(TITLE).within(width));
    let remark = setting_line(report, comparison, comparison.seeds);
    scene.text(Label::new(remark, (MARGIN, 21.0), Align::Left).sized(SMALL).coloured(GREY).within(width));
    let name = format!("gain in {} ({})", report.metric.name(), report.metric.gain_unit());
    axis::below(&mut scene, &scale, TOP - 2.0, bottom, &name, |x| x);
    scene.line((left, bottom), (right, bottom), 0.6, RULE);
    scene.line((scale.at(0.0), TOP - 2.0), (scale.at(0.0), bottom), 0.8, GREY);
    for (i, ((term, gain), value)) in rows.iter().zip(&values).enumerate() {
        let top = TOP + ROW * i as f64;
        let middle = top + ROW / 2.0;
        let name = Label::new(term.term.name(), (left - 6.0, middle + 2.6), Align::Right);
        scene.text(name.within(left - 6.0 - MARGIN));
        scene.text(Label::new(value, (column - MARGIN, middle + 2.6), Align::Right));
        let colour = style::term_colour(term.term);
        for (j, mean) in term.by_teacher.iter().enumerate() {
            let wobble = [0.0, 0.9, -0.9][j % 3];
            scene.dot((scale.at(*mean), top + 4.3 + wobble), 1.35, colour.faint(0.6));
        }
        let Some(gain) = gain else { continue };
        let level = top + 9.8;
        if let Some(i) = gain.interval {
            scene.whisker(scale.at(i.low), scale.at(i.high), level, 1.1, colour, PAPER);
        }
        scene.dot((scale.at(gain.mean), level), 2.2, PAPER);
        scene.dot((scale.at(gain.mean), level), 1.8, colour);
    }
    key::draw(&mut scene, &points, (MARGIN, bottom + AXIS), width);
    let head = "Shares of the squared standard error, test set included";
    scene.text(Label::new(head, (MARGIN, bars - 5.0), Align::Left).bold().sized(TEXT).within(width));
    for (i, (term, _)) in rows.iter().enumerate() {
        let (top, foot) = (bars + BAR * i as f64 + 1.5, bars + BAR * (i + 1) as f64 - 1.5);
        let name = Label::new(term.term.name(), (left - 6.0, foot - 1.4), Align::Right);
        scene.text(name.within(left - 6.0 - MARGIN));
        let (total, reach) = (term.components.variance.total(), column - MARGIN - left);
        let mut from = left;
        for (source, (_, variance)) in term.components.variance.sources().into_iter().enumerate() {
            if total <= 0.0 || variance <= 0.0 {
                continue;
            }
            let to = from + reach * variance / total;
            scene.area(vec![(from, top), (to, top), (to, foot), (from, foot)], colour(source));
            from = to;
        }
    }
    key::draw(&mut scene, &sources, (MARGIN, end + 5.0), width);
    scene
}

/// Draws the figure.
fn draw(of: &OfComparison<'_>) -> Result<Option<Drawing>, ReportError> {
    let OfComparison { report, comparison, .. } = *of;
    let Some(found) = comparison.teachers.as_ref().filter(|found| !found.terms.is_empty()) else { return Ok(None) };
    let (alt, scene) = (alt(report, comparison, found), scene(report, comparison, found));
    let data = frames::csv("figure teachers", &mut tables::teachers_frame(found, report.metric)?)?;
    Ok(Some(Drawing { alt, scene, data }))
}

/// The largest source of each term's uncertainty.
fn alt(report: &Report, comparison: &ComparisonReport, found: &TeachersReport) -> String {
    let word = |term: &TeacherTerm| {
        let sources = term.components.variance.sources();
        let (source, _) = sources.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
        let gain = gain(comparison, term)?;
        let gain = format!("{} {}", signed_plus_minus(&gain, report.metric.decimals()), report.metric.gain_unit());
        Some(format!("{} {gain}, most of its uncertainty from {source}", term.term.name()))
    };
    let words: Vec<String> = found.terms.iter().filter_map(word).collect();
    format!("The terms under {}: {}.", count(found.teachers.len(), "teacher"), list(&words))
}
