//! A picture as plain data: marks at places in points (1/72 inch), the origin at the upper left.

use fractionate_records::clean::one_line;

use crate::render::figures::drawing::style::{Colour, Form, Marker, Stroke};

/// A picture.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// In drawing order.
    pub(crate) marks: Vec<Mark>,
}

/// A place.
pub(crate) type Point = (f64, f64);

/// One thing drawn.
#[derive(Debug, Clone)]
pub(crate) enum Mark {
    /// Straight pieces through all points.
    Line { points: Vec<Point>, width: f64, colour: Colour },
    /// A filled outline.
    Area { points: Vec<Point>, colour: Colour },
    /// A filled circle.
    Dot { centre: Point, radius: f64, colour: Colour },
    /// A line of text.
    Text(Label),
}

/// A line of text.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub(crate) text: String,
    /// The place of its baseline's left end, middle or right end.
    pub(crate) at: Point,
    pub(crate) align: Align,
    pub(crate) size: f64,
    pub(crate) bold: bool,
    pub(crate) colour: Colour,
}

/// Which part of a line of text lies at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Middle,
    Right,
}

impl Scene {
    pub(crate) fn new(width: f64, height: f64) -> Self {
        Self { width, height, marks: Vec::new() }
    }

    pub(crate) fn line(&mut self, from: Point, to: Point, width: f64, colour: Colour) {
        self.marks.push(Mark::Line { points: vec![from, to], width, colour });
    }

    pub(crate) fn path(&mut self, points: Vec<Point>, width: f64, colour: Colour) {
        self.marks.push(Mark::Line { points, width, colour });
    }

    /// A straight line of dashes of 2 points and gaps of 1.5.
    pub(crate) fn dashes(&mut self, from: Point, to: Point, width: f64, colour: Colour) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        let mut start = 0.0;
        while start < length {
            let end = (start + 2.0).min(length);
            let at = |t: f64| (from.0 + dx * t / length, from.1 + dy * t / length);
            self.line(at(start), at(end), width, colour);
            start += 3.5;
        }
    }

    /// Straight pieces through all points, in the form's stroke.
    pub(crate) fn stroke(&mut self, points: &[Point], width: f64, colour: Colour, stroke: Stroke) {
        let (dash, gap) = match stroke {
            Stroke::Solid => return self.path(points.to_vec(), width, colour),
            Stroke::Dashed => (4.0, 2.0),
            Stroke::Dotted => (1.2, 1.6),
        };
        // How much of the present dash (or gap) is left.
        let (mut drawing, mut left) = (true, dash);
        for pair in points.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let length = dx.hypot(dy);
            let mut start = 0.0;
            while start < length {
                let end = (start + left).min(length);
                let at = |t: f64| (from.0 + dx * t / length, from.1 + dy * t / length);
                if drawing {
                    self.line(at(start), at(end), width, colour);
                }
                left -= end - start;
                start = end;
                if left <= 1e-9 {
                    drawing = !drawing;
                    left = if drawing { dash } else { gap };
                }
            }
        }
    }

    /// A filled mark.
    pub(crate) fn mark(&mut self, (x, y): Point, radius: f64, colour: Colour, form: Form) {
        let r = radius;
        match form.marker {
            Marker::Dot => self.dot((x, y), r, colour),
            Marker::Square => {
                let r = 0.9 * r;
                self.area(vec![(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)], colour);
            }
            Marker::Triangle => {
                self.area(vec![(x, y - 1.25 * r), (x + 1.15 * r, y + 0.85 * r), (x - 1.15 * r, y + 0.85 * r)], colour);
            }
            Marker::Diamond => {
                let r = 1.25 * r;
                self.area(vec![(x, y - r), (x + r, y), (x, y + r), (x - r, y)], colour);
            }
        }
    }

    pub(crate) fn area(&mut self, points: Vec<Point>, colour: Colour) {
        self.marks.push(Mark::Area { points, colour });
    }

    pub(crate) fn dot(&mut self, centre: Point, radius: f64, colour: Colour) {
        self.marks.push(Mark::Dot { centre, radius, colour });
    }

    pub(crate) fn text(&mut self, label: Label) {
        self.marks.push(Mark::Text(label));
    }

    /// A horizontal interval with caps, on a pale ground so that it shows on any colour.
    pub(crate) fn whisker(&mut self, low: f64, high: f64, y: f64, width: f64, colour: Colour, ground: Colour) {
        // Taller than a mean's dot, so that an interval narrower than the dot still shows.
        let cap = 2.6;
        let pieces = [((low, y), (high, y)), ((low, y - cap), (low, y + cap)), ((high, y - cap), (high, y + cap))];
        for (from, to) in pieces {
            self.line(from, to, width + 1.0, ground);
        }
        for (from, to) in pieces {
            self.line(from, to, width, colour);
        }
    }
}

impl Label {
    /// Plain text of the usual size in ink.
    pub(crate) fn new(text: impl Into<String>, at: Point, align: Align) -> Self {
        Self {
            text: one_line(&text.into()).into_owned(),
            at,
            align,
            size: crate::render::figures::drawing::style::TEXT,
            bold: false,
            colour: crate::render::figures::drawing::style::INK,
        }
    }

    pub(crate) fn bold(mut self) -> Self {
        self.bold = true;
        self
    }

    pub(crate) fn sized(mut self, size: f64) -> Self {
        self.size = size;
        self
    }

    pub(crate) fn coloured(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    /// Cuts the text at `width` points, if it is longer.
    pub(crate) fn within(mut self, width: f64) -> Self {
        let mut cut = self.text.clone();
        while crate::render::figures::drawing::fonts::text_width(&self.text, self.size, self.bold) > width
            && cut.pop().is_some()
        {
            self.text = format!("{}…", cut.trim_end());
        }
        self
    }
}
