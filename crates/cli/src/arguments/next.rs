//! `fractionate next` and `fractionate finish`.

use std::path::PathBuf;

use clap::Args;

use super::module::ModuleArguments;
use super::suite::SuiteArguments;

#[derive(Debug, Args)]
pub(crate) struct NextArguments {
    #[command(flatten)]
    pub(crate) suite: SuiteArguments,
    /// How long the cell is yours, in hours: after that it is given out again
    #[arg(long, default_value_t = 24.0, value_name = "HOURS", value_parser = hours)]
    pub(crate) hours: f64,
    #[command(flatten)]
    pub(crate) module: ModuleArguments,
    /// Print JSON instead of the cell's folder
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FinishArguments {
    /// The cell's folder, as `fractionate next` gave it
    #[arg(value_name = "CELL")]
    pub(crate) cell: PathBuf,
    /// The folder that holds the data sets' folders [default: .data here or beside the binary's checkout]
    #[arg(long, value_name = "DIR", env = "FRACTIONATE_DATA")]
    pub(crate) data: Option<PathBuf>,
}

fn hours(text: &str) -> Result<f64, String> {
    let wanted = || "a number of hours above 0 is wanted, at most a year".to_owned();
    text.parse().ok().filter(|hours| *hours > 0.0 && *hours <= 8_784.0).ok_or_else(wanted)
}
