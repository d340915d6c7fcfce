//! The `fractionate` binary: arguments in, one call, errors out.

// They panic where the other end is closed; `terminal` has what takes their place.
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod arguments;
mod commands;
mod failure;
mod interruption;
#[cfg(all(feature = "training", target_os = "linux", target_env = "gnu"))]
mod leaving;
#[cfg(feature = "training")]
mod locations;
mod opening;
#[cfg(feature = "training")]
mod progress_display;
mod serving;
#[cfg(feature = "training")]
mod slurm;
mod terminal;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::Parser;
use failure::Failure;

fn main() -> ExitCode {
    failure::say_panics_plainly();
    #[cfg(all(feature = "training", target_os = "linux", target_env = "gnu"))]
    leaving::be_brief();
    match dispatch(Arguments::parse()) {
        Ok(code) => code,
        Err(failure) => failure.show(),
    }
}

fn dispatch(arguments: Arguments) -> Result<ExitCode, Failure> {
    match arguments.command {
        #[cfg(feature = "training")]
        Command::Run(options) => commands::run::run(&options),
        #[cfg(feature = "training")]
        Command::Plan(options) => commands::plan::plan(&options),
        #[cfg(feature = "training")]
        Command::Submit(options) => commands::submit::submit(&options),
        #[cfg(feature = "training")]
        Command::Calibrate(options) => commands::calibrate::calibrate(&options),
        Command::Compare(options) => commands::compare::compare(&options),
        Command::Diff(options) => commands::diff::diff(&options),
        Command::Merge(options) => commands::merge::merge(&options),
        Command::Export(options) => commands::export::export(&options),
        Command::Import(options) => commands::import::import(&options),
        Command::Status(options) => commands::status::status(&options),
        Command::Report(options) => commands::report::report(&options),
        #[cfg(feature = "training")]
        Command::Targets(options) => commands::targets::targets(&options),
        #[cfg(feature = "training")]
        Command::Arms(options) => commands::arms::arms(&options),
        Command::Doctor(options) => commands::doctor::doctor(&options),
    }
}
