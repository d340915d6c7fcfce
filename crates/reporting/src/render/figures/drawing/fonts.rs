//! The fonts of all figures, and how wide a text is in them.

use std::sync::Once;

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};

/// Liberation Sans is as wide as Arial and Helvetica, so that an SVG looks the same wherever one of them is.
pub(crate) const FAMILY: &str = "Liberation Sans, Arial, Helvetica, sans-serif";
pub(crate) const REGULAR: &[u8] = include_bytes!("../../../../fonts/LiberationSans-Regular.ttf");
pub(crate) const BOLD: &[u8] = include_bytes!("../../../../fonts/LiberationSans-Bold.ttf");
/// plotters takes a font's line height for its size in bitmaps: 2288 units of 2048 for Liberation Sans.
pub(crate) const LINE_HEIGHT: f64 = 2288.0 / 2048.0;

/// The width of a line of text, in points.
pub(crate) fn text_width(text: &str, size: f64, bold: bool) -> f64 {
    register_fonts();
    // Large, because plotters rounds to whole units.
    let large = 1000.0;
    let font = FontDesc::new(FontFamily::Name(FAMILY), large * LINE_HEIGHT, font_style(bold));
    let ((left, _), (right, _)) = font.layout_box(text).expect("the fonts are registered");
    f64::from(right - left) * size / large
}

pub(crate) fn font_style(bold: bool) -> FontStyle {
    if bold { FontStyle::Bold } else { FontStyle::Normal }
}

pub(crate) fn register_fonts() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for (style, bytes) in [(FontStyle::Normal, REGULAR), (FontStyle::Bold, BOLD)] {
            assert!(register_font(FAMILY, style, bytes).is_ok(), "the fonts that come with the code are fonts");
        }
    });
}
