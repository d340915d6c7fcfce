//! How often one arm is better than another at the same seed: a matrix of all pairs.

use fractionate_records::Metric;
use fractionate_statistics::{PairedTests, SIGNIFICANCE_LEVEL};

use crate::error::ReportError;
use crate::frames;
use crate::model::report::{ComparisonReport, Report};
use crate::numbers::{count, fixed};
use crate::render::figures::drawing::fonts::text_width;
use crate::render::figures::drawing::scene::{Align, Label, Scene};
use crate::render::figures::drawing::style::{Colour, GREY, GRID, INK, PAPER, SMALL, TEXT, TITLE};
use crate::render::figures::drawing::{key, style};
use crate::render::figures::figure::{Draw, Drawing, FigureKind, OfComparison, Section};
use crate::render::figures::words::{comparison_setting, extremes, setting_line};
use crate::render::tables;

/// The figure, for the registry.
pub(crate) const FIGURE: FigureKind = FigureKind {
    name: "improvement",
    title: "How often one arm is better than another",
    section: Section::Comparison,
    colour_scale: true,
    draw: Draw::Comparison(draw),
};

const MARGIN: f64 = 5.0;
const TOP: f64 = 42.0;
/// Up to how many arms fit a column's width.
const NARROW: usize = 12;
/// The corner of a cell whose two arms are significantly different.
const CORNER: f64 = 2.8;

/// Whether there is a pair to draw.
fn is_worth_drawing(c: &ComparisonReport) -> bool {
    c.pairs.iter().any(|pair| pair.tests.is_some())
}

/// The tests of two arms, and whether the pair is the other way round.
fn tests<'a>(c: &'a ComparisonReport, row: &str, column: &str) -> Option<(&'a PairedTests, bool)> {
    let is = |a: &str, b: &str| c.pairs.iter().find(|pair| pair.arm == a && pair.other_arm == b);
    let straight = is(row, column).and_then(|pair| Some((pair.tests.as_ref()?, false)));
    straight.or_else(|| is(column, row).and_then(|pair| Some((pair.tests.as_ref()?, true))))
}

/// In which share of the pairs of seeds the row's arm is better than the column's.
fn share(c: &ComparisonReport, row: &str, column: &str) -> Option<f64> {
    let (tests, turned) = tests(c, row, column)?;
    let share = tests.improvement.share;
    Some(if turned { 1.0 - share } else { share })
}

/// Whether the two are significantly different. Too few seeds for the tests of the family allow no such statement.
fn differ_significantly(c: &ComparisonReport, row: &str, column: &str) -> bool {
    let pair = c
        .pairs
        .iter()
        .find(|pair| [row, column] == [&pair.arm, &pair.other_arm].map(String::as_str))
        .or_else(|| c.pairs.iter().find(|pair| [column, row] == [&pair.arm, &pair.other_arm].map(String::as_str)));
    let enough = |floor: fractionate_statistics::SeedFloor| pair.is_some_and(|pair| floor.is_reached_by(pair.gain.n));
    c.floor.is_none_or(enough)
        && tests(c, row, column).and_then(|(tests, _)| tests.t_of_family).is_some_and(|p| p <= SIGNIFICANCE_LEVEL)
}

/// Draws the figure.
fn scene(report: &Report, c: &ComparisonReport) -> Scene {
    let column = report.style.column();
    let arms: Vec<&str> = c.arms.iter().filter(|a| a.summary.is_some()).map(|a| a.arm.as_str()).collect();
    let names: Vec<String> = arms.iter().zip(1..).map(|(arm, number)| format!("{arm}  {number}")).collect();
    let width = if arms.len() > NARROW { 2.0 * column } else { column };
    let widest = names.iter().map(|name| text_width(name, TEXT, false)).fold(0.0, f64::max);
    let left = MARGIN + widest.min(column / 2.4) + 4.0;
    let cell = ((width - MARGIN - left) / arms.len() as f64).min(17.0);
    let size = (0.58 * cell).min(SMALL);
    let bottom = TOP + cell * arms.len() as f64;

    let inner = width - 2.0 * MARGIN;
    let marked = arms.iter().enumerate().any(|(i, a)| arms[..i].iter().any(|b| differ_significantly(c, a, b)));
    let mut scene = Scene::new(width, bottom + key::LINE + 6.0);
    let title = "How often the arm of a row is the better one";
    scene.text(Label::new(title, (MARGIN, 11.0), Align::Left).bold().sized(TITLE).within(inner));
    let remark = format!("% of pairs of seeds; {}", setting_line(report, c, c.seeds));
    scene.text(Label::new(remark, (MARGIN, 21.0), Align::Left).sized(SMALL).coloured(GREY).within(inner));
    scene.text(Label::new("than the arm", (left - 4.0, TOP - 3.5), Align::Right).sized(SMALL).coloured(GREY));
    for (i, (arm, name)) in arms.iter().zip(&names).enumerate() {
        let y = TOP + cell * (i as f64 + 0.5);
        scene.text(Label::new(name, (left - 4.0, y + 2.6), Align::Right).within(left - 4.0 - MARGIN));
        let number = Label::new((i + 1).to_string(), (left + cell * (i as f64 + 0.5), TOP - 3.5), Align::Middle);
        scene.text(number.sized(SMALL).coloured(GREY));
        for (j, other) in arms.iter().enumerate() {
            let x = left + cell * j as f64;
            let own = share(c, arm, other).filter(|_| i != j);
            let ground = own.map_or(if i == j { PAPER } else { GRID }, style::sequential);
            square(&mut scene, (x, y - cell / 2.0), cell, ground);
            let Some(share) = own else { continue };
            let ink = style::ink_on_sequential(share);
            let words = Label::new(fixed(100.0 * share, 0), (x + cell / 2.0, y + 0.36 * size), Align::Middle);
            let words = words.sized(size).coloured(ink);
            if differ_significantly(c, arm, other) {
                scene.text(words.bold());
                corner(&mut scene, (x + cell - 0.7, y - cell / 2.0 + 0.7), ink);
            } else {
                scene.text(words);
            }
        }
    }
    foot(&mut scene, c, marked, (MARGIN, bottom + key::LINE), inner);
    scene
}

