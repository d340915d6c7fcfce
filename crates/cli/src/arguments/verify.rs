//! `fractionate verify`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// A folder of results: made by `fractionate run`, `merge` or `import`
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Print what was found as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
