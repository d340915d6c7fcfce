//! What a running suite is doing, for whoever watches it.

use std::sync::Mutex;

use crate::trainer::Progress;

/// Shared between the run and the one that watches it.
#[derive(Debug, Default)]
pub struct Watch {
    /// Students' epochs done in all stages, and the wish to stop.
    pub progress: Progress,
    /// The teachers' epochs.
    pub teacher: Progress,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    stage: Stage,
    entered: Vec<Stage>,
    cohorts: Vec<String>,
    said: Vec<String>,
}

/// What a suite is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// Reading what is there.
    #[default]
    Preparing,
    /// Training a teacher.
    Teacher {
        /// Its epochs, and those done of teachers before.
        until: u64,
        /// Its epochs.
        epochs: u64,
    },
    /// Trying the grid's settings.
    Tuning {
        /// Students to train in this stage, times their epochs, and those done in stages before.
        until: u64,
        /// Students to train in this stage.
        students: usize,
    },
    /// Training the students that are compared.
    Students {
        /// As for tuning.
        until: u64,
        /// Students to train in this stage.
        students: usize,
    },
    /// Nothing more to train.
    Done,
}

impl Watch {
    /// What the suite is at.
    pub fn stage(&self) -> Stage {
        self.state().stage
    }

    /// Takes the stages entered since the last call, also those that were over before anyone looked.
    pub fn take_entered(&self) -> Vec<Stage> {
        std::mem::take(&mut self.state().entered)
    }

    /// The cohorts in training, one phrase each.
    pub fn cohorts(&self) -> Vec<String> {
        self.state().cohorts.clone()
    }

    /// Takes what there is to tell since the last call.
    pub fn take_said(&self) -> Vec<String> {
        std::mem::take(&mut self.state().said)
    }

    /// Asks everything to stop after the step it is in.
    pub fn stop(&self) {
        self.progress.stop();
        self.teacher.stop();
    }

    pub(crate) fn enter(&self, stage: Stage) {
        let mut state = self.state();
        state.stage = stage;
        state.entered.push(stage);
    }

    pub(crate) fn say(&self, sentence: String) {
        self.state().said.push(sentence);
    }

    pub(crate) fn begin_cohort(&self, phrase: &str) {
        self.state().cohorts.push(phrase.to_owned());
    }

    pub(crate) fn end_cohort(&self, phrase: &str) {
        let mut state = self.state();
        if let Some(place) = state.cohorts.iter().position(|cohort| cohort == phrase) {
            state.cohorts.remove(place);
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
