//! All configurations of a suite together: first all tuning, then all students that are compared.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use fractionate_records::{ArmChoice, Holds, Outcome, PlannedRun, Role, RunId, Store, TeacherKey};

use super::checkpoints::SavedTrainings;
use super::cohort_job::train_cohorts;
use super::declarations::{declared_claims, look_at_manifest};
use super::others::{Trained, pause, wait_for_others};
use super::{FailedRuns, RunError, RunOptions, RunSummary, Session, SharedExamples, data_before_writing};
use crate::cohorts::CohortSizes;
use crate::plan::{Plan, RunPlan, SweepPlan};
use crate::suite::Sweep;
use crate::teacher::load_teacher;
use crate::trainer::Trainer;
use crate::watch::{Stage, Watch};

/// Runs a suite, every configuration of its sweep: trains the teachers that the store lacks, tunes, and trains every student
/// that it lacks. Students of all configurations that see the same batches share cohorts.
///
/// The numbers depend neither on the jobs, nor on what was there before, nor on interruptions.
///
/// # Errors
/// If the data are missing, a file cannot be read or written, an arm cannot be made, or it was asked to stop; runs
/// finished before stay in the store.
pub fn run(sweep: &Sweep, options: &RunOptions, trainer: &dyn Trainer, watch: &Watch) -> Result<RunSummary, RunError> {
    let plan = SweepPlan::new(sweep, &trainer.numerics());
    let data = data_before_writing(&plan, options, trainer)?;
    let store = Store::create(&options.out)?;
    let share = store.share(&sweep.to_toml())?;
    say_removed(&share.removed, watch);
    let mut shared = SharedExamples::of(data);
    let holds = Holds::new(store.root());
    let mut sessions: Vec<Session<'_>> =
        plan.configurations.iter().map(|plan| Session::new(plan, &store, &holds, options, trainer, watch)).collect();
    let summary = run_configurations(&plan, &mut sessions, &mut shared);
    drop(sessions);
    holds.clear_up();
    drop(holds);
    if summary.is_ok() {
        // Those of a process that died after it wrote what they speak of. What other suites left here is not this one's.
        SavedTrainings::find(&store, trainer, watch)?.remove_settled()?;
        store.forget_settled_failures()?;
        store.tidy_checkpoints();
        store.tidy_cells();
        say_removed(&store.end_share(share)?, watch);
    }
    watch.enter(Stage::Done);
    summary
}

/// How long programs are left alone that all asked to be started again later.
const LATER: Duration = Duration::from_secs(5);

pub(super) fn say_removed(paths: &[PathBuf], watch: &Watch) {
    for path in paths {
        watch.say(format!("removed {}, which a stopped process left unfinished", path.display()));
    }
}

