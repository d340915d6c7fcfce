//! From a scene to SVG and PNG.

use plotters::prelude::{BitMapBackend, DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, RGBAColor, ShapeStyle, TextStyle};

use crate::render::figures::drawing::bearing::left_bearing;
use crate::render::figures::drawing::fonts::{
    BOLD, FAMILY, LINE_HEIGHT, REGULAR, font_style, register_fonts, text_width,
};
use crate::render::figures::drawing::scene::{Align, Label, Mark, Point, Scene};
use crate::render::figures::drawing::style::Colour;
use crate::render::figures::drawing::{png, style};

/// In SVG it divides sizes by this.
const SVG_LINE_HEIGHT: f64 = 1.24;
/// The SVG backend knows whole units only: a tenth of a point each.
const SVG_UNITS: f64 = 10.0;
const DOTS_PER_INCH: f64 = 300.0;
/// Bitmaps are drawn so many times larger and averaged down: smooth edges at any angle.
const OVERSAMPLING: usize = 3;

/// How a kind of output measures.
#[derive(Debug, Clone, Copy)]
struct Units {
    /// Units in a point.
    per_point: f64,
    /// The factor from a font's size to plotters' size.
    font: f64,
    /// How far plotters' place of a text lies above its baseline, in font sizes.
    baseline: f64,
    /// Whether each glyph is put in its place by us.
    glyph_by_glyph: bool,
}

const SVG: Units = Units { per_point: SVG_UNITS, font: SVG_LINE_HEIGHT, baseline: 0.76, glyph_by_glyph: false };

/// The scene as SVG, its size in millimetres.
pub(crate) fn svg(scene: &Scene) -> Result<String, String> {
    register_fonts();
    let size = ((scene.width * SVG_UNITS).round() as u32, (scene.height * SVG_UNITS).round() as u32);
    let mut text = String::new();
    {
        let mut backend = SVGBackend::with_string(&mut text, size);
        draw(&mut backend, scene, SVG)?;
        backend.present().map_err(said)?;
    }
    let millimetres = |points: f64| format!("{:.2}mm", points * 25.4 / 72.0);
    let pixels = format!("width=\"{}\" height=\"{}\" viewBox", size.0, size.1);
    let real = format!("width=\"{}\" height=\"{}\" viewBox", millimetres(scene.width), millimetres(scene.height));
    Ok(with_text_lengths(&text.replacen(&pixels, &real, 1), scene))
}

/// Gives every text the width that the scene was laid out for: a viewer without the fonts squeezes its own into it.
fn with_text_lengths(svg: &str, scene: &Scene) -> String {
    const TEXT: &str = "<text ";
    let labels = scene.marks.iter().filter_map(|m| if let Mark::Text(label) = m { Some(label) } else { None });
    let mut pieces = svg.split(TEXT);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for (piece, label) in pieces.zip(labels) {
        let length = text_width(&label.text, label.size, label.bold) * SVG_UNITS;
        out.push_str(&format!("{TEXT}textLength=\"{length:.0}\" lengthAdjust=\"spacingAndGlyphs\" {piece}"));
    }
    out
}

/// The scene as PNG at 300 dots per inch.
pub(crate) fn png(scene: &Scene) -> Result<Vec<u8>, String> {
    register_fonts();
    let pixels = |points: f64| (points * DOTS_PER_INCH / 72.0).round() as usize;
    let (width, height) = (pixels(scene.width), pixels(scene.height));
    let (wide, high) = (width * OVERSAMPLING, height * OVERSAMPLING);
    // White: rounding may leave a line of pixels that nothing covers.
    let mut large = vec![255u8; 3 * wide * high];
    {
        let units = Units {
            per_point: DOTS_PER_INCH / 72.0 * OVERSAMPLING as f64,
            font: LINE_HEIGHT,
            baseline: LINE_HEIGHT / 2.0,
            glyph_by_glyph: true,
        };
        let mut backend = BitMapBackend::with_buffer(&mut large, (wide as u32, high as u32));
        draw(&mut backend, scene, units)?;
        backend.present().map_err(said)?;
    }
    png::encode(&average_down(&large, width, height), width, height, DOTS_PER_INCH).map_err(said)
}

