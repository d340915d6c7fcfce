//! A suite's teachers alone, for machines that shall find them there.

use fractionate_records::{Holds, Store};

use super::sweep_run::say_removed;
use super::{RunError, RunOptions, Session, SharedExamples, data_before_writing};
use crate::plan::SweepPlan;
use crate::suite::Sweep;
use crate::trainer::Trainer;
use crate::watch::{Stage, Watch};

/// Makes those teachers of a suite, every configuration of its sweep, that the store lacks, and trains no student. Gives the
/// number of configurations that have a teacher.
///
/// # Errors
/// As for [`crate::run`]; where a teacher cannot be made, after the others were.
pub fn make_teachers(
    sweep: &Sweep,
    options: &RunOptions,
    trainer: &dyn Trainer,
    watch: &Watch,
) -> Result<usize, RunError> {
    let plan = SweepPlan::new(sweep, &trainer.numerics());
    let mut shared = SharedExamples::of(data_before_writing(&plan, options, trainer)?);
    let store = Store::create(&options.out)?;
    let share = store.share(&sweep.to_toml())?;
    say_removed(&share.removed, watch);
    let holds = Holds::new(store.root());
    let with_teacher: Vec<_> = plan.configurations.iter().filter(|plan| plan.teacher.is_some()).collect();
    let mut first_failure = None;
    for plan in &with_teacher {
        match Session::new(plan, &store, &holds, options, trainer, watch).prepare(&mut shared) {
            Err(error) if error.concerns_everything() => return Err(error),
            Err(error) => first_failure = first_failure.or(Some(error)),
            Ok(()) => {}
        }
    }
    watch.enter(Stage::Done);
    first_failure.map_or(Ok(with_teacher.len()), Err)
}
