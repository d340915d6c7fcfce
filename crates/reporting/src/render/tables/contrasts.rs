//! The table of block contrasts: how much more similar classes of one super-class are.

use fractionate_statistics::Summary;
use polars::prelude::DataFrame;

use crate::analysis::class_relations::TEMPERATURES;
use crate::error::ReportError;
use crate::frames;
use crate::model::class_contrasts::ClassContrasts;
use crate::numbers::{DASH, signed, signed_plus_minus};
use crate::render::tables::TextTable;
use crate::render::tables::decomposition::summary_columns;

const DECIMALS: usize = 3;

/// For people.
pub(crate) fn contrasts_text(contrasts: &ClassContrasts) -> TextTable {
    let mut columns = vec!["of".to_owned(), "comparison".to_owned(), ">n".to_owned(), ">block contrast".to_owned()];
    columns.extend(contrasts.teacher.iter().map(|t| format!(">like teacher, T = {}", t.temperature)));
    let mut table = TextTable::with_columns(&columns.iter().map(String::as_str).collect::<Vec<_>>());
    let number = |value: Option<f64>| value.map_or(DASH.to_owned(), |value| signed(value, DECIMALS));
    let dashes = || contrasts.teacher.iter().map(|_| DASH.to_owned());
    for teacher in &contrasts.teacher {
        let name = format!("teacher's probabilities, T = {}", teacher.temperature);
        let row = [name, DASH.to_owned(), "1".to_owned(), number(teacher.contrast)];
        table.push(row.into_iter().chain(dashes()).collect());
    }
    for row in &contrasts.students {
        let contrast = row.contrast.map_or(DASH.to_owned(), |s| signed_plus_minus(&s, DECIMALS));
        let cells = [format!("`{}`", row.arm), row.comparison.name().to_owned(), row.n.to_string(), contrast];
        let spearman: Vec<String> = row.spearman.iter().map(|&rho| number(rho)).collect();
        table.push(cells.into_iter().chain(spearman).collect());
    }
    table
}

/// For programs.
pub(crate) fn contrasts_frame(contrasts: &ClassContrasts) -> Result<DataFrame, ReportError> {
    let one = |value: Option<f64>| value.and_then(|mean| Summary::of(&[mean]));
    let teacher = contrasts.teacher.iter().map(|t| ("teacher", "", "", Some(t.temperature), one(t.contrast), None));
    let students = contrasts.students.iter();
    let students =
        students.map(|s| ("students", s.comparison.name(), s.arm.as_str(), None, s.contrast, Some(&s.spearman)));
    let rows: Vec<_> = teacher.chain(students).collect();
    let mut columns = vec![
        frames::column("of", rows.iter().map(|r| r.0).collect::<Vec<_>>()),
        frames::column("comparison", rows.iter().map(|r| r.1).collect::<Vec<_>>()),
        frames::column("arm", rows.iter().map(|r| r.2).collect::<Vec<_>>()),
        frames::column("temperature", rows.iter().map(|r| r.3).collect::<Vec<_>>()),
    ];
    columns.extend(summary_columns(&rows.iter().map(|r| r.4).collect::<Vec<_>>()));
    for (i, temperature) in TEMPERATURES.iter().enumerate() {
        let values: Vec<Option<f64>> = rows.iter().map(|r| r.5.and_then(|s| *s.get(i)?)).collect();
        columns.push(frames::column(&format!("spearman_with_teacher_at_{temperature}"), values));
    }
    frames::frame("contrasts", columns)
}

/// The classes of every group of classes, for programs.
pub(crate) fn groups_frame(contrasts: &ClassContrasts) -> Result<DataFrame, ReportError> {
    let of = contrasts.groups.iter();
    let rows: Vec<(&str, &str)> =
        of.flat_map(|group| group.classes.iter().map(|class| (group.name.as_str(), class.as_str()))).collect();
    let columns = vec![
        frames::column("group", rows.iter().map(|r| r.0).collect::<Vec<_>>()),
        frames::column("class", rows.iter().map(|r| r.1).collect::<Vec<_>>()),
    ];
    frames::frame("class_groups", columns)
}
