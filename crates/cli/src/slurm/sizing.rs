//! How many tasks a suite is cut into, and how long each may take.

use fractionate_ablation::suite::SlurmSettings;

/// What is left to do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Work {
    /// Cohorts to train.
    pub(crate) cohorts: usize,
    /// Seconds that they take, one after the other.
    pub(crate) seconds: f64,
    /// Seconds that the teachers take.
    pub(crate) teacher_seconds: f64,
    /// Whether the seconds come from runs that are made; otherwise they are a guess from this machine's speed.
    pub(crate) from_runs: bool,
    /// Cohorts trained at the same time in one task.
    pub(crate) jobs: usize,
}

/// How the work is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// Tasks of the array, at least 1.
    pub(crate) tasks: usize,
    /// Cohorts that a task trains if all start together, rounded up.
    pub(crate) cohorts_per_task: usize,
    /// Time limit of a task, in minutes.
    pub(crate) task_minutes: u64,
    /// Time limit of the teacher's job, in minutes.
    pub(crate) teacher_minutes: u64,
    /// Time limit of the report's job, in minutes.
    pub(crate) report_minutes: u64,
}

/// A task of this length finds its place in a busy queue.
const WANTED_MINUTES: u64 = 60;

/// For a start on a slow file system, and for the work at hand after the signal.
const START_MINUTES: u64 = 10;

/// More tasks than this only somebody who knows the cluster asks for.
const MOST_UNASKED: usize = 100;

const REPORT_MINUTES: u64 = 60;

impl Sizes {
    /// For this work, as far as the settings leave it open.
    pub(crate) fn new(work: &Work, settings: &SlurmSettings) -> Self {
        // Nodes may be slower than they were, and a guess from one matrix product is often wrong by half.
        let margin = if work.from_runs { 2.0 } else { 3.0 };
        let minutes = |seconds: f64| margin * seconds / 60.0;
        let cohorts = work.cohorts.max(1);
        let tasks = match (settings.tasks, settings.cohorts_per_task) {
            (Some(tasks), _) => tasks,
            (None, Some(each)) => cohorts.div_ceil(each),
            (None, None) => {
                let limit = settings.time.unwrap_or(WANTED_MINUTES);
                let useful = limit.saturating_sub(START_MINUTES).max(limit.div_ceil(2)) as f64;
                let wanted = (minutes(work.seconds / work.jobs as f64) / useful).ceil() as usize;
                wanted.min(cohorts.div_ceil(work.jobs)).clamp(1, MOST_UNASKED)
            }
        };
        // More would have nothing to do.
        let tasks = tasks.min(cohorts);
        let cohorts_per_task = cohorts.div_ceil(tasks);
        let rounds = cohorts_per_task.div_ceil(work.jobs);
        let limit = |seconds| settings.time.unwrap_or_else(|| with_start(minutes(seconds)));
        Self {
            tasks,
            cohorts_per_task,
            task_minutes: limit(work.seconds / cohorts as f64 * rounds as f64),
            teacher_minutes: limit(work.teacher_seconds),
            report_minutes: settings.time.unwrap_or(REPORT_MINUTES),
        }
    }
}

/// Whole steps of five minutes: nobody reads more into an estimate.
fn with_start(minutes: f64) -> u64 {
    ((minutes.ceil() as u64).saturating_add(START_MINUTES)).div_ceil(5).saturating_mul(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: f64 = 3_600.0;

    fn work(cohorts: usize, hours: f64) -> Work {
        Work { cohorts, seconds: hours * HOUR, teacher_seconds: HOUR, from_runs: true, jobs: 4 }
    }

    #[test]
    fn small_work_is_one_task_and_large_work_tasks_of_about_an_hour() {
        let small = Sizes::new(&work(20, 0.1), &SlurmSettings::default());
        let limits =
            Sizes { tasks: 1, cohorts_per_task: 20, task_minutes: 15, teacher_minutes: 130, report_minutes: 60 };
        assert_eq!(small, limits);
        // 80 hours on one core are 20 on four; twice that is 48 tasks of 50 minutes.
        let large = Sizes::new(&work(480, 80.0), &SlurmSettings::default());
        assert_eq!((large.tasks, large.cohorts_per_task), (48, 10));
        // Three rounds of four cohorts, ten minutes each, twice, and the start.
        assert_eq!(large.task_minutes, 70);
        assert_eq!(Sizes::new(&work(10_000, 10_000.0), &SlurmSettings::default()).tasks, 100);
    }

    #[test]
    fn what_the_settings_say_is_taken_and_the_rest_follows() {
        let asked = |settings| Sizes::new(&work(480, 80.0), &settings);
        let tasks = asked(SlurmSettings { tasks: Some(16), ..SlurmSettings::default() });
        assert_eq!((tasks.tasks, tasks.cohorts_per_task), (16, 30));
        let cohorts = asked(SlurmSettings { cohorts_per_task: Some(7), ..SlurmSettings::default() });
        assert_eq!(cohorts.tasks, 69);
        let time = asked(SlurmSettings { time: Some(250), ..SlurmSettings::default() });
        assert_eq!((time.tasks, time.task_minutes, time.teacher_minutes, time.report_minutes), (10, 250, 250, 250));
    }

    #[test]
    fn no_task_is_without_work_and_a_guess_has_more_margin() {
        let many = SlurmSettings { tasks: Some(50), ..SlurmSettings::default() };
        assert_eq!(Sizes::new(&work(3, 1.0), &many).tasks, 3);
        assert_eq!(Sizes::new(&work(0, 0.0), &SlurmSettings::default()).tasks, 1);
        let guess = Sizes::new(&Work { from_runs: false, ..work(4, 4.0) }, &SlurmSettings::default());
        assert_eq!((guess.tasks, guess.task_minutes, guess.teacher_minutes), (1, 190, 190));
    }
}
