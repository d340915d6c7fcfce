//! `fractionate check-program`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct CheckProgramArguments {
    /// The suite file (TOML), whose `[student]` has a `command`
    #[arg(value_name = "SUITE")]
    pub(crate) suite: PathBuf,
    /// Another value for one of the suite's keys, in TOML; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// The folder that holds the data sets' folders [default: .data here or beside the binary's checkout]
    #[arg(long, value_name = "DIR", env = "FRACTIONATE_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// Print JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
}
