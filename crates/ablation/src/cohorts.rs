//! Runs that see the same batches, gathered into cohorts, and how large these are.

use std::borrow::Borrow;
use std::collections::HashMap;

use fractionate_data::ExampleShape;
use fractionate_records::{ModelConfig, RunConfig, Seed, TrainingConfig};

use crate::plan::RunPlan;
use crate::trainer::Trainer;

/// How large the cohorts of each architecture are; by default without a limit. Changes no number: only how long they take.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CohortSizes {
    /// One for each architecture of the runs.
    pub sizes: Vec<CohortSize>,
}

/// How large the cohorts of one architecture are.
#[derive(Debug, Clone, PartialEq)]
pub struct CohortSize {
    /// The architecture.
    pub student: ModelConfig,
    /// Of its examples.
    pub shape: ExampleShape,
    /// The most members of a cohort.
    pub members: usize,
}

impl CohortSizes {
    /// For all runs of a stage, those included that are made already: what is left is then cut as the whole was.
    /// `most_members`: [`Trainer::most_cohort_members`].
    pub fn of_stage(runs: &[RunPlan], jobs: usize, most_members: impl Fn(&ModelConfig) -> usize) -> Self {
        let groups = gathered(runs);
        let mut sizes: Vec<CohortSize> = Vec::new();
        for group in &groups {
            let run = group[0];
            if sizes.iter().any(|size| size.is_of(run)) {
                continue;
            }
            let mut size = CohortSize { student: run.config.student.clone(), shape: run.shape, members: 0 };
            let alike: Vec<usize> = groups.iter().filter(|other| size.is_of(other[0])).map(Vec::len).collect();
            size.members = cohort_size(&alike, most_members(&run.config.student), jobs);
            sizes.push(size);
        }
        Self { sizes }
    }

    /// The most members of a cohort of such runs; without a size all that see the same batches.
    fn most_members(&self, run: &RunPlan) -> usize {
        self.sizes.iter().find(|size| size.is_of(run)).map_or(usize::MAX, |size| size.members)
    }
}

impl CohortSize {
    /// The architecture as it is usually written: 784-32-10, or channels and dense width of a CNN.
    pub fn architecture(&self, trainer: &dyn Trainer) -> String {
        trainer.architecture_name(&self.student, self.shape)
    }

    fn is_of(&self, run: &RunPlan) -> bool {
        (&self.student, self.shape) == (&run.config.student, run.shape)
    }
}

/// The size of the largest cohort with which groups of so many runs are done first, `jobs` cohorts at a time, none of more
/// than `most` members; the largest of sizes as good.
#[doc(hidden)]
pub fn cohort_size(groups: &[usize], most: usize, jobs: usize) -> usize {
    let size = (1..=most).rev().min_by_key(|&size| duration(groups, size, jobs)).expect("a cohort has a member");
    groups.iter().filter_map(|&group| parts(group, size).next()).max().unwrap_or(size)
}

/// When the last cohort has made a step, each job taking the next cohort as soon as it is free. The unit is what a member
/// adds to a step; what members share costs about as much.
fn duration(groups: &[usize], size: usize, jobs: usize) -> usize {
    let mut free_at = vec![0; jobs];
    for members in groups.iter().flat_map(|&group| parts(group, size)) {
        *free_at.iter_mut().min().expect("there is a job") += members + 1;
    }
    free_at.into_iter().max().unwrap_or(0)
}

/// Gathers runs that differ only in arm, loss, learning rate and weight decay, and cuts them into parts of even size.
/// Keeps the runs' order.
pub fn group(runs: Vec<RunPlan>, sizes: &CohortSizes) -> Vec<Vec<RunPlan>> {
    let cut = |group: Vec<RunPlan>| {
        let most = sizes.most_members(&group[0]);
        cut_evenly(group, most)
    };
    gathered(runs).into_iter().flat_map(cut).collect()
}

/// Gathers runs that see the same batches; keeps their order.
fn gathered<R: Borrow<RunPlan>>(runs: impl IntoIterator<Item = R>) -> Vec<Vec<R>> {
    let mut groups: Vec<Vec<R>> = Vec::new();
    // Only those of a run's own seed are looked through: there may be very many seeds.
    let mut of_seed: HashMap<Seed, Vec<usize>> = HashMap::new();
    for run in runs {
        let config = &run.borrow().config;
        let own = of_seed.entry(config.seed).or_default();
        match own.iter().rev().find(|&&group| see_the_same_batches(&groups[group][0].borrow().config, config)) {
            Some(&group) => groups[group].push(run),
            None => {
                own.push(groups.len());
                groups.push(vec![run]);
            }
        }
    }
    groups
}

/// All of a training but what is a member's own.
fn shared(training: &TrainingConfig) -> TrainingConfig {
    TrainingConfig { learning_rate: 0.0, weight_decay: 0.0, ..training.clone() }
}

fn see_the_same_batches(a: &RunConfig, b: &RunConfig) -> bool {
    a.seed == b.seed
        && a.evaluation == b.evaluation
        && a.student == b.student
        && a.data == b.data
        && shared(&a.training) == shared(&b.training)
}

fn cut_evenly(group: Vec<RunPlan>, most: usize) -> Vec<Vec<RunPlan>> {
    let sizes: Vec<usize> = parts(group.len(), most).collect();
    let mut runs = group.into_iter();
    sizes.into_iter().map(|size| runs.by_ref().take(size).collect()).collect()
}

