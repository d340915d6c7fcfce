//! `fractionate targets`.

use std::path::PathBuf;

use clap::Args;

use super::module::ModuleArguments;

#[derive(Debug, Args)]
pub(crate) struct TargetsArguments {
    /// The suite file (TOML)
    #[arg(value_name = "SUITE")]
    pub(crate) suite: PathBuf,
    /// The arm, by its name in results
    #[arg(long, value_name = "ARM", required_unless_present = "arms")]
    pub(crate) arm: Option<String>,
    /// Several arms at once, with commas between; `all` is every arm of the suite that has targets or weights
    #[arg(long, value_name = "ARM,...", conflicts_with = "arm")]
    pub(crate) arms: Option<String>,
    /// The file to write: its name ends in .npy or .safetensors; several arms are NAME.ARM.npy
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The student's seed, for arms that shuffle [default: the suite's first]
    #[arg(long, value_name = "SEED")]
    pub(crate) seed: Option<u64>,
    /// Another value for one of the suite's keys, in TOML; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// The folder of the suite's results, where its teacher is kept [default: results/<the suite's name>]
    #[arg(long, value_name = "DIR")]
    pub(crate) results: Option<PathBuf>,
    /// auto, cpu or cuda:N
    #[arg(long, default_value = "auto", value_name = "DEVICE")]
    pub(crate) device: String,
    /// The folder that holds the data sets' folders [default: as for `run`]
    #[arg(long, value_name = "DIR", env = "FRACTIONATE_DATA")]
    pub(crate) data: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) module: ModuleArguments,
    /// Print what was written as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
