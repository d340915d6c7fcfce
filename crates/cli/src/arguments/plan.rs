//! `fractionate plan`.

use clap::Args;

use super::suite::SuiteArguments;

#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    #[command(flatten)]
    pub(crate) suite: SuiteArguments,
    /// List every run after the summary: its id, cohort, arm, seed and setting
    #[arg(long, conflicts_with = "json")]
    pub(crate) list: bool,
    /// Print the plan as JSON, every run in it
    #[arg(long)]
    pub(crate) json: bool,
}
