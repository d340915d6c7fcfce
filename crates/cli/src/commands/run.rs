//! `fractionate run`: trains what a suite lacks and reports it.

use std::process::ExitCode;
use std::sync::mpsc;

use fractionate_ablation::{RunError, RunSummary, Watch, run as run_suite};
use fractionate_records::Store;

use super::report::show;
use super::suite::resolve;
use crate::arguments::RunArguments;
use crate::failure::Failure;
use crate::interruption::Interruption;
use crate::progress_display::follow;

pub(crate) fn run(arguments: &RunArguments) -> Result<ExitCode, Failure> {
    let (suite, options) = resolve(&arguments.suite)?;
    let interruption =
        Interruption::listen().map_err(|error| Failure::Failed(format!("error: cannot listen for Ctrl-C: {error}")))?;
    let watch = Watch::default();
    let (done, wait) = mpsc::channel::<()>();
    let outcome = std::thread::scope(|scope| {
        let (watch, interruption) = (&watch, &interruption);
        let watcher = scope.spawn(move || follow(watch, interruption, arguments.quiet, &wait));
        let outcome = run_suite(&suite, &options, watch);
        drop(done);
        // What the watcher shows is no reason to lose the outcome.
        let _ = watcher.join();
        outcome
    });
    let summary = outcome.map_err(failure)?;
    say(&summary, arguments.quiet);
    let store = Store::open(&options.out)?;
    let report = fractionate_reporting::report(&store)?;
    show(&report, arguments.json)?;
    for error in &summary.without_choice {
        eprintln!("error: {error}");
    }
    let failed = summary.diverged > 0 || !summary.without_choice.is_empty();
    Ok(ExitCode::from(u8::from(failed)))
}

fn failure(error: RunError) -> Failure {
    match error {
        RunError::Stopped => Failure::Interrupted(error.to_string()),
        _ => Failure::Failed(format!("error: {error}")),
    }
}

fn say(summary: &RunSummary, quiet: bool) {
    if quiet {
        return;
    }
    let RunSummary { already_done, made, .. } = summary;
    let total = already_done + made;
    match (*already_done, *made) {
        (_, 0) => eprintln!("all {total} runs were there already: nothing to train"),
        (0, _) => eprintln!("{made} runs trained"),
        _ => eprintln!("{made} runs trained, {already_done} were there already"),
    }
}
