//! How a report's figures and LaTeX tables are made: nothing here changes a number.

use serde::{Deserialize, Serialize};

/// What `[report]` of a suite and the options of `fractionate report` say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReportStyle {
    /// The width of a figure of one column, in millimetres; wide ones have twice that.
    pub figure_width: f64,
    /// The size of names and values in figures, in points; titles and axes keep their proportion to it.
    pub font_size: f64,
    /// The colours of figures.
    pub palette: Palette,
    /// Whether figures have their title and the line below it.
    pub titles: bool,
    /// The formats of figures besides SVG, which page and Markdown show.
    pub formats: Vec<FigureFormat>,
    /// The columns of LaTeX tables by their heads, besides the first; all where it is empty.
    pub latex_columns: Vec<String>,
}

/// The colours of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Palette {
    /// One colour for each arm, distinguishable with any kind of colour vision.
    Colour,
    /// Greys, as bright as the colours.
    Grey,
}

/// A format of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FigureFormat {
    /// 300 dots per inch.
    Png,
    /// Vectors, with the letters that it needs.
    Pdf,
}

impl Default for ReportStyle {
    fn default() -> Self {
        Self {
            figure_width: 85.0,
            font_size: 7.5,
            palette: Palette::Colour,
            titles: true,
            formats: vec![FigureFormat::Png],
            latex_columns: Vec::new(),
        }
    }
}

impl ReportStyle {
    /// The least width that figures can be laid out in at the usual size of letters, in points.
    const LEAST_COLUMN: f64 = 220.0;

    /// How many times as large as usual letters and lines are.
    pub fn scale(&self) -> f64 {
        self.font_size / Self::default().font_size
    }

    /// The width in points that a figure is laid out in before it is scaled.
    pub fn column(&self) -> f64 {
        points(self.figure_width) / self.scale()
    }

    /// Why no figure can be made so, if none can.
    pub fn problem(&self) -> Option<String> {
        let Self { figure_width, font_size, .. } = *self;
        if !(40.0..=400.0).contains(&figure_width) {
            return Some(format!("a figure's width is 40 to 400 millimetres, not {figure_width}"));
        }
        if !(4.0..=20.0).contains(&font_size) {
            return Some(format!("a figure's font size is 4 to 20 points, not {font_size}"));
        }
        let least = (Self::LEAST_COLUMN * self.scale() * 25.4 / 72.0).ceil();
        (self.column() < Self::LEAST_COLUMN).then(|| {
            format!("letters of {font_size} points take a figure of {least} millimetres or more, not {figure_width}")
        })
    }
}

/// Millimetres in points, whole ones.
fn points(millimetres: f64) -> f64 {
    (millimetres * 72.0 / 25.4).round()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_of_a_journals_column_has_241_points_and_larger_letters_take_more_room() {
        let style = ReportStyle::default();
        assert_eq!((style.column(), style.problem()), (241.0, None));
        let large = ReportStyle { font_size: 10.0, ..style.clone() };
        // 220 points at 10 / 7.5 of the size are 103.5 mm.
        let words = "letters of 10 points take a figure of 104 millimetres or more, not 85";
        assert_eq!(large.problem().as_deref(), Some(words));
        assert_eq!(ReportStyle { figure_width: 104.0, ..large }.problem(), None);
        assert!(ReportStyle { figure_width: f64::NAN, ..style }.problem().is_some());
    }
}
