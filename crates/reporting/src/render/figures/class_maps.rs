//! Class relations as heat maps: small multiples, classes ordered by super-class, one diverging scale.

use crate::analysis::class_relations::Maps;
use crate::analysis::relations::Relations;
use crate::numbers::{fixed, list};
use crate::render::figures::drawing::fonts::text_width;
use crate::render::figures::drawing::scene::{Align, Label, Scene};
use crate::render::figures::drawing::style::{Colour, GREY, GRID, INK, SMALL, TITLE, between};

const MARGIN: f64 = 5.0;
const TOP: f64 = 30.0;
const GAP: f64 = 8.0;
/// Class names smaller than this cannot be read.
const LEAST_TEXT: f64 = 4.5;
/// Up to how many rows their names stand next to the maps.
const NAMED: usize = 30;
/// Maps of more rows stand in two columns.
const NARROW: usize = 20;
/// From blue over near white to red: distinguishable with any kind of colour vision (after ColorBrewer's RdBu).
const SCALE: [Colour; 7] = [
    Colour::of(0x2166AC),
    Colour::of(0x67A9CF),
    Colour::of(0xD1E5F0),
    Colour::of(0xF7F7F7),
    Colour::of(0xFDDBC7),
    Colour::of(0xEF8A62),
    Colour::of(0xB2182B),
];

/// The words of a figure.
#[derive(Debug)]
pub(crate) struct Words<'a> {
    pub(crate) title: &'a str,
    /// The width of a column.
    pub(crate) column: f64,
    pub(crate) remark: String,
    /// What the scale measures.
    pub(crate) scale: &'a str,
}

/// Height of a line of the foot.
const LINE: f64 = 9.0;

/// Draws one map for each name and relations.
pub(crate) fn draw(all: &Maps, maps: &[(String, &Relations)], words: &Words<'_>) -> Scene {
    let classes = all.order.len();
    let columns = if classes > NARROW { 2 } else { maps.len().clamp(2, 3) };
    let rows = maps.len().div_ceil(columns);
    let width = 2.0 * words.column;
    let names: Vec<&str> = all.order.iter().map(|&k| all.names[k].as_str()).collect();
    let named = classes <= NAMED;
    let widest = names.iter().map(|name| text_width(name, SMALL, false)).fold(0.0, f64::max).min(80.0);
    let left = MARGIN + if named { widest + 3.0 } else { 0.0 };
    let bar = 34.0;
    let side = ((width - MARGIN - bar - left - GAP * columns as f64) / columns as f64).min(150.0);
    let cell = side / classes as f64;
    let row_height = side + 19.0;
    let within = width - 2.0 * MARGIN;
    let foot = foot(all, words, within);
    let height = TOP + rows as f64 * row_height + 12.0 + LINE * (foot.len() - 1) as f64;
    let limit = limit(maps, all.made.is_some());
    let mut scene = Scene::new(width, height);
    scene.text(Label::new(words.title, (MARGIN, 11.0), Align::Left).bold().sized(TITLE).within(within));
    scene.text(Label::new(&words.remark, (MARGIN, 21.0), Align::Left).sized(SMALL).coloured(GREY).within(within));
    for (i, (name, relations)) in maps.iter().enumerate() {
        let (x0, y0) = (left + (i % columns) as f64 * (side + GAP), TOP + (i / columns) as f64 * row_height + 12.0);
        let label = Label::new(name, (x0, y0 - 3.5), Align::Left).bold().sized(SMALL + 0.5);
        scene.text(label.within(side));
        for (row, &a) in all.order.iter().enumerate() {
            for (column, &b) in all.order.iter().enumerate() {
                // A class's relation to itself is 1 by definition and says nothing.
                let colour = if row == column && all.made.is_none() { GRID } else { colour(relations.at(a, b), limit) };
                rectangle(&mut scene, (x0 + column as f64 * cell, y0 + row as f64 * cell), (cell, cell), colour);
            }
        }
        let group = |k: usize| all.groups[all.order[k]];
        // Classes that no super-class names stand together at the end.
        let named_group = |k: usize| group(k) < all.super_classes.len();
        for boundary in (1..classes).filter(|&k| group(k - 1) != group(k) && (named_group(k - 1) || named_group(k))) {
            let at = boundary as f64 * cell;
            scene.line((x0 + at, y0), (x0 + at, y0 + side), 0.7, INK);
            scene.line((x0, y0 + at), (x0 + side, y0 + at), 0.7, INK);
        }
        let corners = [(x0, y0), (x0 + side, y0), (x0 + side, y0 + side), (x0, y0 + side), (x0, y0)];
        scene.path(corners.to_vec(), 0.5, GREY);
        let size = (0.85 * cell).min(SMALL);
        if named && i % columns == 0 && size >= LEAST_TEXT {
            for (row, name) in names.iter().enumerate() {
                let at = (x0 - 3.0, y0 + (row as f64 + 0.5) * cell + 0.35 * size);
                scene.text(Label::new(*name, at, Align::Right).sized(size).coloured(INK).within(widest));
            }
        }
    }
    bar_of(&mut scene, limit, (width - MARGIN - bar + 4.0, TOP + 12.0), side);
    for (line, text) in foot.iter().rev().enumerate() {
        let at = (MARGIN, height - 5.0 - LINE * line as f64);
        scene.text(Label::new(text, at, Align::Left).sized(SMALL).coloured(GREY).within(within));
    }
    scene
}