/// All configurations together: first all tuning, then all students that are compared.
fn run_configurations(
    plan: &SweepPlan<'_>,
    sessions: &mut [Session<'_>],
    shared: &mut SharedExamples,
) -> Result<RunSummary, RunError> {
    let (store, watch) = (sessions[0].store, sessions[0].watch);
    say_what_the_report_loses(plan, store, watch);
    other_settings(plan, store).into_iter().for_each(|sentence| watch.say(format!("warning: {sentence}")));
    let claims = declared_claims(plan, store, watch)?;
    look_at_manifest(store, watch)?;
    let write_manifest = |choices: &[Vec<ArmChoice>]| {
        let mut manifest = plan.manifest(choices);
        manifest.claims.clone_from(&claims);
        store.write_manifest(&manifest)
    };
    let mut tuning: Vec<Vec<RunPlan>> = plan.configurations.iter().map(Plan::tuning_runs).collect();
    let damaged_teachers = damaged_teachers(plan, store);
    for (session, tuning) in sessions.iter_mut().zip(&tuning) {
        session.look_at_known(tuning, &damaged_teachers, shared)?;
    }
    say_left_out(plan, sessions)?;
    for (session, tuning) in sessions.iter().zip(&mut tuning) {
        tuning.retain(|_| session.unfit.is_none());
    }
    let known: Vec<Vec<ArmChoice>> =
        sessions.iter().zip(&tuning).map(|(session, tuning)| session.known_choices(tuning)).collect();
    write_manifest(&known)?;
    let tuned = |until, students| Stage::Tuning { until, students };
    let mut made = train_missing(sessions, shared, &tuning.concat(), tuned)?;
    let (mut choices, mut without_choice) = (Vec::new(), Vec::new());
    for (session, tuning) in sessions.iter().zip(&tuning) {
        let (chosen, without) = match session.unfit {
            None => session.choices(tuning)?,
            Some(_) => Default::default(),
        };
        choices.push(chosen);
        without_choice.extend(without.into_iter().filter(|error| !without_choice.contains(error)).collect::<Vec<_>>());
    }
    let of_fit = |runs: &dyn Fn(&Plan<'_>, &[ArmChoice]) -> Vec<RunPlan>| -> Vec<Vec<RunPlan>> {
        let each = plan.configurations.iter().zip(&choices).zip(&*sessions);
        each.map(|((plan, choices), session)| match session.unfit {
            None => runs(plan, choices),
            Some(_) => Vec::new(),
        })
        .collect()
    };
    let compared = of_fit(&|plan, choices| plan.compared_runs(choices));
    let runner_ups = of_fit(&|plan, choices| plan.runner_up_runs(choices));
    for (session, runs) in sessions.iter_mut().zip(compared.iter().zip(&runner_ups)) {
        session.read_or_set_aside(runs.0)?;
        session.read_or_set_aside(runs.1)?;
    }
    write_manifest(&choices)?;
    let compared = distinct(&compared.concat());
    let students = |until, students| Stage::Students { until, students };
    let runner_ups = distinct(&runner_ups.concat());
    made = made + train_missing(sessions, shared, &[&compared[..], &runner_ups].concat(), students)?;
    let mut diverged = 0;
    for run in compared.iter().filter(|run| store.has_run(&run.id)) {
        let outcome = sessions[run.configuration].record(&run.id)?.outcome;
        diverged += usize::from(matches!(outcome, Outcome::Diverged { .. }));
    }
    let there = distinct(&[tuning.concat(), compared, runner_ups].concat());
    let there = there.iter().filter(|run| store.has_run(&run.id)).count();
    let Trained { here: made, elsewhere, failed } = made;
    if made + elsewhere > 0 {
        // One that began later may have written it as it knew it then.
        write_manifest(&choices)?;
    }
    Ok(RunSummary {
        already_done: there - made - elsewhere,
        made,
        made_by_others: elsewhere,
        diverged,
        without_choice,
        left_out: left_out(plan, sessions),
        failed,
    })
}

/// The teachers that are there and not what they were written as.
fn damaged_teachers(plan: &SweepPlan<'_>, store: &Store) -> HashSet<TeacherKey> {
    let keys: HashSet<TeacherKey> = plan.configurations.iter().filter_map(Plan::teacher_key).collect();
    keys.into_iter().filter(|key| load_teacher(store, key).is_err_and(|error| error.is_damage())).collect()
}

/// The configurations that cannot be run, each in a sentence.
fn left_out(plan: &SweepPlan<'_>, sessions: &[Session<'_>]) -> Vec<String> {
    let mut sentences = Vec::new();
    for (session, configuration) in sessions.iter().zip(&plan.sweep().configurations) {
        let Some(error) = &session.unfit else { continue };
        let values = plan.sweep().axes.iter().zip(&configuration.values);
        let values: Vec<String> = values.map(|(axis, value)| format!("{axis} = {value}")).collect();
        sentences.push(format!("the configuration {} is left out: {error}", values.join(", ")));
    }
    sentences
}

/// Warns of the configurations that cannot be run.
///
/// # Errors
/// With the reason, if no configuration is left.
fn say_left_out(plan: &SweepPlan<'_>, sessions: &[Session<'_>]) -> Result<(), RunError> {
    if let Some(error) = &sessions[0].unfit
        && sessions.iter().all(|session| session.unfit.is_some())
    {
        return Err(RunError::Shared(Arc::clone(error)));
    }
    for sentence in left_out(plan, sessions) {
        sessions[0].watch.say(format!("warning: {sentence}"));
    }
    Ok(())
}

/// Each run once: several configurations may need it.
fn distinct<'a>(runs: impl IntoIterator<Item = &'a RunPlan>) -> Vec<RunPlan> {
    let mut seen = HashSet::new();
    runs.into_iter().filter(|run| seen.insert(run.id.clone())).cloned().collect()
}

