//! `fractionate status`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct StatusArguments {
    /// A suite file, or a folder that `fractionate run` made
    #[arg(value_name = "SUITE|DIR")]
    pub(crate) what: PathBuf,
    /// The folder of the suite's results [default: results/<the suite's name>]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
