//! Decides before each step whether the cohort is saved.

use std::time::Instant;

use fractionate_ablation::TrainingError;

use super::{Checkpoints, Position, State};

/// Saves a cohort as often as it was asked, and when it is stopped.
pub(crate) struct Keeper<'a> {
    checkpoints: Option<&'a Checkpoints>,
    last: Instant,
    /// What is saved already, or need not be.
    kept: Position,
}

impl<'a> Keeper<'a> {
    /// For a cohort that begins at a position.
    pub(crate) fn new(checkpoints: Option<&'a Checkpoints>, begin: Position) -> Self {
        Self { checkpoints, last: Instant::now(), kept: begin }
    }

    /// Saves the cohort before a step if it is time, or if it is stopped there.
    ///
    /// # Errors
    /// [`TrainingError::Stopped`] if it is, once it is saved; or why it could not be saved.
    pub(crate) fn before_step(
        &mut self,
        position: Position,
        stopping: bool,
        state: impl FnOnce() -> State,
    ) -> Result<(), TrainingError> {
        #[cfg(test)]
        let stopping = stopping || self.checkpoints.is_some_and(|c| c.stops_before == Some(position));
        if let Some(checkpoints) = self.checkpoints
            && position != self.kept
            && (stopping || self.last.elapsed().as_secs_f64() >= checkpoints.every())
        {
            checkpoints.save(&state())?;
            (self.last, self.kept) = (Instant::now(), position);
        }
        if stopping { Err(TrainingError::Stopped) } else { Ok(()) }
    }
}
