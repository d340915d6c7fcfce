//! `[report]`: how figures and LaTeX tables are made. Nothing here changes a number.

use fractionate_records::{FigureFormat, Palette, ReportStyle};
use serde::Deserialize;

use super::document::{Table, Value, take_key};
use super::place::{Place, Placed};
use super::problems::Problems;
use super::reader::{Field, Given, Keys, Read, Reader, describe};
use super::suggestion;
use super::table_spec::table_spec;

table_spec! {
    /// `[report]` as written.
    ReportSpec {
        figure_width: f64 = optional,
        font_size: f64 = optional,
        palette: String = optional,
        titles: bool = optional,
        formats: Vec<Given<String>> = optional,
        latex_columns: Vec<Given<String>> = optional,
    }
}

/// Takes `[report]` out of the document and checks it.
pub(super) fn take(document: &mut Placed<Value>, problems: &mut Problems) -> ReportStyle {
    let usual = ReportStyle::default();
    let Some(report) = take_key(document, "report") else { return usual };
    if !matches!(report.value, Value::Table(_)) {
        let message = format!("`report` must be a table, not {}", describe(&report.value));
        let help = "a line `[report]`, and below it for example `figure_width = 139`";
        problems.add(&report.place, message, "a table expected", Some(help.into()));
        return usual;
    }
    let Some(spec) = ReportSpec::read("report", &report, problems) else { return usual };
    let formats = spec.formats.given().map(|given| {
        let formats = given.value.iter().filter_map(|format| word(format, &FORMATS, problems));
        formats.collect()
    });
    let style = ReportStyle {
        figure_width: spec.figure_width.value().copied().unwrap_or(usual.figure_width),
        font_size: spec.font_size.value().copied().unwrap_or(usual.font_size),
        palette: spec.palette.given().and_then(|given| word(given, &PALETTES, problems)).unwrap_or(usual.palette),
        titles: spec.titles.value().copied().unwrap_or(usual.titles),
        formats: formats.unwrap_or(usual.formats),
        latex_columns: spec.latex_columns.value().into_iter().flatten().map(|name| name.value.clone()).collect(),
    };
    if let Some(problem) = style.problem() {
        let place = spec.figure_width.given().or(spec.font_size.given()).map_or(&report.place, |given| &given.place);
        problems.add(place, format!("`report`: {problem}"), "no figure fits", None);
    }
    style
}

const PALETTES: [(&str, Palette); 2] = [("colour", Palette::Colour), ("grey", Palette::Grey)];
const FORMATS: [(&str, FigureFormat); 2] = [("png", FigureFormat::Png), ("pdf", FigureFormat::Pdf)];

fn word<T: Copy>(given: &Given<String>, words: &[(&str, T)], problems: &mut Problems) -> Option<T> {
    words.iter().find(|(word, _)| *word == given.value).map(|(_, value)| *value).or_else(|| {
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let message = format!("`{}` cannot be `{}`", given.name, given.value);
        problems.refuse(&given.place, message, "not known", Some(suggestion::advice(&given.value, &names, "there are")))
    })
}

/// The style that a resolved suite file has, as a store keeps it; the usual one where it has none.
///
/// # Errors
/// Why the text, or its table `[report]`, cannot be read.
pub fn stored_report_style(toml: &str) -> Result<ReportStyle, String> {
    #[derive(Deserialize)]
    struct OfReport {
        #[serde(default)]
        report: ReportStyle,
    }
    toml::from_str::<OfReport>(toml).map(|of| of.report).map_err(|error| error.message().to_owned())
}