/// What scale, order and groups are: in one line where that is wide enough, otherwise the groups in a second.
fn foot(all: &Maps, words: &Words<'_>, within: f64) -> Vec<String> {
    let scale = format!("{}; columns in the order of the rows", words.scale);
    let groups = match &all.made {
        Some(made) => format!("means over pairs of classes; rows are {made}"),
        None if all.super_classes.is_empty() => return vec![scale],
        None => format!("lines separate super-classes: {}", list(&all.super_classes)),
    };
    let one = format!("{scale}; {groups}");
    if text_width(&one, SMALL, false) <= within { vec![one] } else { vec![scale, groups] }
}

/// The scale's end: the largest entry that is drawn, rounded up to tenths.
fn limit(maps: &[(String, &Relations)], diagonal: bool) -> f64 {
    let mut largest: f64 = 0.0;
    for (_, relations) in maps {
        for a in 0..relations.classes() {
            for b in (0..a + usize::from(diagonal)).filter(|&b| relations.at(a, b).is_finite()) {
                largest = largest.max(relations.at(a, b).abs());
            }
        }
    }
    ((largest * 10.0).ceil() / 10.0).clamp(0.1, 1.0)
}

fn colour(value: f64, limit: f64) -> Colour {
    if !value.is_finite() {
        return GRID;
    }
    between(&SCALE, (value / limit).clamp(-1.0, 1.0).midpoint(1.0))
}

fn bar_of(scene: &mut Scene, limit: f64, (x, y): (f64, f64), height: f64) {
    let steps = 41;
    let step = height / steps as f64;
    for i in 0..steps {
        let value = limit * (1.0 - 2.0 * i as f64 / (steps - 1) as f64);
        rectangle(scene, (x, y + i as f64 * step), (8.0, step), colour(value, limit));
    }
    for (value, share) in [(limit, 0.0), (0.0, 0.5), (-limit, 1.0)] {
        let words = if value > 0.0 { format!("+{}", fixed(value, 1)) } else { fixed(value, 1) };
        let at = (x + 10.5, y + (share * height).clamp(2.5, height - 0.5) + 2.0);
        scene.text(Label::new(words, at, Align::Left).sized(SMALL).coloured(GREY));
    }
}

fn rectangle(scene: &mut Scene, (x, y): (f64, f64), (width, height): (f64, f64), colour: Colour) {
    scene.area(vec![(x, y), (x + width, y), (x + width, y + height), (x, y + height)], colour);
}

/// The pair of classes with the largest entry in any map.
pub(crate) fn most_alike<'a>(maps: impl Iterator<Item = (String, &'a Relations)>, classes: &[String]) -> String {
    let mut most: Option<(f64, String)> = None;
    for (place, relations) in maps {
        for a in 0..relations.classes() {
            for b in a + 1..relations.classes() {
                let value = relations.at(a, b);
                if value.is_finite() && most.as_ref().is_none_or(|(known, _)| value > *known) {
                    most = Some((value, format!("{} and {} {place}", classes[a], classes[b])));
                }
            }
        }
    }
    match most {
        Some((value, words)) => format!("the most similar are {words} ({})", fixed(value, 2)),
        None => "no two classes can be compared".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_symmetric_and_pale_at_zero() {
        assert_eq!(colour(0.0, 0.4), Colour(0xF7, 0xF7, 0xF7, 1.0));
        assert_eq!(colour(0.4, 0.4), Colour(0xB2, 0x18, 0x2B, 1.0));
        assert_eq!(colour(-9.0, 0.4), Colour(0x21, 0x66, 0xAC, 1.0));
        assert_eq!(colour(f64::NAN, 0.4), GRID);
    }
}
