//! Failures that may not happen again.

use std::io::ErrorKind;
use std::time::Duration;

use fractionate_records::{FailureNote, Store, StoreError};

use super::RunError;
use super::others::pause;
use crate::trainer::Progress;
use crate::watch::Watch;

/// How long after the first failure it is tried again; twice as long after each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Something that is tried again after a transient failure.
pub(crate) struct Attempts<'a> {
    /// What it is, as its failures are noted.
    pub(crate) missing: FailureNote,
    /// How often it is tried again.
    pub(crate) retries: u32,
    /// Where its epochs are counted: those of a failed attempt are taken back.
    pub(crate) progress: &'a Progress,
    pub(crate) store: &'a Store,
    pub(crate) watch: &'a Watch,
}

impl Attempts<'_> {
    /// Does the work, again after a transient failure. Each failure is noted in the store until it is done.
    ///
    /// # Errors
    /// With the last failure.
    pub(crate) fn make<T>(&self, work: impl FnMut(&Progress) -> Result<T, RunError>) -> Result<T, RunError> {
        self.make_after(FIRST_PAUSE, work)
    }

    fn make_after<T>(
        &self,
        first: Duration,
        mut work: impl FnMut(&Progress) -> Result<T, RunError>,
    ) -> Result<T, RunError> {
        let Self { missing, retries, progress, store, watch } = self;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let attempt = progress.attempt();
            let error = match work(&attempt) {
                Ok(made) => {
                    store.forget_failure(missing)?;
                    return Ok(made);
                }
                Err(error) => error,
            };
            attempt.take_back();
            if matches!(error, RunError::Stopped | RunError::Later) {
                return Err(error);
            }
            // The failure itself is what matters, not that it cannot be noted.
            let _ = store.note_failure(&FailureNote { attempts, reason: error.to_string(), ..missing.clone() });
            if attempts > *retries || !is_transient(&error) {
                return Err(error);
            }
            watch.say(format!("{}: {error}; tried again ({attempts} of {retries})", missing.what));
            pause(watch, first * (1 << (attempts - 1).min(6)))?;
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
        RunError::Program { transient, .. } => *transient,
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
        let missing = FailureNote::of_runs("it", Vec::new());
        let attempts = Attempts { missing, retries, progress: &watch.progress, store: &store, watch: &watch };
        let ended = attempts.make_after(Duration::ZERO, |progress| {
            progress.add_member_epochs(3);
            outcomes.next().unwrap()
        });
        assert_eq!(watch.progress.member_epochs(), if ended.is_ok() { 3 } else { 0 }, "epochs are counted once");
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
        let reason = "cannot write here: so it is".to_owned();
        assert_eq!(notes, [FailureNote { attempts: 2, reason, ..FailureNote::of_runs("it", Vec::new()) }]);
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
