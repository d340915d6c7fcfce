//! `fractionate diff`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct DiffArguments {
    /// A run's folder, or the beginning of its id
    #[arg(value_name = "RUN")]
    pub(crate) first: String,
    /// Another one
    #[arg(value_name = "RUN")]
    pub(crate) other: String,
    /// The folder of results in which ids are looked up
    #[arg(long = "in", value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
