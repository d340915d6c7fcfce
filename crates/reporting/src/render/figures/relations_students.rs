//! Class similarity in the students' logit weights: a heat map for each arm.

use fractionate_records::{Comparison, Metric};

use crate::analysis::class_relations::ClassRelations;
use crate::error::ReportError;
use crate::frames;
use crate::numbers::{count, fixed};
use crate::render::figures::class_maps;
use crate::render::figures::class_maps::{Words, most_alike};
use crate::render::figures::figure::{Draw, Drawing, FigureKind, OfRelations, Section};
use crate::render::figures::words::extremes;

/// The figure, for the registry.
pub(crate) const FIGURE: FigureKind = FigureKind {
    name: "relations_students",
    title: "Class similarity in the students' logit weights",
    section: Section::ClassRelations,
    colour_scale: true,
    draw: Draw::StudentRelations(draw),
};

/// Draws the figure of one comparison.
fn draw(of: &OfRelations<'_>, comparison: Comparison) -> Result<Option<Drawing>, ReportError> {
    let OfRelations { suite, report, found } = *of;
    let drawn = found.drawn();
    let own = drawn.students.iter().filter(|(c, ..)| *c == comparison);
    let maps: Vec<_> = own.map(|(_, arm, relations)| (arm.clone(), relations)).collect();
    if maps.is_empty() {
        return Ok(None);
    }
    let seeds = count(suite.manifest.seeds.len(), "seed");
    let words = Words {
        title: "Class similarity in the students' logit weights",
        column: report.style.column(),
        remark: format!("{}, {}, means over {seeds}", report.data_set, comparison.name()),
        scale: "cosine similarity",
    };
    let data = frames::csv("relations", &mut drawn.frame()?)?;
    Ok(Some(Drawing { alt: alt(found, comparison), scene: class_maps::draw(drawn, &maps, &words), data }))
}

/// The students' relations, arm by arm.
fn alt(found: &ClassRelations, comparison: Comparison) -> String {
    let head = format!("Class similarity in the students' logit weights ({})", comparison.name());
    let rows = found.contrasts.students.iter().filter(|row| row.comparison == comparison);
    let contrasts: Vec<(&str, f64)> = rows.filter_map(|row| Some((row.arm.as_str(), row.contrast?.mean))).collect();
    // More contrast is not better: the same order as of accuracies.
    if let Some([most, least]) = extremes(Metric::TestAccuracy, &contrasts) {
        let show = |(arm, contrast): (&str, f64)| format!("{arm} ({})", fixed(contrast, 2));
        return format!(
            "{head}: the similarity inside super-classes exceeds that across them most in the students of {} and least in those of {}.",
            show(most),
            show(least)
        );
    }
    let maps = found.by_class.students.iter().filter(|(c, ..)| *c == comparison);
    let maps = maps.map(|(_, arm, relations)| (format!("for {arm}"), relations));
    format!("{head}: {}.", most_alike(maps, &found.by_class.names))
}
