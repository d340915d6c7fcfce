//! How large cohorts are: as the cost of a step on this machine and the number of jobs make it.

use fractionate_records::ModelConfig;
use fractionate_training::{CohortSpeed, ExampleShape};

use crate::cohort_speeds::CohortSpeeds;
use crate::cohorts::{gathered, most_members, parts};
use crate::plan::RunPlan;

/// The size of the cohorts of each architecture. It changes no number: only how long they take.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CohortCut {
    /// One for each architecture of the runs.
    pub sizes: Vec<CohortSize>,
}

/// The size of the cohorts of one architecture, and what it was chosen by.
#[derive(Debug, Clone, PartialEq)]
pub struct CohortSize {
    /// The architecture.
    pub student: ModelConfig,
    /// Of its examples.
    pub shape: ExampleShape,
    /// Examples of a batch.
    pub batch_size: usize,
    /// The most members of a cohort.
    pub members: usize,
    /// What a step costs.
    pub speed: CohortSpeed,
}

impl CohortCut {
    /// For all runs of a stage, those included that are made already: what is left is then cut as the whole was, and finds
    /// the checkpoints of its cohorts.
    pub fn of_stage(runs: &[RunPlan], jobs: usize, speeds: &mut CohortSpeeds) -> Self {
        let groups = gathered(runs.to_vec());
        let mut sizes: Vec<CohortSize> = Vec::new();
        for group in &groups {
            if sizes.iter().any(|size| size.is_of(&group[0])) {
                continue;
            }
            let run = &group[0];
            let alike = groups.iter().filter(|other| is_alike(&other[0], run)).map(Vec::len).collect::<Vec<_>>();
            let speed = speeds.of(run);
            sizes.push(CohortSize {
                student: run.config.student.clone(),
                shape: run.shape,
                batch_size: run.config.training.batch_size,
                members: quickest(&alike, most_members(&run.config.student), jobs, speed),
                speed,
            });
        }
        Self { sizes }
    }

    /// The most members of a cohort of such runs.
    pub(crate) fn members(&self, run: &RunPlan) -> usize {
        let size = self.sizes.iter().find(|size| size.is_of(run));
        size.map_or_else(|| most_members(&run.config.student), |size| size.members)
    }
}

impl CohortSize {
    /// The architecture as it is usually written: 784-32-10, or channels and dense width of a CNN.
    pub fn architecture(&self) -> String {
        let join = |numbers: &[usize]| numbers.iter().map(usize::to_string).collect::<Vec<_>>().join("-");
        match &self.student {
            ModelConfig::Mlp { hidden, .. } => {
                join(&[&[self.shape.features], &hidden[..], &[self.shape.classes]].concat())
            }
            ModelConfig::Cnn { channels, dense, .. } => format!("CNN {}-{dense}", join(channels)),
        }
    }

    fn is_of(&self, run: &RunPlan) -> bool {
        let batch_size = run.config.training.batch_size;
        (&self.student, self.shape, self.batch_size) == (&run.config.student, run.shape, batch_size)
    }
}

fn is_alike(a: &RunPlan, b: &RunPlan) -> bool {
    (&a.config.student, a.shape, a.config.training.batch_size)
        == (&b.config.student, b.shape, b.config.training.batch_size)
}

/// A longer way that is not longer by more than this share is taken if its cohorts are larger.
const AS_GOOD: f64 = 1.01;

/// The size of the largest cohort with which groups of so many runs are done soonest, `jobs` cohorts at a time and none of
/// more than `most` members; of sizes as good, the largest.
pub fn quickest(groups: &[usize], most: usize, jobs: usize, speed: CohortSpeed) -> usize {
    let timed: Vec<(usize, f64)> = (1..=most).rev().map(|size| (size, seconds(groups, size, jobs, speed))).collect();
    let best = timed.iter().map(|(_, seconds)| *seconds).fold(f64::INFINITY, f64::min);
    let found = timed.into_iter().find(|(_, seconds)| *seconds <= AS_GOOD * best);
    let size = found.map_or(most, |(size, _)| size);
    groups.iter().filter_map(|&group| parts(group, size).next()).max().unwrap_or(size)
}

/// Until the last cohort has made a step, each job taking the next as soon as it is free.
fn seconds(groups: &[usize], size: usize, jobs: usize, speed: CohortSpeed) -> f64 {
    let mut free_at = vec![0.0; jobs];
    for members in groups.iter().flat_map(|&group| parts(group, size)) {
        let first: &mut f64 = free_at.iter_mut().min_by(|a, b| f64::total_cmp(a, b)).expect("a job at least");
        *first += speed.step(members);
    }
    free_at.into_iter().fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speed(per_step: f64, per_member: f64) -> CohortSpeed {
        CohortSpeed::new([1, 9, 32].map(|members| (members, per_step + members as f64 * per_member)))
    }

    fn usual() -> CohortSpeed {
        speed(0.3, 0.1)
    }

    #[test]
    fn a_single_group_is_cut_so_that_every_job_has_a_part() {
        // 12 on one core: 1.5; six on each of two: 0.9.
        assert_eq!(quickest(&[12], 32, 2, usual()), 6);
        assert_eq!(quickest(&[12], 32, 1, usual()), 12);
        assert_eq!(quickest(&[12], 32, 3, usual()), 4);
    }

    #[test]
    fn groups_enough_for_all_jobs_stay_whole() {
        assert_eq!(quickest(&[10; 8], 32, 2, usual()), 10);
        assert_eq!(quickest(&[10; 1000], 32, 2, usual()), 10);
    }

    #[test]
    fn where_members_cost_next_to_nothing_a_group_is_not_cut() {
        let free = speed(1.0, 1e-6);
        assert_eq!(quickest(&[12], 32, 2, free), 12);
    }

    #[test]
    fn where_many_members_outgrow_the_cache_cohorts_are_as_large_as_fit() {
        let outgrown = CohortSpeed::new([(1, 0.4), (9, 1.2), (32, 8.1)]);
        // 9: 40 x 1.2 on each of two; 32: 12 x 7.5.
        assert_eq!(quickest(&[120; 6], 32, 2, outgrown), 9);
    }

    #[test]
    fn no_cohort_is_larger_than_the_most() {
        assert!(quickest(&[100; 3], 8, 2, usual()) <= 8);
    }
}