/// The sizes of the parts of a group, none above `most`.
fn parts(group: usize, most: usize) -> impl Iterator<Item = usize> {
    let size = group.div_ceil(group.div_ceil(most));
    (0..group).step_by(size).map(move |start| size.min(group - start))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use fractionate_records::{DeviceKind, NumericsConfig};

    use super::*;
    use crate::plan::Plan;
    use crate::suite::{Overrides, check_text};

    const QUICKSTART: &str = include_str!("../../../experiments/quickstart.toml");

    /// The tuning runs and the fixed runs of quickstart with other values of some keys.
    fn runs(set: &[&str]) -> Vec<RunPlan> {
        let set = set.iter().map(|&assignment| assignment.to_owned()).collect();
        let suite = check_text("quickstart.toml", QUICKSTART, &Overrides { set, ..Overrides::default() }).unwrap();
        let numerics = NumericsConfig { code_format: 1, libtorch: "2.13.0".into(), device: DeviceKind::Cpu };
        let plan = Plan::new(&suite, numerics);
        [plan.tuning_runs(), plan.compared_runs(&[])].concat()
    }

    fn cnn_runs() -> Vec<RunPlan> {
        let text = QUICKSTART.replace("hidden = [32]", "channels = [8]\ndense = 16");
        let text = text.replace("[student]\nmodel = \"mlp\"", "[student]\nmodel = \"cnn\"");
        let suite = check_text("cnn.toml", &text, &Overrides::default()).unwrap();
        let numerics = NumericsConfig { code_format: 1, libtorch: "2.13.0".into(), device: DeviceKind::Cpu };
        Plan::new(&suite, numerics).tuning_runs()
    }

    #[test]
    fn a_cohort_never_mixes_seeds_nor_tuning_with_comparison() {
        for cohort in group(runs(&[]), &CohortSizes::default()) {
            let first = &cohort[0];
            assert!(cohort.iter().all(|run| run.config.seed == first.config.seed));
            assert!(cohort.iter().all(|run| run.roles == first.roles));
            assert!(cohort.iter().all(|run| run.config.evaluation == first.config.evaluation));
        }
    }

    #[test]
    fn every_run_is_in_one_cohort_once_and_runs_of_a_seed_keep_their_order() {
        for all in [runs(&[]), runs(&["seeds=0..3", "tune.seeds=1000..1002"]), cnn_runs(), Vec::new()] {
            let grouped: Vec<RunPlan> = group(all.clone(), &CohortSizes::default()).into_iter().flatten().collect();
            assert_eq!(grouped.len(), all.len());
            let by_seed = |runs: &[RunPlan]| {
                let mut seeds: HashMap<_, Vec<_>> = HashMap::new();
                for run in runs {
                    seeds.entry((run.config.seed, run.roles.clone())).or_default().push(run.id.clone());
                }
                seeds
            };
            assert_eq!(by_seed(&grouped), by_seed(&all));
        }
    }

    #[test]
    fn cohorts_of_one_seed_are_of_even_size_and_none_is_too_large() {
        for all in [runs(&[]), cnn_runs()] {
            let most = 16;
            let cut = CohortSizes::of_stage(&all, 1, |_| most);
            let mut sizes: HashMap<_, Vec<usize>> = HashMap::new();
            for cohort in group(all, &cut) {
                assert!(cohort.len() <= most);
                sizes.entry(cohort[0].config.seed).or_default().push(cohort.len());
            }
            for sizes in sizes.values() {
                let (least, largest) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
                assert!(largest - least < sizes.len(), "{sizes:?}");
            }
        }
    }

    #[test]
    fn students_that_differ_only_in_what_is_their_own_share_a_cohort() {
        let all = runs(&["seeds=0..1", "tune.seeds=1000..1001"]);
        let compared: Vec<Vec<RunPlan>> =
            group(all, &CohortSizes::default()).into_iter().filter(|cohort| cohort[0].config.seed.0 == 0).collect();
        assert_eq!(compared.len(), 1);
        assert_eq!(compared[0].len(), 11, "all arms of the seed");
    }

    #[test]
    fn a_single_group_is_cut_so_that_every_job_has_a_part() {
        assert_eq!([1, 2, 3].map(|jobs| cohort_size(&[12], 16, jobs)), [12, 6, 4]);
    }

    #[test]
    fn groups_enough_for_all_jobs_stay_whole() {
        assert_eq!(cohort_size(&[10; 8], 16, 2), 10);
        assert_eq!(cohort_size(&[10; 1000], 16, 2), 10);
    }

    #[test]
    fn groups_that_would_leave_a_job_idle_are_cut() {
        // Whole: one job trains two groups, the other one; halved: three halves each.
        assert_eq!(cohort_size(&[10; 3], 16, 2), 5);
    }

    #[test]
    fn no_cohort_is_larger_than_the_most_and_parts_are_even() {
        assert_eq!(cohort_size(&[120; 6], 16, 2), 15);
        assert!(cohort_size(&[100; 3], 8, 2) <= 8);
        assert!(parts(100, 8).eq([[8; 12].as_slice(), &[4]].concat()));
    }

    #[test]
    fn what_is_left_of_a_stage_is_cut_as_the_whole_was() {
        let all = runs(&["seeds=0..2"]);
        let sizes = CohortSizes::of_stage(&all, 2, |_| 16);
        let whole = group(all.clone(), &sizes);
        let (first, rest) = whole.split_first().unwrap();
        let left: Vec<RunPlan> = all.into_iter().filter(|run| !first.contains(run)).collect();
        let ids = |cohorts: &[Vec<RunPlan>]| -> Vec<Vec<_>> {
            cohorts.iter().map(|cohort| cohort.iter().map(|run| run.id.clone()).collect()).collect()
        };
        assert_eq!(ids(&group(left, &sizes)), ids(rest));
    }
}
