//! `fractionate plan`.

use clap::Args;

use super::suite::SuiteArguments;

#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    #[command(flatten)]
    pub(crate) suite: SuiteArguments,
    /// Print the plan as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
