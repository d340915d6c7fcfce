//! Failures that may not happen again.

use std::io::ErrorKind;
use std::time::Duration;

use fractionate_records::{FailureNote, RunId, Store, StoreError};

use super::RunError;
use super::others::pause;
use crate::watch::Watch;

/// How long after the first failure it is tried again; twice as long after each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Something that is tried again after a transient failure.
pub(crate) struct Attempts<'a> {
    /// The name that its failures are noted under.
    pub(crate) name: &'a str,
    /// What it is, for people.
    pub(crate) what: &'a str,
    /// The runs that are missing for it.
    pub(crate) runs: Vec<RunId>,
    /// How often it is tried again.
    pub(crate) retries: u32,
    pub(crate) store: &'a Store,
    pub(crate) watch: &'a Watch,
}

impl Attempts<'_> {
    /// Does the work, again after a transient failure. Each failure is noted in the store until it is done.
    ///
    /// # Errors
    /// With the last failure.
    pub(crate) fn make<T>(&self, work: impl FnMut() -> Result<T, RunError>) -> Result<T, RunError> {
        self.make_after(FIRST_PAUSE, work)
    }

    fn make_after<T>(&self, first: Duration, mut work: impl FnMut() -> Result<T, RunError>) -> Result<T, RunError> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let error = match work() {
                Ok(made) => {
                    self.store.forget_failure(self.name)?;
                    return Ok(made);
                }
                Err(RunError::Stopped) => return Err(RunError::Stopped),
                Err(error) => error,
            };
            // The failure itself is what matters, not that it cannot be noted.
            let note = FailureNote::new(self.what, self.runs.clone(), attempts, error.to_string());
            let _ = self.store.note_failure(self.name, &note);
            if attempts > self.retries || !is_transient(&error) {
                return Err(error);
            }
            self.watch.say(format!("{}: {error}; tried again ({attempts} of {})", self.what, self.retries));
            pause(self.watch, first * (1 << (attempts - 1).min(6)))?;
        }
    }
}

/// Whether the same may well succeed a moment later.
fn is_transient(error: &RunError) -> bool {
    use ErrorKind::{
        AlreadyExists, InvalidInput, IsADirectory, NotADirectory, NotFound, PermissionDenied, QuotaExceeded,
        ReadOnlyFilesystem, StorageFull,
    };
    match error {
        // A disk that is full stays so until somebody makes room.
        RunError::Store(StoreError::Io { source, .. }) => !matches!(
            source.kind(),
            StorageFull
                | QuotaExceeded
                | ReadOnlyFilesystem
                | PermissionDenied
                | NotFound
                | AlreadyExists
                | IsADirectory
                | NotADirectory
                | InvalidInput
        ),
        // A neighbour may give its memory back.
        RunError::Libtorch { reason, .. } => {
            let reason = reason.to_lowercase();
            ["out of memory", "can't allocate memory", "not enough memory"].iter().any(|words| reason.contains(words))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn failed(kind: ErrorKind) -> RunError {
        let source = io::Error::new(kind, "so it is");
        RunError::Store(StoreError::Io { action: "write", path: "here".into(), source })
    }

    /// How often it was tried, how it ended, and what is noted then.
    fn tried(retries: u32, outcomes: Vec<Result<(), RunError>>) -> (usize, bool, Vec<FailureNote>) {
        let root = tempfile::tempdir().unwrap();
        let (store, watch) = (Store::create(root.path()).unwrap(), Watch::default());
        let given = outcomes.len();
        let mut outcomes = outcomes.into_iter();
        let attempts = Attempts { name: "a", what: "it", runs: Vec::new(), retries, store: &store, watch: &watch };
        let ended = attempts.make_after(Duration::ZERO, || outcomes.next().unwrap());
        (given - outcomes.len(), ended.is_ok(), store.failures())
    }

    #[test]
    fn what_fails_for_a_moment_is_tried_again_and_leaves_no_note() {
        let memory =
            RunError::Libtorch { cohort: "it".into(), reason: "DefaultCPUAllocator: can't allocate memory".into() };
        let outcomes = vec![Err(failed(ErrorKind::TimedOut)), Err(memory), Ok(())];
        assert_eq!(tried(2, outcomes), (3, true, Vec::new()));
    }

    #[test]
    fn after_the_last_attempt_the_reason_is_kept() {
        let outcomes = vec![Err(failed(ErrorKind::TimedOut)), Err(failed(ErrorKind::Other)), Ok(())];
        let (times, done, notes) = tried(1, outcomes);
        assert_eq!((times, done), (2, false));
        assert_eq!(notes, [FailureNote::new("it", Vec::new(), 2, "cannot write here: so it is".into())]);
    }

    #[test]
    fn what_will_fail_again_is_not_tried_again() {
        let shape = RunError::Libtorch { cohort: "it".into(), reason: "shapes differ".into() };
        for error in [failed(ErrorKind::StorageFull), RunError::TeacherDiverged, shape] {
            assert_eq!(tried(2, vec![Err(error), Ok(())]).0, 1);
        }
        assert_eq!(tried(2, vec![Err(RunError::Stopped)]), (1, false, Vec::new()));
    }
}