/// A smaller version of a suite in the same folder keeps all runs, but the report is of what the suite now names.
fn say_what_the_report_loses(plan: &SweepPlan<'_>, store: &Store, watch: &Watch) {
    let Ok(before) = store.manifest() else { return };
    let suite = plan.sweep().first();
    let arms = suite.arm_names();
    let lost_arms = before.arms.iter().filter(|arm| !arms.contains(arm)).count();
    let lost_seeds = before.seeds.iter().filter(|seed| !suite.seeds.contains(seed)).count();
    let named = |axes: &[String], values: &[String]| {
        axes == plan.sweep().axes && plan.sweep().configurations.iter().any(|p| p.values == values)
    };
    let lost_configurations =
        before.configurations.iter().filter(|configuration| !named(&before.axes, &configuration.values)).count();
    if lost_arms + lost_seeds + lost_configurations > 0 {
        let folder = store.root().display();
        watch.say(format!(
            "{folder} held {lost_arms} more arms, {lost_seeds} more seeds and {lost_configurations} more configurations of a sweep: their runs are kept but not reported until the whole suite is run again; --out names another folder"
        ));
    }
}

/// That a folder holds runs of the suite's arms and seeds at other settings than it has now: somebody changed the suite,
/// or forgot `--out`.
pub fn other_settings(plan: &SweepPlan<'_>, store: &Store) -> Option<String> {
    let before = store.manifest().ok()?;
    let suite = plan.sweep().first();
    let planned: HashSet<String> = plan
        .configurations
        .iter()
        .flat_map(|plan| [plan.tuning_runs(), plan.compared_runs(&[])].concat())
        .map(|run| run.id.to_string())
        .collect();
    let (arms, tuning) = (suite.arm_names(), suite.tune.as_ref().map_or(&[][..], |tune| &tune.seeds));
    let named = |run: &PlannedRun| {
        // Those of the tuned comparison have a name after the tuning alone.
        let seeds = match run.role {
            Role::Tuning => tuning,
            Role::Fixed => &suite.seeds,
            Role::Tuned | Role::RunnerUp => return false,
        };
        arms.contains(&run.arm) && seeds.contains(&run.seed)
    };
    let others: HashSet<&str> = before
        .runs()
        .filter(|run| named(run) && !planned.contains(run.id.as_str()) && store.has_run(&run.id))
        .map(|run| run.id.as_str())
        .collect();
    (!others.is_empty()).then(|| {
        let runs = if others.len() == 1 { "1 run".to_owned() } else { format!("{} runs", others.len()) };
        format!(
            "{} holds {runs} of these arms and seeds at other settings than the suite has now: they are kept but not \
             reported; --out names another folder",
            store.root().display()
        )
    })
}

/// Sees to it that the store has the runs: trains those that it lacks and no other process makes, and waits for the others.
fn train_missing(
    sessions: &mut [Session<'_>],
    shared: &mut SharedExamples,
    runs: &[RunPlan],
    stage: impl Fn(u64, usize) -> Stage,
) -> Result<Trained, RunError> {
    let (store, watch, holds) = (sessions[0].store, sessions[0].watch, sessions[0].holds);
    let lacks = |run: &RunPlan| !store.has_run(&run.id);
    for run in runs.iter().filter(|run| lacks(run)) {
        sessions[run.configuration].prepare_or_leave_out(shared)?;
    }
    let can_be_made = |run: &&RunPlan| sessions[run.configuration].unfit.is_none();
    let missing: Vec<RunPlan> = distinct(runs.iter().filter(can_be_made)).into_iter().filter(lacks).collect();
    if missing.is_empty() {
        return Ok(Trained::default());
    }
    let epochs: usize = missing.iter().map(|run| run.config.training.epochs).sum();
    watch.enter(stage(watch.progress.member_epochs() + epochs as u64, missing.len()));
    let options = sessions[0].options;
    let sizes = CohortSizes::of_stage(&distinct(runs.iter()), options.jobs, |model| {
        sessions[0].trainer.most_cohort_members(model)
    });
    let mut left = missing.clone();
    let (mut here, mut failed) = (0, Vec::new());
    let mut given_up: HashSet<RunId> = HashSet::new();
    while !left.is_empty() {
        let (made, failures) = train_cohorts(sessions, left.clone(), &sizes)?;
        here += made;
        let asks_for_time = made == 0 && failures.is_empty();
        given_up.extend(failures.iter().flat_map(|of: &FailedRuns| of.runs.clone()));
        failed.extend(failures);
        left.retain(|run| lacks(run) && !given_up.contains(&run.id));
        let before = left.len();
        wait_for_others(&mut left, store, holds, watch)?;
        if asks_for_time && left.len() == before && !left.is_empty() {
            if !options.waits_for_programs {
                return Err(RunError::NothingNow);
            }
            // Programs that asked to be started again later, and nobody else makes their runs.
            pause(watch, LATER)?;
        }
    }
    let lacking = missing.iter().filter(|run| lacks(run)).count();
    Ok(Trained { here, elsewhere: missing.len() - here - lacking, failed })
}
