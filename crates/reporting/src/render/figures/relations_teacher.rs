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
    let OfRelations { suite, report, found } = *of;
    if found.teacher.is_empty() {
        return Ok(None);
    }
    let point = &suite.configuration;
    let maps: Vec<_> = found.teacher.iter().map(|(t, relations)| (format!("T = {t}"), relations)).collect();
    let words = Words {
        title: "Class similarity in the teacher's probabilities",
        column: report.style.column(),
        remark: format!("{}, over the teacher's training examples", report.data_set),
        scale: "correlation of softened probabilities",
        classes: &point.classes,
        super_classes: point.super_classes.iter().map(|group| group.name.clone()).collect(),
    };
    let data = frames::csv("relations", &mut found.frame(&point.classes)?)?;
    Ok(Some(Drawing { alt: alt(found, &point.classes), scene: class_maps::draw(found, &maps, &words), data }))
}

/// The teacher's relations: what super-classes add, or which two classes are most similar.
fn alt(found: &ClassRelations, classes: &[String]) -> String {
    let contrast = found.contrasts.teacher.iter().filter_map(|row| Some((row.temperature, row.contrast?)));
    let words: Vec<String> = contrast.map(|(t, c)| format!("{} at T = {t}", fixed(c, 2))).collect();
    if !words.is_empty() {
        return format!(
            "Class similarity in the teacher's probabilities: inside super-classes its probabilities correlate more than across them by {}.",
            list(&words)
        );
    }
    let maps = found.teacher.iter().map(|(t, relations)| (format!("at T = {t}"), relations));
    format!("Class similarity in the teacher's probabilities: {}.", most_alike(maps, classes))
}
