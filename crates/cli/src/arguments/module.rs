//! Modules of others: what `run`, `targets` and `submit` share.

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct ModuleArguments {
    /// Run the suite's TorchScript modules without asking: a module is a program, which may do what you may
    #[arg(long)]
    pub(crate) trust_module: bool,
    /// End a TorchScript module that takes longer for a batch of examples
    #[arg(long, value_name = "SECONDS", default_value_t = 600.0, value_parser = seconds)]
    pub(crate) module_seconds: f64,
}

/// Seconds that a clock can count.
fn seconds(text: &str) -> Result<f64, String> {
    let wanted = || "a number of seconds is wanted: above 0, at most a million".to_owned();
    text.parse().ok().filter(|seconds| *seconds > 0.0 && *seconds <= 1e6).ok_or_else(wanted)
}
