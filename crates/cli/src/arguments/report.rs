//! `fractionate report`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// A folder that `fractionate run` made
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Print the report as JSON instead of tables
    #[arg(long, conflicts_with = "serve")]
    pub(crate) json: bool,
    /// Open the page
    #[arg(long)]
    pub(crate) open: bool,
    /// Show the page to browsers of this machine alone and keep it fresh while the suite runs; 0 takes any free port
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "8417", value_parser = port)]
    pub(crate) serve: Option<u16>,
}

fn port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| "a port is a number from 0 to 65535; the folder stands before --serve".to_owned())
}
