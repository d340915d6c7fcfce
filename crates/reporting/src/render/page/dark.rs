//! The figures' colours on a dark ground: as bright as they must be to be seen, and otherwise as they are.

use std::collections::{BTreeMap, BTreeSet};

use crate::render::figures::drawing::style::{GRID, PAPER, RULE};

/// The ground of figures in the dark theme, as in its style sheet.
const GROUND: [f64; 3] = [25.0, 25.0, 25.0];

/// The least contrast of a colour with the ground (WCAG's, of graphics).
const CONTRAST: f64 = 4.5;

/// Greys below this are ink.
const DARK_GREY: f64 = 112.0;

/// The colours of an SVG, `#1A2B3C`.
fn colours(svg: &str) -> BTreeSet<&str> {
    let after = svg.split("=\"#").skip(1);
    after.filter_map(|piece| piece.get(..7)).filter(|c| c.ends_with('"') && is_hex(&c[..6])).map(|c| &c[..6]).collect()
}

fn is_hex(digits: &str) -> bool {
    digits.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The dark theme's colour for each of those in figures without a colour scale.
pub(crate) fn dark_colours<'a>(svgs: impl Iterator<Item = &'a str>) -> BTreeMap<String, String> {
    let all: BTreeSet<&str> = svgs.flat_map(colours).collect();
    all.into_iter().map(|colour| (format!("#{colour}"), hex(dark(rgb(colour))))).collect()
}

fn dark(colour: [f64; 3]) -> [f64; 3] {
    let (least, most) = (colour.iter().copied().fold(255.0, f64::min), colour.iter().copied().fold(0.0, f64::max));
    let leads_the_eye = [PAPER, GRID, RULE].iter().any(|c| [c.0, c.1, c.2].map(f64::from) == colour);
    // Paper and ink, and what lies between, change places; an arm's light grey is light enough.
    if leads_the_eye || (most - least < 8.0 && most < DARK_GREY) {
        return GROUND.map(|ground| ground + (255.0 - most) / 255.0 * (245.0 - ground));
    }
    let lighter = |share: f64| colour.map(|part| part + share * (255.0 - part));
    let shares = (0..=100).map(|share| f64::from(share) / 100.0);
    shares.map(lighter).find(|found| contrast(*found, GROUND) >= CONTRAST).unwrap_or(colour)
}

/// WCAG's contrast of two colours, 1 to 21.
fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(colour: [f64; 3]) -> f64 {
    let linear = |part: f64| {
        let part = part / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    let [red, green, blue] = colour.map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn rgb(hex: &str) -> [f64; 3] {
    [0, 2, 4].map(|start| u8::from_str_radix(&hex[start..start + 2], 16).map_or(0.0, f64::from))
}

fn hex(colour: [f64; 3]) -> String {
    let [red, green, blue] = colour.map(|part| part.round() as u8);
    format!("#{red:02X}{green:02X}{blue:02X}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_found_where_they_stand_as_attributes() {
        let found = colours("<p fill=\"#1A2B3C\"/><p stroke=\"#ABCDEF\" x=\"#12\"/><p href=\"#1234567\"/>");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["1A2B3C", "ABCDEF"]);
    }

    #[test]
    fn paper_and_ink_change_places_and_text_stays_readable() {
        let svg = "a=\"#FFFFFF\" b=\"#222222\" c=\"#666666\"";
        let dark = dark_colours(std::iter::once(svg));
        assert_eq!(dark["#FFFFFF"], "#191919");
        for text in ["#222222", "#666666"] {
            assert!(contrast(rgb(&dark[text][1..]), GROUND) >= 4.5, "{text}: {}", dark[text]);
        }
    }

    #[test]
    fn every_arms_colour_is_seen_on_the_dark_ground_and_none_becomes_anothers() {
        let arms = crate::render::figures::drawing::style::arm_colours();
        let svg: String = arms.iter().map(|colour| format!("fill=\"{colour}\" ")).collect();
        let dark = dark_colours(std::iter::once(svg.as_str()));
        assert_eq!(dark.values().collect::<BTreeSet<_>>().len(), arms.len());
        for (light, dark) in dark {
            assert!(contrast(rgb(&dark[1..]), GROUND) >= 4.45, "{light} becomes {dark}");
        }
    }
}
