//! Work that is watched: its progress is shown, and Ctrl-C stops it in good order.

use std::sync::mpsc;
use std::thread::Builder;

use fractionate_ablation::{ModuleError, RunError, Watch};

use crate::failure::Failure;
use crate::interruption::Interruption;
use crate::progress_display::follow;

/// Does the work while another thread shows how it is going.
pub(crate) fn watched<T>(quiet: bool, work: impl FnOnce(&Watch) -> T) -> Result<T, Failure> {
    let interruption =
        Interruption::listen().map_err(|error| Failure::Failed(format!("error: cannot listen for Ctrl-C: {error}")))?;
    let watch = Watch::default();
    let (done, wait) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let (watch, interruption) = (&watch, &interruption);
        let watcher = Builder::new()
            .spawn_scoped(scope, move || follow(watch, interruption, quiet, &wait))
            .map_err(|error| Failure::Failed(format!("error: cannot start a thread: {error}")))?;
        let outcome = work(watch);
        drop(done);
        // What the watcher shows is no reason to lose the outcome.
        let _ = watcher.join();
        Ok(outcome)
    })
}

/// How the program ends when a suite's work does not.
pub(crate) fn failure(error: RunError) -> Failure {
    match error {
        RunError::Stopped => Failure::Interrupted(error.to_string()),
        RunError::Store(error) => error.into(),
        // As for what is wrong with a teacher's file before the run.
        error if is_wrong_file(error.cause()) => Failure::WrongUse(format!("error: {error}")),
        _ => Failure::Failed(format!("error: {error}")),
    }
}

/// Whether the user's own teacher file is at fault.
fn is_wrong_file(error: &RunError) -> bool {
    matches!(error, RunError::TeacherFile(_) | RunError::Module(ModuleError::File(_)))
}
