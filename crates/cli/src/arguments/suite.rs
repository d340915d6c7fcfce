//! A suite and how it is run: what `run`, `plan` and `submit` share.

use std::path::PathBuf;

use clap::Args;

use crate::trainer::{USUAL_STRATEGY, checked_strategy};

#[derive(Debug, Args)]
pub(crate) struct SuiteArguments {
    /// The suite file (TOML)
    #[arg(value_name = "SUITE")]
    pub(crate) suite: PathBuf,
    /// Seeds instead of the suite's: 0..4 or 0,1,7
    #[arg(long, value_name = "SEEDS")]
    pub(crate) seeds: Option<String>,
    /// Arms instead of the suite's, by their names in results
    #[arg(long, value_name = "ARM,ARM,...")]
    pub(crate) arms: Option<String>,
    /// Another value for one of the suite's keys, in TOML; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// auto, cpu or cuda:N
    #[arg(long, default_value = "auto", value_name = "DEVICE")]
    pub(crate) device: String,
    /// Cohorts trained at the same time, one thread each [default: all cores; 1 on a GPU]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// How the products of a cohort's students are computed: auto, batched, sequential or separate; changes no number
    #[arg(long, default_value = USUAL_STRATEGY, value_name = "STRATEGY", value_parser = checked_strategy)]
    pub(crate) strategy: String,
    /// The folder of the results [default: results/<the suite's name>]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// The folder that holds the data sets' folders [default: .data here or beside the binary's checkout]
    #[arg(long, value_name = "DIR", env = "FRACTIONATE_DATA")]
    pub(crate) data: Option<PathBuf>,
}