fn average_down(large: &[u8], width: usize, height: usize) -> Vec<u8> {
    let wide = width * OVERSAMPLING;
    let area = (OVERSAMPLING * OVERSAMPLING) as u32;
    let mut small = Vec::with_capacity(3 * width * height);
    let mut sums = vec![0u32; 3 * width];
    for lines in large.chunks_exact(3 * wide * OVERSAMPLING).take(height) {
        sums.fill(0);
        for line in lines.chunks_exact(3 * wide) {
            for (sum, pixels) in sums.chunks_exact_mut(3).zip(line.chunks_exact(3 * OVERSAMPLING)) {
                for pixel in pixels.chunks_exact(3) {
                    for (sum, channel) in sum.iter_mut().zip(pixel) {
                        *sum += u32::from(*channel);
                    }
                }
            }
        }
        small.extend(sums.iter().map(|sum| ((sum + area / 2) / area) as u8));
    }
    small
}

fn draw<B: DrawingBackend>(backend: &mut B, scene: &Scene, units: Units) -> Result<(), String> {
    let at =
        |p: Point| -> (i32, i32) { ((p.0 * units.per_point).round() as i32, (p.1 * units.per_point).round() as i32) };
    backend.draw_rect((0, 0), at((scene.width, scene.height)), &filled(style::PAPER), true).map_err(said)?;
    for mark in &scene.marks {
        match mark {
            Mark::Line { points, width, colour } => {
                let stroke = ShapeStyle {
                    color: rgba(*colour),
                    filled: false,
                    stroke_width: (width * units.per_point).round().max(1.0) as u32,
                };
                backend.draw_path(points.iter().map(|p| at(*p)), &stroke).map_err(said)?;
            }
            Mark::Area { points, colour } => {
                backend.fill_polygon(points.iter().map(|p| at(*p)), &filled(*colour)).map_err(said)?;
            }
            Mark::Dot { centre, radius, colour } => {
                let radius = (radius * units.per_point).round() as u32;
                backend.draw_circle(at(*centre), radius, &filled(*colour), true).map_err(said)?;
            }
            Mark::Text(label) => draw_text(backend, label, units)?,
        }
    }
    Ok(())
}

fn draw_text<B: DrawingBackend>(backend: &mut B, label: &Label, units: Units) -> Result<(), String> {
    let size = label.size * units.per_point;
    let font = FontDesc::new(FontFamily::Name(FAMILY), size * units.font, font_style(label.bold));
    let colour = rgba(label.colour);
    let style = TextStyle::from(font).color(&colour);
    let (x, y) = (label.at.0 * units.per_point, (label.at.1 * units.per_point - units.baseline * size).round() as i32);
    if !units.glyph_by_glyph {
        let horizontal = match label.align {
            Align::Left => HPos::Left,
            Align::Middle => HPos::Center,
            Align::Right => HPos::Right,
        };
        let style = style.pos(Pos::new(horizontal, VPos::Top));
        return backend.draw_text(&label.text, &style, (x.round() as i32, y)).map_err(said);
    }
    let width_of = |text: &str| text_width(text, size, label.bold);
    let left = match label.align {
        Align::Left => x,
        Align::Middle => x - width_of(&label.text) / 2.0,
        Align::Right => x - width_of(&label.text),
    };
    let bytes = if label.bold { BOLD } else { REGULAR };
    for (start, c) in label.text.char_indices() {
        let (end, glyph) = (start + c.len_utf8(), c.to_string());
        // Its origin, kerning included, and from there to its ink.
        let origin = width_of(&label.text[..end]) - width_of(&glyph);
        let ink = left + origin + size * left_bearing(bytes, c);
        backend.draw_text(&glyph, &style, (ink.floor() as i32, y)).map_err(said)?;
    }
    Ok(())
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn rgba(colour: Colour) -> RGBAColor {
    RGBAColor(colour.0, colour.1, colour.2, colour.3)
}

fn filled(colour: Colour) -> ShapeStyle {
    ShapeStyle { color: rgba(colour), filled: true, stroke_width: 0 }
}
