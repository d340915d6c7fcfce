//! `fractionate merge`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct MergeArguments {
    /// Folders that `fractionate run` made
    #[arg(value_name = "DIR", num_args = 2.., required = true)]
    pub(crate) folders: Vec<PathBuf>,
    /// The folder to make: a new or empty one
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Print what was made as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
