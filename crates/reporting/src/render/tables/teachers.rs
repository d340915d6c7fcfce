//! The terms under each of several teachers, and their components.

use fractionate_records::Metric;
use polars::prelude::DataFrame;

use crate::error::ReportError;
use crate::frames;
use crate::model::metric_words::MetricWords;
use crate::model::teachers::{Components, TeacherTerm, TeachersReport};
use crate::numbers::{DASH, fixed, signed};
use crate::render::tables::TextTable;

/// What the columns say.
pub(crate) const EXPLANATION: &str = "Teachers, seeds and their interaction: standard deviations of crossed random effects, from the mean \
     squares. Share of teachers: of the squared standard error of the mean, which also holds seeds, the interaction, \
     hyperparameter selection and, where the predictions are there, the test set.";

/// For people.
pub(crate) fn teachers_text(found: &TeachersReport, metric: Metric) -> TextTable {
    let digits = metric.decimals();
    let unit = metric.gain_unit();
    let mut columns = vec!["term".to_owned()];
    columns.extend(found.teachers.iter().map(|value| format!(">teacher {value} ({unit})")));
    columns.extend([">sd teachers", ">sd seeds", ">sd interaction", ">share of teachers (%)"].map(str::to_owned));
    let mut table = TextTable::with_columns(&columns.iter().map(String::as_str).collect::<Vec<_>>());
    for TeacherTerm { term, by_teacher, components } in &found.terms {
        let Components { teacher, seed, interaction, variance } = components;
        let total = variance.total();
        let mut row = vec![term.name().to_owned()];
        row.extend(by_teacher.iter().map(|mean| signed(*mean, digits)));
        row.extend([teacher, seed, interaction].map(|sd| fixed(*sd, digits)));
        row.push(if total > 0.0 { fixed(100.0 * variance.teachers / total, 0) } else { DASH.to_owned() });
        table.push(row);
    }
    table
}

/// For programs.
pub(crate) fn teachers_frame(found: &TeachersReport, metric: Metric) -> Result<DataFrame, ReportError> {
    let terms = &found.terms;
    let number = |name: &str, of: &dyn Fn(&TeacherTerm) -> Option<f64>| {
        frames::column(name, terms.iter().map(of).collect::<Vec<_>>())
    };
    let mut columns = vec![
        frames::column("term", terms.iter().map(|row| row.term.name()).collect::<Vec<_>>()),
        frames::column("unit", vec![metric.gain_unit(); terms.len()]),
    ];
    for (place, value) in found.teachers.iter().enumerate() {
        columns.push(number(&format!("{}={value}", found.axis), &|row| row.by_teacher.get(place).copied()));
    }
    columns.extend([
        number("sd_teachers", &|row| Some(row.components.teacher)),
        number("sd_seeds", &|row| Some(row.components.seed)),
        number("sd_interaction", &|row| Some(row.components.interaction)),
        number("variance_of_teachers", &|row| Some(row.components.variance.teachers)),
        number("variance_of_seeds", &|row| Some(row.components.variance.seeds)),
        number("variance_of_interaction", &|row| Some(row.components.variance.interaction)),
        number("variance_of_selection", &|row| Some(row.components.variance.selection)),
        number("variance_of_test_set", &|row| row.components.variance.test_set),
    ]);
    frames::frame("teachers", columns)
}
