//! Class similarity in the teacher's probabilities: a heat map for each temperature.

use crate::analysis::class_relations::ClassRelations;
use crate::error::ReportError;
use crate::frames;
use crate::numbers::{fixed, list};
use crate::render::figures::class_maps;
use crate::render::figures::class_maps::{Words, most_alike};
use crate::render::figures::figure::{Draw, Drawing, FigureKind, OfRelations, Section};

/// The figure, for the registry.
pub(crate) const FIGURE: FigureKind = FigureKind {
    name: "relations_teacher",
    title: "Class similarity in the teacher's probabilities",
    section: Section::ClassRelations,
    colour_scale: true,
    draw: Draw::TeacherRelations(draw),
};

/// Draws the figure.
fn draw(of: &OfRelations<'_>) -> Result<Option<Drawing>, ReportError> {
    let OfRelations { report, found, .. } = *of;
    let drawn = found.drawn();
    if drawn.teacher.is_empty() {
        return Ok(None);
    }
    let maps: Vec<_> = drawn.teacher.iter().map(|(t, relations)| (format!("T = {t}"), relations)).collect();
    let words = Words {
        title: "Class similarity in the teacher's probabilities",
        column: report.style.column(),
        remark: format!("{}, over the teacher's training examples", report.data_set),
        scale: "correlation of softened probabilities",
    };
    let data = frames::csv("relations", &mut drawn.frame()?)?;
    Ok(Some(Drawing { alt: alt(found), scene: class_maps::draw(drawn, &maps, &words), data }))
}

/// The teacher's relations: what super-classes add, or which two classes are most similar.
fn alt(found: &ClassRelations) -> String {
    let contrast = found.contrasts.teacher.iter().filter_map(|row| Some((row.temperature, row.contrast?)));
    let words: Vec<String> = contrast.map(|(t, c)| format!("{} at T = {t}", fixed(c, 2))).collect();
    if !words.is_empty() {
        return format!(
            "Class similarity in the teacher's probabilities: inside super-classes its probabilities correlate more than across them by {}.",
            list(&words)
        );
    }
    let maps = found.by_class.teacher.iter().map(|(t, relations)| (format!("at T = {t}"), relations));
    format!("Class similarity in the teacher's probabilities: {}.", most_alike(maps, &found.by_class.names))
}
