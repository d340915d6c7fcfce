//! A figure of the page: a picture that holds its own data.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::error::ReportError;
use crate::render::figures::Figure;
use crate::render::page::dark;

/// A figure with what can be saved of it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FigureView {
    /// Its place below `figures/`, with hyphens: the name of what is saved.
    pub(crate) name: String,
    pub(crate) title: String,
    /// What it shows, for those who do not see it.
    pub(crate) alt: String,
    /// The picture, in base64.
    pub(crate) svg: String,
    /// In tenths of a point: the page keeps its place free.
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Whether it is wider than a journal's column.
    pub(crate) wide: bool,
    /// Whether its colours are a scale of numbers.
    pub(crate) scale: bool,
}

/// Widths of more than this many tenths of a point are shown across the page.
const COLUMN: u32 = 2600;

impl FigureView {
    pub(crate) fn of(figure: &Figure) -> Result<Self, ReportError> {
        let svg = figure.svg()?;
        let (width, height) = size(&svg).unwrap_or((4, 3));
        let own = figure.own_name();
        Ok(Self {
            name: figure.name.replace('/', "-"),
            alt: figure.alt.clone(),
            title: title(own),
            svg: STANDARD.encode(svg.as_bytes()),
            width,
            height,
            wide: width > COLUMN,
            scale: dark::paints_numbers(own, &svg),
        })
    }
}

/// The figures of a comparison, in order, of those names or of all others.
pub(crate) fn of_comparison<'a>(
    figures: &'a [Figure],
    comparison: &'a str,
    wanted: impl Fn(&str) -> bool + 'a,
) -> Result<Vec<FigureView>, ReportError> {
    let own = figures
        .iter()
        .filter(|figure| figure.name.split_once('/').is_some_and(|(place, name)| place == comparison && wanted(name)));
    own.map(FigureView::of).collect()
}

/// Width and height, in tenths of a point.
fn size(svg: &str) -> Option<(u32, u32)> {
    let numbers = svg.split_once("viewBox=\"0 0 ")?.1.split_once('"')?.0;
    let (width, height) = numbers.split_once(' ')?;
    Some((width.parse().ok()?, height.parse().ok()?))
}

/// What a figure shows, in a few words.
fn title(name: &str) -> String {
    let known = match name {
        "arms" => "Every arm, its seeds and its mean",
        "decomposition" => "The gain of distillation, taken apart",
        "curves" => "Learning curves",
        "improvement" => "How often one arm is better than another",
        "differences" => "Paired differences from the reference arm",
        "arm_options" => "Along an arm's option",
        "omega_scatter" => "Gradient rescaling against the teacher's probability of the label",
        "omega" => "The distribution of gradient rescaling",
        "difficulty" => "Accuracy by how sure the teacher is of the label",
        "relations_teacher" => "Which classes the teacher takes for alike",
        "relations_students" => "Which classes the students' logit weights make alike",
        "sweep_arms" => "Every arm along the sweep",
        "sweep_terms" => "Every term along the sweep",
        other => {
            let words = other.replace('_', " ");
            let mut letters = words.chars();
            return letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect());
        }
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_the_view_boxs() {
        assert_eq!(size("<svg width=\"85.02mm\" viewBox=\"0 0 2410 2060\" xmlns"), Some((2410, 2060)));
        assert_eq!(size("<svg>"), None);
    }

    #[test]
    fn an_unknown_figure_is_called_by_its_name() {
        assert_eq!(title("paired_differences"), "Paired differences");
    }
}
