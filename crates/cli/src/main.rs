//! The `fractionate` binary: arguments in, one call, errors out.

// They panic where the other end is closed; `terminal` has what takes their place.
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod arguments;
mod commands;
mod decoding_display;
mod failure;
mod interruption;
mod locations;
mod opening;
mod progress_display;
mod serving;
mod slurm;
mod terminal;
mod text_paths;
mod trainer;

use clap::Parser;

use arguments::{Arguments, Command};
use failure::Failure;

fn main() {
    terminal::say_panics_plainly();
    let code = text_paths::check_that_paths_are_text()
        .map(|()| Arguments::parse())
        .and_then(|arguments| start_threads().and_then(|()| dispatch(arguments)))
        .unwrap_or_else(terminal::say_failure);
    // At an ordinary exit libtorch frees its tables of operators for 0.1 s; everything is written and said by now.
    signal_hook::low_level::exit(code.into())
}

/// Starts the threads that read and compute side by side: later it would be a panic that there are none.
fn start_threads() -> Result<(), Failure> {
    let started = rayon::ThreadPoolBuilder::new().build_global();
    started.map_err(|error| Failure::Failed(format!("error: cannot start a thread for each core: {error}")))
}

/// Runs the command and returns the exit code.
fn dispatch(arguments: Arguments) -> Result<u8, Failure> {
    match arguments.command {
        Command::Run(options) => commands::run::run(&options),
        Command::Plan(options) => commands::plan::plan(&options),
        Command::Submit(options) => commands::submit::submit(&options),
        Command::CheckProgram(options) => commands::check_program::check_program(&options),
        Command::Next(options) => commands::next::next(&options),
        Command::Finish(options) => commands::next::finish(&options),
        Command::Calibrate(options) => commands::calibrate::calibrate(&options),
        Command::Compare(options) => commands::compare::compare(&options),
        Command::Diff(options) => commands::diff::diff(&options),
        Command::Merge(options) => commands::merge::merge(&options),
        Command::Export(options) => commands::export::export(&options),
        Command::Import(options) => commands::import::import(&options),
        Command::Status(options) => commands::status::status(&options),
        Command::Report(options) => commands::report::report(&options),
        Command::Verify(options) => commands::verify::verify(&options),
        Command::Targets(options) => commands::targets::targets(&options),
        Command::Initial(options) => commands::initial::initial(&options),
        Command::Split(options) => commands::split::split(&options),
        Command::Arms(options) => commands::arms::arms(&options),
        Command::Doctor(options) => commands::doctor::doctor(&options),
    }
}
