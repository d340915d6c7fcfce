//! Links to figures, with their alternative texts.

use crate::render::figures::figure::{Figure, Section};

/// A figure of that name with the sentence of what it shows; nothing where there is none.
pub(crate) fn figure_link(figures: &[Figure], name: &str) -> String {
    let found = figures.iter().find(|figure| figure.name == name);
    found.map(|figure| format!("![{}](figures/{name}.svg)\n\n", figure.alt)).unwrap_or_default()
}

/// The figures of a comparison's section that the text has not placed next to a table.
pub(crate) fn other_figure_links(figures: &[Figure], comparison: &str, section: Section, placed: &[&str]) -> String {
    let own = figures.iter().filter(|figure| figure.is_of(comparison) && figure.kind.section == section);
    let others = own.filter(|figure| !placed.contains(&figure.kind.name));
    others.map(|figure| figure_link(figures, &figure.name)).collect()
}
