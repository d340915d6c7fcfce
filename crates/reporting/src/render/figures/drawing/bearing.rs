//! How far a glyph's ink lies to the right of its origin, from the font's own tables.
//!
//! plotters leaves this out when it draws a line of text into a bitmap, so that letters with a straight left side touch
//! the letter before them; with it each letter can be put where the font wants it.

/// The left side bearing of `c` in font sizes; 0 if the font does not tell.
pub(crate) fn left_bearing(font: &[u8], c: char) -> f64 {
    find(font, c).unwrap_or(0.0)
}

fn find(font: &[u8], c: char) -> Option<f64> {
    let units_per_em = u16_at(table(font, b"head")?, 18)?;
    let long_metrics = usize::from(u16_at(table(font, b"hhea")?, 34)?);
    let glyph = usize::from(glyph(table(font, b"cmap")?, c)?);
    // Pairs of advance and bearing first, then bearings alone.
    let place = if glyph < long_metrics { 4 * glyph + 2 } else { 2 * (glyph + long_metrics) };
    let bearing = i16::from_be_bytes(u16_at(table(font, b"hmtx")?, place)?.to_be_bytes());
    Some(f64::from(bearing) / f64::from(units_per_em))
}

fn table<'a>(font: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    let count = usize::from(u16_at(font, 4)?);
    let entry = (0..count).map(|i| 12 + 16 * i).find(|&at| font.get(at..at + 4) == Some(name))?;
    let (start, length) = (u32_at(font, entry + 8)?, u32_at(font, entry + 12)?);
    font.get(start..start + length)
}

/// The number of the character's glyph, from a segment table (format 4).
fn glyph(cmap: &[u8], c: char) -> Option<u16> {
    let code = u16::try_from(u32::from(c)).ok()?;
    let count = usize::from(u16_at(cmap, 2)?);
    let tables = (0..count).filter_map(|i| u32_at(cmap, 4 + 8 * i + 4)).filter_map(|start| cmap.get(start..));
    let segments = tables.into_iter().find(|t| u16_at(t, 0) == Some(4))?;
    let double = usize::from(u16_at(segments, 6)?);
    let segment = (0..double / 2).find(|i| u16_at(segments, 14 + 2 * i).is_some_and(|end| code <= end))?;
    let [start, delta, offset] = [1, 2, 3].map(|column| u16_at(segments, 16 + column * double + 2 * segment));
    let (start, delta, offset) = (start?, delta?, offset?);
    if code < start {
        return None;
    }
    if offset == 0 {
        return Some(code.wrapping_add(delta));
    }
    // The offset counts from where it stands itself.
    let place = 16 + 3 * double + 2 * segment + usize::from(offset) + 2 * usize::from(code - start);
    u16_at(segments, place).filter(|g| *g != 0).map(|g| g.wrapping_add(delta))
}

fn u16_at(bytes: &[u8], place: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(place..place + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], place: usize) -> Option<usize> {
    Some(u32::from_be_bytes(bytes.get(place..place + 4)?.try_into().ok()?) as usize)
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
