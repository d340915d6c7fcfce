//! From a scene to PDF: vectors, and text in Liberation Sans, of which the file holds the letters that it needs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::render::figures::drawing::fonts::{BOLD, REGULAR, text_width};
use crate::render::figures::drawing::scene::{Align, Label, Mark, Point, Scene};
use crate::render::figures::drawing::style::Colour;
use crate::render::figures::drawing::true_type::{Glyphs, subset};

/// A quarter of a circle as a Bézier curve.
const QUARTER: f64 = 0.552_284_75;

/// The scene as a PDF of one page of its size.
pub(crate) fn pdf(scene: &Scene) -> Vec<u8> {
    let fonts = [REGULAR, BOLD].map(Glyphs::of);
    let mut page = Page { text: String::new(), opacities: BTreeMap::new(), fonts: &fonts, used: Default::default() };
    // The origin at the upper left, as scenes have it.
    let _ = writeln!(page.text, "1 0 0 -1 0 {:.3} cm 1 J 1 j", scene.height);
    scene.marks.iter().for_each(|mark| page.mark(mark));
    page.file(scene)
}

struct Page<'a> {
    text: String,
    /// Opacities in thousandths, each with the number of its state.
    opacities: BTreeMap<u32, usize>,
    fonts: &'a [Glyphs<'static>; 2],
    /// The glyphs in use, regular and bold, each with its character.
    used: [BTreeMap<u16, char>; 2],
}

impl Page<'_> {
    fn mark(&mut self, mark: &Mark) {
        match mark {
            Mark::Line { points, width, colour } => {
                self.colour(*colour);
                self.path(points);
                let _ = writeln!(self.text, "{width:.3} w S");
            }
            Mark::Area { points, colour } => {
                self.colour(*colour);
                self.path(points);
                self.text.push_str("f\n");
            }
            Mark::Dot { centre: (x, y), radius: r, colour } => {
                self.colour(*colour);
                let k = QUARTER * r;
                let _ = writeln!(self.text, "{:.3} {y:.3} m", x + r);
                let quarter = [((r, &k), (&k, r), (0.0, *r)), ((&-k, r), (&-r, &k), (-r, 0.0))];
                let other = [((&-r, &-k), (&-k, &-r), (0.0, -r)), ((&k, &-r), (r, &-k), (*r, 0.0))];
                for ((ax, ay), (bx, by), (cx, cy)) in quarter.into_iter().chain(other) {
                    let numbers = [x + ax, y + ay, x + bx, y + by, x + cx, y + cy].map(|v| format!("{v:.3}"));
                    let _ = writeln!(self.text, "{} c", numbers.join(" "));
                }
                self.text.push_str("f\n");
            }
            Mark::Text(label) => self.label(label),
        }
    }

    fn path(&mut self, points: &[Point]) {
        for (place, (x, y)) in points.iter().enumerate() {
            let _ = writeln!(self.text, "{x:.3} {y:.3} {}", if place == 0 { "m" } else { "l" });
        }
    }

    fn colour(&mut self, Colour(red, green, blue, opacity): Colour) {
        let next = self.opacities.len();
        let state = *self.opacities.entry((1000.0 * opacity).round() as u32).or_insert(next);
        let rgb = [red, green, blue].map(|channel| format!("{:.4}", f64::from(channel) / 255.0)).join(" ");
        let _ = writeln!(self.text, "/G{state} gs {rgb} rg {rgb} RG");
    }

    /// Every glyph at the place that the figure was laid out for, kerning included.
    fn label(&mut self, label: &Label) {
        self.colour(label.colour);
        let font = usize::from(label.bold);
        let width = |text: &str| text_width(text, label.size, label.bold);
        let left = match label.align {
            Align::Left => label.at.0,
            Align::Middle => label.at.0 - width(&label.text) / 2.0,
            Align::Right => label.at.0 - width(&label.text),
        };
        let (size, y) = (label.size, label.at.1);
        let _ = write!(self.text, "BT /F{font} {size:.3} Tf 1 0 0 -1 {left:.3} {y:.3} Tm [");
        let mut reached = 0.0;
        for (start, c) in label.text.char_indices() {
            let glyph = self.fonts[font].glyph(c);
            self.used[font].insert(glyph, c);
            let origin = width(&label.text[..start + c.len_utf8()]) - width(c.encode_utf8(&mut [0; 4]));
            // In thousandths of the size, to the left.
            let shift = -1000.0 * (origin - reached) / size;
            if shift.abs() > 0.5 {
                let _ = write!(self.text, "{shift:.0}");
            }
            let _ = write!(self.text, "<{glyph:04X}>");
            reached = origin + size * self.fonts[font].advance(glyph) / 1000.0;
        }
        self.text.push_str("] TJ ET\n");
    }

    /// The whole file.
    fn file(self, scene: &Scene) -> Vec<u8> {
        let mut file = File::default();
        let [catalogue, pages, page, content] = [(); 4].map(|()| file.reserve());
        let fonts = [0, 1].map(|font| self.font(font, &mut file));
        let states = self.opacities.iter().map(|(opacity, state)| {
            let opacity = f64::from(*opacity) / 1000.0;
            format!("/G{state} << /ca {opacity} /CA {opacity} >>")
        });
        let states: Vec<String> = states.collect();
        file.object(catalogue, &format!("<< /Type /Catalog /Pages {pages} 0 R >>"));
        file.object(pages, &format!("<< /Type /Pages /Kids [{page} 0 R] /Count 1 >>"));
        file.object(
            page,
            &format!(
                "<< /Type /Page /Parent {pages} 0 R /MediaBox [0 0 {:.3} {:.3}] /Contents {content} 0 R /Resources << /Font \
                 << /F0 {} 0 R /F1 {} 0 R >> /ExtGState << {} >> >> >>",
                scene.width,
                scene.height,
                fonts[0],
                fonts[1],
                states.join(" ")
            ),
        );
        file.stream(content, "", self.text.as_bytes());
        file.end(catalogue)
    }

    /// Adds a font with its letters, and gives its number.
    fn font(&self, font: usize, file: &mut File) -> usize {
        let (glyphs, used) = (&self.fonts[font], &self.used[font]);
        let name = ["FRACTN+LiberationSans", "FRACTN+LiberationSans-Bold"][font];
        let [own, descendant, descriptor, bytes, unicode] = [(); 5].map(|()| file.reserve());
        let widths = used.keys().map(|glyph| format!("{glyph} [{:.0}]", glyphs.advance(*glyph)));
        let widths: Vec<String> = widths.collect();
        file.object(
            own,
            &format!(
                "<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H /DescendantFonts [{descendant} 0 R] \
                 /ToUnicode {unicode} 0 R >>"
            ),
        );
        file.object(
            descendant,
            &format!(
                "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDSystemInfo << /Registry (Adobe) /Ordering \
                 (Identity) /Supplement 0 >> /FontDescriptor {descriptor} 0 R /CIDToGIDMap /Identity /W [{}] >>",
                widths.join(" ")
            ),
        );
        // Of Liberation Sans, in thousandths of its size.
        file.object(
            descriptor,
            &format!(
                "<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [-544 -303 1302 980] /ItalicAngle 0 /Ascent \
                 905 /Descent -212 /CapHeight 729 /StemV 80 /FontFile2 {bytes} 0 R >>"
            ),
        );
        let letters = subset(glyphs, used.keys().copied());
        file.stream(bytes, &format!("/Length1 {} ", letters.len()), &letters);
        file.stream(unicode, "", unicode_map(used).as_bytes());
        own
    }
}

