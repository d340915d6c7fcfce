//! The report as text: for the terminal, and as Markdown.

use crate::render::figures::Figure;

/// A figure of that name with the sentence of what it shows; nothing where there is none.
pub(crate) fn figure_link(figures: &[Figure], name: &str) -> String {
    let found = figures.iter().find(|figure| figure.name == name);
    found.map(|figure| format!("![{}](figures/{name}.svg)\n\n", figure.alt)).unwrap_or_default()
}
