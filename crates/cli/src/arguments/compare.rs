//! `fractionate compare`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct CompareArguments {
    /// Folders that `fractionate run` or `import` made
    #[arg(value_name = "DIR", num_args = 2.., required = true)]
    pub(crate) folders: Vec<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