/// Which character each glyph stands for, so that text can be searched and copied.
fn unicode_map(used: &BTreeMap<u16, char>) -> String {
    let line = |(glyph, c): (&u16, &char)| format!("<{glyph:04X}> <{:04X}>\n", u32::from(*c));
    let lines: Vec<String> = used.iter().map(line).collect();
    let blocks = lines.chunks(100).map(|block| format!("{} beginbfchar\n{}endbfchar\n", block.len(), block.concat()));
    format!(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def\n1 \
         begincodespacerange <0000> <FFFF> endcodespacerange\n{}endcmap CMapName currentdict /CMap defineresource pop end end\n",
        blocks.collect::<String>()
    )
}

/// Numbered objects, and where each begins.
struct File {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl Default for File {
    fn default() -> Self {
        Self { bytes: b"%PDF-1.5\n%\xE2\xE3\xCF\xD3\n".to_vec(), places: Vec::new() }
    }
}

impl File {
    /// The number of an object to come.
    fn reserve(&mut self) -> usize {
        self.places.push(0);
        self.places.len()
    }

    fn object(&mut self, number: usize, text: &str) {
        self.places[number - 1] = self.bytes.len();
        self.bytes.extend(format!("{number} 0 obj\n{text}\nendobj\n").bytes());
    }

    fn stream(&mut self, number: usize, keys: &str, data: &[u8]) {
        self.places[number - 1] = self.bytes.len();
        self.bytes.extend(format!("{number} 0 obj\n<< {keys}/Length {} >>\nstream\n", data.len()).bytes());
        self.bytes.extend(data);
        self.bytes.extend(b"\nendstream\nendobj\n");
    }

    fn end(mut self, catalogue: usize) -> Vec<u8> {
        let start = self.bytes.len();
        let count = self.places.len() + 1;
        self.bytes.extend(format!("xref\n0 {count}\n0000000000 65535 f \n").bytes());
        for place in &self.places {
            self.bytes.extend(format!("{place:010} 00000 n \n").bytes());
        }
        let end = format!("trailer << /Size {count} /Root {catalogue} 0 R >>\nstartxref\n{start}\n%%EOF\n");
        self.bytes.extend(end.bytes());
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::figures::drawing::style::INK;

    #[test]
    fn a_pdf_has_the_figures_size_its_text_and_whole_objects() {
        let mut scene = Scene::new(200.0, 30.0);
        scene.text(Label::new("−0.47 ± 0.17", (5.0, 11.0), Align::Left));
        scene.dot((50.0, 20.0), 2.0, INK);
        let bytes = pdf(&scene);
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.starts_with("%PDF-1.5") && text.ends_with("%%EOF\n"));
        assert!(text.contains("/MediaBox [0 0 200.000 30.000]"));
        // The minus sign and the plus-minus sign can be searched for.
        assert!(text.contains("<2212>") && text.contains("<00B1>"));
        let table = text.rsplit_once("startxref\n").unwrap().1.lines().next().unwrap().parse::<usize>().unwrap();
        assert!(bytes[table..].starts_with(b"xref\n"));
        for (number, line) in String::from_utf8_lossy(&bytes[table..]).lines().skip(3).enumerate() {
            let Some(place) = line.strip_suffix(" 00000 n ") else { break };
            let start = format!("{} 0 obj", number + 1);
            assert!(bytes[place.parse::<usize>().unwrap()..].starts_with(start.as_bytes()), "{line}");
        }
    }
}
