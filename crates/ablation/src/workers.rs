//! Jobs side by side, on worker threads that the trainer prepares.

use std::sync::Mutex;

use crate::execution::RunError;
use crate::watch::Watch;

/// What a thread takes at its start: the stack that Rust gives it, and some.
const THREAD_BYTES: usize = (2 << 20) + (1 << 18);

/// Workers that last as long as they are held.
pub(crate) struct Workers(rayon::ThreadPool);

impl Workers {
    /// So many of them, at least 1; each calls `start` first.
    ///
    /// # Errors
    /// [`RunError::NoThreads`] if the system has none to give.
    pub(crate) fn new(jobs: usize, start: fn()) -> Result<Self, RunError> {
        // A thread that gets its stack and then nothing more ends the process: that there is room for all is asked before.
        let mut room = Vec::<u8>::new();
        let is_there = room.try_reserve_exact(jobs.saturating_mul(THREAD_BYTES)).is_ok();
        // Kept from being left out as of no use.
        drop(std::hint::black_box(room));
        if !is_there {
            return Err(RunError::NoThreads { jobs, reason: "there is no memory for their stacks".to_owned() });
        }
        let builder = rayon::ThreadPoolBuilder::new().num_threads(jobs).start_handler(move |_| start());
        builder.build().map(Self).map_err(|error| RunError::NoThreads { jobs, reason: error.to_string() })
    }

    /// Works through the jobs in their order, side by side, until one fails or it is asked to stop.
    ///
    /// # Errors
    /// With the first failure, or [`RunError::Stopped`].
    pub(crate) fn work_through<J: Send>(
        &self,
        jobs: Vec<J>,
        watch: &Watch,
        work: impl Fn(J) -> Result<(), RunError> + Sync,
    ) -> Result<(), RunError> {
        let failure: Mutex<Option<RunError>> = Mutex::default();
        self.0.scope_fifo(|scope| {
            for job in jobs {
                let (work, failure) = (&work, &failure);
                scope.spawn_fifo(move |_| {
                    if watch.progress.is_stopping() {
                        return;
                    }
                    if let Err(error) = work(job) {
                        // The first failure is the cause; what follows is its consequence.
                        failure.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(error);
                        watch.progress.stop();
                    }
                });
            }
        });
        match failure.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
            Some(error) => Err(error),
            None if watch.progress.is_stopping() => Err(RunError::Stopped),
            None => Ok(()),
        }
    }
}
