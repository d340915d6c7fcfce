//! `fractionate doctor`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// The folder that holds the data sets' folders [default: as for `run`]
    #[arg(long, value_name = "DIR", env = "FRACTIONATE_DATA")]
    pub(crate) data: Option<PathBuf>,
}
