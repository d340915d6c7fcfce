//! Runs that other processes make.

use std::ops::Add;
use std::time::Duration;

use fractionate_records::{HoldState, Holds, Store};

use super::{FailedRuns, RunError};
use crate::plan::RunPlan;
use crate::watch::Watch;

/// What a stage made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Trained {
    /// So many runs by this process.
    pub(super) here: usize,
    /// So many by others meanwhile.
    pub(super) elsewhere: usize,
    /// And which could not be made.
    pub(super) failed: Vec<FailedRuns>,
}

impl Add for Trained {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            here: self.here + other.here,
            elsewhere: self.elsewhere + other.elsewhere,
            failed: [self.failed, other.failed].concat(),
        }
    }
}

/// How long a process that waits for another looks away, at first and at most.
const LOOK_AWAY: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(2)];

/// Waits while all runs that are left are held by others, and takes those from the list that are there.
///
/// # Errors
/// [`RunError::Stopped`] if it is asked to stop.
pub(super) fn wait_for_others(
    left: &mut Vec<RunPlan>,
    store: &Store,
    holds: &Holds,
    watch: &Watch,
) -> Result<(), RunError> {
    let mut waiting = Waiting::new(watch);
    loop {
        // First who holds them, then what is there: who holds a run gives it back after it is there.
        let states: Vec<HoldState> = left.iter().map(|run| holds.state(run.id.as_str())).collect();
        let before = left.len();
        let mut holder = None;
        let mut free = false;
        let mut states = states.into_iter();
        left.retain(|run| {
            let state = states.next();
            let lacks = !store.has_run(&run.id);
            match state {
                Some(HoldState::Held(other)) => holder = Some(other),
                _ => free |= lacks,
            }
            lacks
        });
        let Some(holder) = holder.filter(|_| !free && !left.is_empty()) else { return Ok(()) };
        let runs = if left.len() == 1 { "a run".to_owned() } else { format!("{} runs", left.len()) };
        waiting.look_away(&format!("waiting for {runs} of other processes, as {holder}"), before != left.len())?;
    }
}

/// Looks again and again for what another process makes.
pub(crate) struct Waiting<'a> {
    watch: &'a Watch,
    said: bool,
    pause: Duration,
}

impl<'a> Waiting<'a> {
    pub(crate) fn new(watch: &'a Watch) -> Self {
        Self { watch, said: false, pause: LOOK_AWAY[0] }
    }

    /// Says the first time what it waits for, and pauses, shortly again if something `moved`.
    pub(crate) fn look_away(&mut self, what: &str, moved: bool) -> Result<(), RunError> {
        if !self.said {
            self.watch.say(what.to_owned());
            self.said = true;
        }
        self.pause = if moved { LOOK_AWAY[0] } else { (self.pause * 2).min(LOOK_AWAY[1]) };
        pause(self.watch, self.pause)
    }
}

/// Sleeps, unless it is asked to stop.
///
/// # Errors
/// [`RunError::Stopped`] if it is.
pub(crate) fn pause(watch: &Watch, time: Duration) -> Result<(), RunError> {
    let slice = Duration::from_millis(50);
    let mut left = time;
    while !left.is_zero() {
        if watch.progress.is_stopping() {
            return Err(RunError::Stopped);
        }
        let now = left.min(slice);
        std::thread::sleep(now);
        left -= now;
    }
    if watch.progress.is_stopping() { Err(RunError::Stopped) } else { Ok(()) }
}
