//! `fractionate initial`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct InitialArguments {
    /// The suite file (TOML), whose `[student]` is a network of the built-in trainer
    #[arg(value_name = "SUITE")]
    pub(crate) suite: PathBuf,
    /// The seed
    #[arg(long, value_name = "SEED")]
    pub(crate) seed: u64,
    /// The file to write, NAME.safetensors
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The folder that holds the data sets' folders [default: as for `run`]
    #[arg(long, value_name = "DIR", env = "FRACTIONATE_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// Another value for one of the suite's keys, in TOML; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
}
