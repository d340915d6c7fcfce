//! `fractionate split`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct SplitArguments {
    /// The suite's file
    #[arg(value_name = "SUITE")]
    pub(crate) suite: PathBuf,
    /// The folder for train.npy, validation.npy and test.npy
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Another value for a key of the suite, dotted
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Print what was written as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
