//! Runs that see the same batches, gathered into cohorts.

use fractionate_records::{ModelConfig, RunConfig, TrainingConfig};

use crate::cohort_cut::CohortCut;
use crate::plan::RunPlan;

/// Students trained in one pass. Larger cohorts gain nothing more on a processor, and smaller ones spread better over
/// cores; a student's numbers do not depend on where the cut falls.
const MOST_MLP_MEMBERS: usize = 32;

/// A convolution takes its members in turn: company saves only what is done once a batch.
const MOST_CNN_MEMBERS: usize = 8;

/// Gathers runs that differ only in arm, loss, learning rate and weight decay, and cuts them into parts of even size.
/// Keeps the runs' order.
pub fn group(runs: Vec<RunPlan>, cut: &CohortCut) -> Vec<Vec<RunPlan>> {
    gathered(runs).iter().flat_map(|group| cut_evenly(group, cut.members(&group[0]))).collect()
}

/// Gathers runs that see the same batches; keeps their order.
pub(crate) fn gathered(runs: Vec<RunPlan>) -> Vec<Vec<RunPlan>> {
    let mut groups: Vec<Vec<RunPlan>> = Vec::new();
    for run in runs {
        match groups.iter_mut().rev().find(|group| see_the_same_batches(&group[0].config, &run.config)) {
            Some(group) => group.push(run),
            None => groups.push(vec![run]),
        }
    }
    groups
}

fn see_the_same_batches(a: &RunConfig, b: &RunConfig) -> bool {
    // A training without what is a member's own.
    let shared = |t: &TrainingConfig| TrainingConfig { learning_rate: 0.0, weight_decay: 0.0, ..t.clone() };
    a.seed == b.seed
        && a.evaluation == b.evaluation
        && a.student == b.student
        && a.data == b.data
        && shared(&a.training) == shared(&b.training)
}

/// The most members that a cohort of such students ever has.
pub(crate) fn most_members(student: &ModelConfig) -> usize {
    match student {
        ModelConfig::Mlp { .. } => MOST_MLP_MEMBERS,
        ModelConfig::Cnn { .. } => MOST_CNN_MEMBERS,
    }
}

fn cut_evenly(group: &[RunPlan], most: usize) -> Vec<Vec<RunPlan>> {
    let size = parts(group.len(), most).next().expect("a group has a run");
    group.chunks(size).map(<[RunPlan]>::to_vec).collect()
}

/// The sizes of the parts of a group, none above `most`.
pub(crate) fn parts(group: usize, most: usize) -> impl Iterator<Item = usize> {
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
        for cohort in group(runs(&[]), &CohortCut::default()) {
            let first = &cohort[0];
            assert!(cohort.iter().all(|run| run.config.seed == first.config.seed));
            assert!(cohort.iter().all(|run| run.roles == first.roles));
            assert!(cohort.iter().all(|run| run.config.evaluation == first.config.evaluation));
        }
    }

    #[test]
    fn every_run_is_in_one_cohort_once_and_runs_of_a_seed_keep_their_order() {
        for all in [runs(&[]), runs(&["seeds=0..3", "tune.seeds=1000..1002"]), cnn_runs(), Vec::new()] {
            let grouped: Vec<RunPlan> = group(all.clone(), &CohortCut::default()).into_iter().flatten().collect();
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
        for (all, most) in [(runs(&[]), MOST_MLP_MEMBERS), (cnn_runs(), MOST_CNN_MEMBERS)] {
            let mut sizes: HashMap<_, Vec<usize>> = HashMap::new();
            for cohort in group(all, &CohortCut::default()) {
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
            group(all, &CohortCut::default()).into_iter().filter(|cohort| cohort[0].config.seed.0 == 0).collect();
        assert_eq!(compared.len(), 1);
        assert_eq!(compared[0].len(), 11, "all arms of the seed");
    }
}
