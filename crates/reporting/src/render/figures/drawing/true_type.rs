//! A TrueType font's own tables: glyphs of characters, widths, and a smaller font of some glyphs.

use std::collections::BTreeSet;

/// A font whose tables are read where they are needed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glyphs<'a> {
    font: &'a [u8],
}

impl<'a> Glyphs<'a> {
    /// The glyphs of a font's bytes.
    pub(crate) fn of(font: &'a [u8]) -> Self {
        Self { font }
    }

    /// The number of a character's glyph; 0, the glyph for what is missing, where there is none.
    pub(crate) fn glyph(&self, c: char) -> u16 {
        self.table(b"cmap").and_then(|cmap| glyph(cmap, c)).unwrap_or(0)
    }

    /// How far a glyph leads on, in thousandths of the font's size.
    pub(crate) fn advance(&self, glyph: u16) -> f64 {
        let advance = || {
            let last = self.long_metrics()?.checked_sub(1)?;
            let units = u16_at(self.table(b"hmtx")?, 4 * usize::from(glyph).min(last))?;
            Some(1000.0 * f64::from(units) / f64::from(self.units_per_em()?))
        };
        advance().unwrap_or(0.0)
    }

    /// How far a glyph's ink lies to the right of its origin, in font sizes; `None` if the font does not tell.
    pub(crate) fn left_bearing(&self, c: char) -> Option<f64> {
        let glyph = usize::from(glyph(self.table(b"cmap")?, c)?);
        let long_metrics = self.long_metrics()?;
        // Pairs of advance and bearing first, then bearings alone.
        let place = if glyph < long_metrics { 4 * glyph + 2 } else { 2 * (glyph + long_metrics) };
        let bearing = i16::from_be_bytes(u16_at(self.table(b"hmtx")?, place)?.to_be_bytes());
        Some(f64::from(bearing) / f64::from(self.units_per_em()?))
    }

    fn units_per_em(&self) -> Option<u16> {
        u16_at(self.table(b"head")?, 18)
    }

    fn long_metrics(&self) -> Option<usize> {
        u16_at(self.table(b"hhea")?, 34).map(usize::from)
    }

    fn table(&self, name: &[u8; 4]) -> Option<&'a [u8]> {
        let count = usize::from(u16_at(self.font, 4)?);
        let entry = (0..count).map(|i| 12 + 16 * i).find(|&at| self.font.get(at..at + 4) == Some(name))?;
        let (start, length) = (u32_at(self.font, entry + 8)?, u32_at(self.font, entry + 12)?);
        self.font.get(start..start + length)
    }

    /// A glyph's outline; empty where it has none.
    fn outline(&self, glyph: u16) -> &'a [u8] {
        let find = || {
            let (loca, glyf) = (self.table(b"loca")?, self.table(b"glyf")?);
            let long = u16_at(self.table(b"head")?, 50)? != 0;
            let place =
                |at: usize| if long { u32_at(loca, 4 * at) } else { Some(2 * usize::from(u16_at(loca, 2 * at)?)) };
            glyf.get(place(usize::from(glyph))?..place(usize::from(glyph) + 1)?)
        };
        find().unwrap_or_default()
    }
}

