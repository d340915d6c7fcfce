//! `fractionate report`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// A folder that `fractionate run` made
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Write the report there instead of into DIR/report: DIR may be read-only
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
    /// Print the report as JSON instead of tables
    #[arg(long, conflicts_with = "serve")]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) style: StyleArguments,
    /// Open the page
    #[arg(long)]
    pub(crate) open: bool,
    /// Show the page to browsers of this machine alone and keep it fresh while the suite runs; 0 takes any free port
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "8417", value_parser = port)]
    pub(crate) serve: Option<u16>,
}

/// How figures and LaTeX tables are made; what is not given is as `[report]` of the suite has it.
#[derive(Debug, Args)]
pub(crate) struct StyleArguments {
    /// The width of a figure of one column, in millimetres [default: 85]
    #[arg(long, value_name = "MM")]
    pub(crate) figure_width: Option<f64>,
    /// The size of letters in figures, in points [default: 7.5]
    #[arg(long, value_name = "PT")]
    pub(crate) font_size: Option<f64>,
    /// The colours of figures [default: colour]
    #[arg(long, value_enum)]
    pub(crate) palette: Option<PaletteArgument>,
    /// Leave out the figures' titles: a paper has captions
    #[arg(long)]
    pub(crate) no_titles: bool,
    /// The formats of figures besides SVG, with commas between [default: png]
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FORMAT,...")]
    pub(crate) format: Option<Vec<FormatArgument>>,
    /// The columns of LaTeX tables besides the first, by their heads without unit, with commas between: mean,sd
    #[arg(long, value_delimiter = ',', value_name = "HEAD,...")]
    pub(crate) latex_columns: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum PaletteArgument {
    /// One colour for each arm
    Colour,
    /// Greys as bright as the colours
    Grey,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum FormatArgument {
    /// 300 dots per inch
    Png,
    /// Vectors
    Pdf,
}

fn port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| "a port is a number from 0 to 65535; the folder stands before --serve".to_owned())
}
