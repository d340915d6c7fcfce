//! How a report's figures and LaTeX tables are made: by the suite's `[report]`, changed by options.

use fractionate_ablation::suite::stored_report_style;
use fractionate_records::{FigureFormat, Palette, ReportStyle, Store};

use crate::arguments::{FormatArgument, PaletteArgument, StyleArguments};
use crate::failure::Failure;

/// The style of a store's report.
pub(crate) fn style(store: &Store, arguments: &StyleArguments) -> Result<ReportStyle, Failure> {
    let path = store.root().join("suite.toml");
    let wrong = |reason: String| Failure::WrongUse(format!("error: {}: {reason}", path.display()));
    let mut style = match store.folder().read("suite.toml") {
        Ok(bytes) => {
            let text = String::from_utf8(bytes).map_err(|_| wrong("is not a text file (UTF-8)".to_owned()))?;
            stored_report_style(&text).map_err(wrong)?
        }
        // Runs that were made elsewhere have no suite.
        Err(error) if error.is_missing() => ReportStyle::default(),
        Err(error) => return Err(error.into()),
    };
    let StyleArguments { figure_width, font_size, palette, no_titles, format, latex_columns } = arguments;
    style.figure_width = figure_width.unwrap_or(style.figure_width);
    style.font_size = font_size.unwrap_or(style.font_size);
    style.palette = palette.map_or(style.palette, |palette| match palette {
        PaletteArgument::Colour => Palette::Colour,
        PaletteArgument::Grey => Palette::Grey,
    });
    style.titles &= !no_titles;
    if let Some(formats) = format {
        let known = |format: &FormatArgument| match format {
            FormatArgument::Png => FigureFormat::Png,
            FormatArgument::Pdf => FigureFormat::Pdf,
        };
        style.formats = formats.iter().map(known).collect();
    }
    if let Some(columns) = latex_columns {
        style.latex_columns = columns.iter().map(|name| name.trim().to_owned()).collect();
    }
    match style.problem() {
        Some(problem) => Err(Failure::WrongUse(format!("error: {problem} (--figure-width, --font-size)"))),
        None => Ok(style),
    }
}