/// A cell, with a rim of paper.
fn square(scene: &mut Scene, (x, y): (f64, f64), side: f64, colour: Colour) {
    let (a, b) = (x + 0.35, x + side - 0.35);
    let (top, bottom) = (y + 0.35, y + side - 0.35);
    scene.area(vec![(a, top), (b, top), (b, bottom), (a, bottom)], colour);
}

/// A mark in the upper right corner.
fn corner(scene: &mut Scene, (x, y): (f64, f64), colour: Colour) {
    scene.area(vec![(x, y), (x, y + CORNER), (x - CORNER, y)], colour);
}

/// What the marks mean, or why there are none.
fn foot(scene: &mut Scene, c: &ComparisonReport, marked: bool, (x, y): (f64, f64), width: f64) {
    let mut start = x;
    let words = match c.floor.filter(|floor| !floor.is_reached()) {
        Some(floor) => {
            format!("no marks below {} seeds: sign-flip and signed-rank tests cannot reach 0.05", floor.seeds_needed)
        }
        None if marked => {
            corner(scene, (x + CORNER, y - 5.0), INK);
            start += CORNER + 4.0;
            format!(
                "bold: significantly different (paired t tests, Holm-adjusted for {})",
                count(c.pairs.len(), "pair")
            )
        }
        None => {
            format!("no significant difference (paired t tests, Holm-adjusted for {})", count(c.pairs.len(), "pair"))
        }
    };
    scene.text(Label::new(words, (start, y), Align::Left).sized(SMALL).coloured(GREY).within(width - (start - x)));
}

/// Draws the figure.
fn draw(of: &OfComparison<'_>) -> Result<Option<Drawing>, ReportError> {
    let OfComparison { report, comparison, .. } = *of;
    if !is_worth_drawing(comparison) {
        return Ok(None);
    }
    let data = frames::csv("pairs", &mut tables::pairs_frame(&comparison.pairs, report.metric)?)?;
    Ok(Some(Drawing { alt: alt(comparison), scene: scene(report, comparison), data }))
}

/// The matrix of pairs: who is most often better, and how many pairs are significantly different.
fn alt(c: &ComparisonReport) -> String {
    let arms: Vec<&str> = c.arms.iter().map(|row| row.arm.as_str()).collect();
    let average = |arm: &str| {
        let shares: Vec<f64> = arms.iter().filter_map(|other| share(c, arm, other)).collect();
        (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
    };
    let averages: Vec<(&str, f64)> = arms.iter().filter_map(|arm| Some((*arm, average(arm)?))).collect();
    let head = format!("How often each arm is better than each other at the same seed ({})", comparison_setting(c));
    let Some([most, _]) = extremes(Metric::TestAccuracy, &averages) else {
        return format!("{head}: no arm has a pair.");
    };
    let apart = c.pairs.iter().filter(|pair| differ_significantly(c, &pair.arm, &pair.other_arm)).count();
    // Too few seeds allow no word on significance.
    let tested = match c.floor.is_none_or(|floor| floor.is_reached()) {
        true => {
            format!("; {apart} of {} pairs are significantly different (paired t tests, Holm-adjusted)", c.pairs.len())
        }
        false => String::new(),
    };
    format!("{head}: most often {}, in {} % of pairs on average{tested}.", most.0, fixed(100.0 * most.1, 0))
}
