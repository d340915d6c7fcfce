//! `fractionate arms`.

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct ArmsArguments {
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
