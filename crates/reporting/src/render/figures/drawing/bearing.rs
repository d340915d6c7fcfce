//! How far a glyph's ink lies to the right of its origin, from the font's own tables.
//!
//! plotters leaves this out when it draws a line of text into a bitmap, so that letters with a straight left side touch
//! the letter before them; with it each letter can be put where the font wants it.

use crate::render::figures::drawing::true_type::Glyphs;

/// The left side bearing of `c` in font sizes; 0 if the font does not tell.
pub(crate) fn left_bearing(font: &[u8], c: char) -> f64 {
    Glyphs::of(font).left_bearing(c).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGULAR: &[u8] = include_bytes!("../../../../fonts/LiberationSans-Regular.ttf");

    #[test]
    fn bearings_are_those_of_the_font() {
        // As FontTools reads them, in 2048ths.
        for (c, units) in
            [('h', 142.0), ('W', 9.0), ('i', 137.0), ('±', 65.0), ('−', 101.0), ('×', 142.0), ('…', 278.0)]
        {
            assert_eq!(left_bearing(REGULAR, c) * 2048.0, units, "{c}");
        }
    }

    #[test]
    fn a_character_that_the_font_lacks_has_none() {
        assert_eq!(left_bearing(REGULAR, '\u{10FFFF}'), 0.0);
        assert_eq!(left_bearing(b"no font", 'a'), 0.0);
    }
}