/// The font with these glyphs alone, under their own numbers, and those that they are put together from.
pub(crate) fn subset(font: &Glyphs<'_>, wanted: impl Iterator<Item = u16>) -> Vec<u8> {
    let mut kept: BTreeSet<u16> = wanted.chain([0]).collect();
    let mut open: Vec<u16> = kept.iter().copied().collect();
    while let Some(glyph) = open.pop() {
        open.extend(components(font.outline(glyph)).into_iter().filter(|part| kept.insert(*part)));
    }
    let count = font.table(b"maxp").and_then(|maxp| u16_at(maxp, 4)).unwrap_or(0);
    let (mut glyf, mut loca) = (Vec::new(), Vec::new());
    for glyph in 0..count {
        loca.extend((glyf.len() as u32).to_be_bytes());
        if kept.contains(&glyph) {
            glyf.extend(font.outline(glyph));
            glyf.resize(glyf.len().next_multiple_of(4), 0);
        }
    }
    loca.extend((glyf.len() as u32).to_be_bytes());
    let mut head = font.table(b"head").unwrap_or_default().to_vec();
    // Places of four bytes.
    head[50..52].copy_from_slice(&[0, 1]);
    let own = |name: &[u8; 4]| font.table(name).unwrap_or_default().to_vec();
    let tables = [
        (*b"cvt ", own(b"cvt ")),
        (*b"fpgm", own(b"fpgm")),
        (*b"glyf", glyf),
        (*b"head", head),
        (*b"hhea", own(b"hhea")),
        (*b"hmtx", own(b"hmtx")),
        (*b"loca", loca),
        (*b"maxp", own(b"maxp")),
        (*b"prep", own(b"prep")),
    ];
    let mut bytes = vec![0, 1, 0, 0, 0, tables.len() as u8, 0, 128, 0, 3, 0, 16];
    let mut place = 12 + 16 * tables.len();
    for (name, table) in &tables {
        bytes.extend(name);
        bytes.extend(checksum(table).to_be_bytes());
        bytes.extend((place as u32).to_be_bytes());
        bytes.extend((table.len() as u32).to_be_bytes());
        place += table.len().next_multiple_of(4);
    }
    for (_, table) in &tables {
        bytes.extend(table);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    bytes
}

fn checksum(table: &[u8]) -> u32 {
    let word = |bytes: &[u8]| (0..4).fold(0u32, |sum, i| sum << 8 | u32::from(bytes.get(i).copied().unwrap_or(0)));
    table.chunks(4).map(word).fold(0, u32::wrapping_add)
}

/// The glyphs that an outline is put together from.
fn components(outline: &[u8]) -> Vec<u16> {
    let mut parts = Vec::new();
    // A negative number of contours: it has none of its own.
    if u16_at(outline, 0).is_none_or(|contours| contours < 0x8000) {
        return parts;
    }
    let mut place = 10;
    while let (Some(flags), Some(part)) = (u16_at(outline, place), u16_at(outline, place + 2)) {
        parts.push(part);
        let words = if flags & 1 != 0 { 4 } else { 2 };
        let scale = if flags & 8 != 0 {
            2
        } else if flags & 64 != 0 {
            4
        } else if flags & 128 != 0 {
            8
        } else {
            0
        };
        place += 4 + words + scale;
        if flags & 32 == 0 {
            break;
        }
    }
    parts
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
    fn a_smaller_font_has_the_same_outlines_of_the_glyphs_that_it_keeps() {
        let font = Glyphs::of(REGULAR);
        // An accented letter is put together from two others.
        let wanted = ['a', '±', '−', 'é'].map(|c| font.glyph(c));
        let bytes = subset(&font, wanted.into_iter());
        let small = Glyphs::of(&bytes);
        for glyph in wanted.into_iter().chain(components(font.outline(wanted[3]))) {
            let (own, found) = (font.outline(glyph), small.outline(glyph));
            assert!(!own.is_empty() && found[..own.len()] == *own, "{glyph}");
            assert_eq!(font.advance(glyph), small.advance(glyph));
        }
        assert!(small.outline(font.glyph('b')).is_empty() && bytes.len() < REGULAR.len() / 4, "{}", bytes.len());
    }

    #[test]
    fn advances_are_those_of_the_font() {
        // As FontTools reads them: 1139 and 569 of 2048 units.
        let font = Glyphs::of(REGULAR);
        assert!((font.advance(font.glyph('a')) - 1000.0 * 1139.0 / 2048.0).abs() < 1e-9);
        assert!((font.advance(font.glyph(' ')) - 1000.0 * 569.0 / 2048.0).abs() < 1e-9);
    }
}
