//! What the marks of a figure mean: samples with words, in lines below it.

use crate::render::figures::drawing::fonts::text_width;
use crate::render::figures::drawing::scene::{Align, Label, Scene};
use crate::render::figures::drawing::style::{Colour, GREY, INK, PAPER, SMALL};

/// From a sample's left end to its words.
const SAMPLE: f64 = 16.0;
/// Between two entries.
const GAP: f64 = 9.0;
/// Height of a line.
pub(crate) const LINE: f64 = 10.0;

/// A kind of mark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Sample {
    /// A pale dot: one seed.
    Seed,
    /// A dot on an interval with caps: a mean.
    Mean,
    /// An interval with caps.
    Whisker,
    /// A band.
    Band,
    /// An area of that colour.
    Ground(Colour),
}

/// Samples and their words.
pub(crate) type Entries = Vec<(Sample, String)>;

/// How many points the entries take below a figure of that inner width.
pub(crate) fn height(entries: &Entries, width: f64) -> f64 {
    LINE * flow(entries, width).len() as f64
}

/// Draws the entries below `top`.
pub(crate) fn draw(scene: &mut Scene, entries: &Entries, (left, top): (f64, f64), width: f64) {
    for (line, entries_here) in flow(entries, width).iter().enumerate() {
        let baseline = top + LINE * (line as f64 + 0.75);
        for &(entry, x) in entries_here {
            let (sample, words) = &entries[entry];
            draw_sample(scene, *sample, (left + x, baseline - 2.4));
            let label = Label::new(words, (left + x + SAMPLE, baseline), Align::Left);
            scene.text(label.sized(SMALL).coloured(GREY));
        }
    }
}

fn draw_sample(scene: &mut Scene, sample: Sample, (x, y): (f64, f64)) {
    let end = x + SAMPLE - 4.0;
    match sample {
        Sample::Seed => {
            for (dx, dy) in [(2.0, 0.6), (6.0, -0.6), (10.0, 0.2)] {
                scene.dot((x + dx, y + dy), 1.35, INK.faint(0.5));
            }
        }
        Sample::Mean => {
            scene.whisker(x, end, y, 1.1, INK, PAPER);
            scene.dot(((x + end) / 2.0, y), 1.8, INK);
        }
        Sample::Whisker => scene.whisker(x, end, y, 0.9, INK, PAPER),
        Sample::Band => scene.area(vec![(x, y - 3.0), (end, y - 3.0), (end, y + 3.0), (x, y + 3.0)], BAND),
        Sample::Ground(colour) => {
            scene.area(vec![(x, y - 3.0), (end, y - 3.0), (end, y + 3.0), (x, y + 3.0)], colour);
        }
    }
}

/// The ground of a margin.
pub(crate) const BAND: Colour = crate::render::figures::drawing::style::GRID;

/// The entries in lines: each entry's number and its left end.
fn flow(entries: &Entries, width: f64) -> Vec<Vec<(usize, f64)>> {
    let mut lines: Vec<Vec<(usize, f64)>> = Vec::new();
    let mut x = f64::INFINITY;
    for (number, (_, words)) in entries.iter().enumerate() {
        let own = SAMPLE + text_width(words, SMALL, false);
        if x + own > width {
            lines.push(Vec::new());
            x = 0.0;
        }
        lines.last_mut().expect("just pushed").push((number, x));
        x += own + GAP;
    }
    lines
}
