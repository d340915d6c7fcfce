//! How all figures look: one colour for each arm everywhere, sizes for the width of a journal's column.

use fractionate_arms::{Arm, Look};
use fractionate_records::{Term, arm_base_name};

/// Red, green, blue, opacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Colour(pub(crate) u8, pub(crate) u8, pub(crate) u8, pub(crate) f64);

impl Colour {
    pub(crate) const fn of(rgb: u32) -> Self {
        Self((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8, 1.0)
    }

    pub(crate) const fn faint(self, opacity: f64) -> Self {
        Self(self.0, self.1, self.2, opacity)
    }
}

/// 85 mm, in points.
pub(crate) const COLUMN: f64 = 241.0;
/// Titles.
pub(crate) const TITLE: f64 = 8.5;
/// Names and values.
pub(crate) const TEXT: f64 = 7.5;
/// Axes and remarks.
pub(crate) const SMALL: f64 = 6.5;
/// Text and what carries meaning.
pub(crate) const INK: Colour = Colour::of(0x222222);
/// Remarks and axes.
pub(crate) const GREY: Colour = Colour::of(0x666666);
/// Lines that only lead the eye.
pub(crate) const RULE: Colour = Colour::of(0xAAAAAA);
/// The grid.
pub(crate) const GRID: Colour = Colour::of(0xE4E4E4);
/// The ground.
pub(crate) const PAPER: Colour = Colour::of(0xFFFFFF);

/// The colours of lines that belong to no arm, distinguishable by their marks too.
const OTHERS: [Colour; 6] = [
    Colour::of(0x332288),
    Colour::of(0xEE7733),
    Colour::of(0x009988),
    Colour::of(0xCC3311),
    Colour::of(0x33BBEE),
    Colour::of(0x888888),
];

/// From near white to dark blue, falling in lightness all the way, so that it reads in grey (ColorBrewer's Blues).
const SEQUENTIAL: [Colour; 8] = [
    Colour::of(0xF7FBFF),
    Colour::of(0xDEEBF7),
    Colour::of(0xC6DBEF),
    Colour::of(0x9ECAE1),
    Colour::of(0x6BAED6),
    Colour::of(0x4292C6),
    Colour::of(0x2171B5),
    Colour::of(0x08519C),
];

/// The ground of a share in [0, 1].
pub(crate) fn sequential(share: f64) -> Colour {
    between(&SEQUENTIAL, share)
}

/// Text that can be read on such a ground.
pub(crate) fn ink_on_sequential(share: f64) -> Colour {
    if share > 0.78 { PAPER } else { INK }
}

/// The colour at a share of the way along a scale.
pub(crate) fn between(scale: &[Colour], share: f64) -> Colour {
    let place = share.clamp(0.0, 1.0) * (scale.len() - 1) as f64;
    let below = (place.floor() as usize).min(scale.len() - 2);
    let share = place - below as f64;
    let mix = |a: u8, b: u8| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as u8;
    let (a, b) = (scale[below], scale[below + 1]);
    Colour(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2), 1.0)
}

/// How the points of a line are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    Dot,
    Square,
    Triangle,
    Diamond,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stroke {
    Solid,
    Dashed,
    Dotted,
}

/// A line's marks and strokes: what tells lines apart where colours do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) marker: Marker,
    pub(crate) stroke: Stroke,
}

impl Form {
    /// The form of that number: markers change first, then strokes.
    pub(crate) fn of(number: usize) -> Self {
        let marker = [Marker::Dot, Marker::Square, Marker::Triangle, Marker::Diamond][number % 4];
        Self { marker, stroke: [Stroke::Solid, Stroke::Dashed, Stroke::Dotted][number / 4 % 3] }
    }
}

/// The arm's form, the same in every figure; `variant` counts the arms of the same colour before it.
pub(crate) fn arm_form(arm: &str, variant: usize) -> Form {
    Form::of(look(arm).map_or_else(|| Arm::all().count(), |look| look.line) + 5 * variant)
}

/// The colour and form of the line of that number, where lines are no arms'.
pub(crate) fn other_line(number: usize) -> (Colour, Form) {
    (OTHERS[number % OTHERS.len()], Form::of(number))
}

/// The arm's colour, the same in every figure; its variants share it.
pub(crate) fn arm_colour(arm: &str) -> Colour {
    look(arm).map_or(RULE, |look| Colour::of(look.colour))
}

/// How figures show the arm, where its name is a built-in one's.
fn look(arm: &str) -> Option<Look> {
    Arm::find(arm_base_name(arm)).map(|arm| arm.descriptor().look)
}

/// The term's colour: that of the arm that brings it.
pub(crate) fn term_colour(term: Term) -> Colour {
    arm_colour(match term {
        Term::Universe => "label-smoothing",
        Term::ClassDifficulty => "class-smoothing",
        Term::Domain | Term::DomainShare => "class-mean",
        Term::Instance | Term::InstanceShare => "partial",
        Term::Interaction => "shuffled",
        Term::ExampleSpecific => "recombined",
        Term::Total => "teacher",
    })
}

/// Every arm's colour, `#332288`.
#[cfg(test)]
pub(crate) fn arm_colours() -> Vec<String> {
    Arm::all().map(|arm| format!("#{:06X}", arm.descriptor().look.colour)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, as in the contrast rule of the Web Content Accessibility Guidelines.
    fn luminance(colour: Colour) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(colour.0) + 0.7152 * linear(colour.1) + 0.0722 * linear(colour.2)
    }

    #[test]
    fn shares_darken_all_the_way_and_their_numbers_can_be_read() {
        for step in 0..100 {
            let share = f64::from(step) / 100.0;
            let ground = luminance(sequential(share));
            assert!(ground > luminance(sequential(share + 0.01)), "{share}");
            let ink = luminance(ink_on_sequential(share));
            let contrast = (ground.max(ink) + 0.05) / (ground.min(ink) + 0.05);
            assert!(contrast > 3.5, "{share}: {contrast}");
        }
    }

    #[test]
    fn a_variant_has_its_arms_colour() {
        assert_eq!(arm_colour("class-prior(teacher)"), arm_colour("class-prior"));
    }
}
