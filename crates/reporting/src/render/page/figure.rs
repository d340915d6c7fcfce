//! A figure of the page: a picture that holds its own data.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::error::ReportError;
use crate::render::figures::figure::{Figure, FigureKind};

/// A figure with what can be saved of it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FigureView {
    /// Its place below `figures/`, with hyphens: the name of what is saved.
    pub(crate) name: String,
    pub(crate) title: &'static str,
    /// What it shows, for those who do not see it.
    pub(crate) alt: String,
    /// The picture, in base64.
    pub(crate) svg: String,
    /// In tenths of a configuration: the page keeps its place free.
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Whether it is wider than a journal's column.
    pub(crate) wide: bool,
    /// Whether its colours are a scale of numbers.
    pub(crate) scale: bool,
}

impl FigureView {
    pub(crate) fn of(figure: &Figure) -> Result<Self, ReportError> {
        let svg = figure.svg()?;
        let (width, height) = size(&svg).unwrap_or((4, 3));
        Ok(Self {
            name: figure.name.replace('/', "-"),
            alt: figure.alt.clone(),
            title: figure.kind.title,
            svg: STANDARD.encode(svg.as_bytes()),
            width,
            height,
            wide: figure.wide,
            scale: figure.kind.colour_scale,
        })
    }
}

/// The figures of a comparison that are wanted, in order.
pub(crate) fn of_comparison(
    figures: &[Figure],
    comparison: &str,
    wanted: impl Fn(&FigureKind) -> bool,
) -> Result<Vec<FigureView>, ReportError> {
    figures.iter().filter(|figure| figure.is_of(comparison) && wanted(figure.kind)).map(FigureView::of).collect()
}

/// Width and height, in tenths of a configuration.
fn size(svg: &str) -> Option<(u32, u32)> {
    let numbers = svg.split_once("viewBox=\"0 0 ")?.1.split_once('"')?.0;
    let (width, height) = numbers.split_once(' ')?;
    Some((width.parse().ok()?, height.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_the_view_boxs() {
        assert_eq!(size("<svg width=\"85.02mm\" viewBox=\"0 0 2410 2060\" xmlns"), Some((2410, 2060)));
        assert_eq!(size("<svg>"), None);
    }
}
