//! `fractionate run`.

use clap::Args;

use super::module::ModuleArguments;
use super::suite::SuiteArguments;

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub(crate) suite: SuiteArguments,
    /// Save a cohort in training every so many seconds; 0: before every step, inf: only when stopped [default: 60]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) checkpoint_every: Option<f64>,
    /// Make the teacher and train no student
    #[arg(long, conflicts_with = "json")]
    pub(crate) teacher_only: bool,
    /// Leave the report to others
    #[arg(long, conflicts_with = "json")]
    pub(crate) no_report: bool,
    /// Try a cohort or teacher so often again after a failure that may pass: reading or writing a file, memory
    #[arg(long, value_name = "N", default_value_t = fractionate_ablation::RETRIES, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub(crate) retries: u32,
    #[command(flatten)]
    pub(crate) module: ModuleArguments,
    /// Print the report as JSON instead of tables
    #[arg(long)]
    pub(crate) json: bool,
    /// Show no progress
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// Seconds from 0 to infinity.
fn seconds(text: &str) -> Result<f64, String> {
    let wanted = || "a number of seconds is wanted: 0 or more, or inf".to_owned();
    text.parse().ok().filter(|seconds| *seconds >= 0.0).ok_or_else(wanted)
}
