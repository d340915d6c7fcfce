//! Runs that see the same batches, gathered into cohorts.

use fractionate_records::{ModelConfig, RunConfig, TrainingConfig};

use crate::plan::RunPlan;

/// Students trained in one pass. Larger cohorts gain nothing more on a processor, and smaller ones spread better over
/// cores; a student's numbers do not depend on where the cut falls.
const MOST_MLP_MEMBERS: usize = 32;

/// A convolution takes its members in turn: company saves only what is done once a batch.
const MOST_CNN_MEMBERS: usize = 8;

/// Gathers runs that differ only in arm, loss, learning rate and weight decay, and cuts them into parts of even size.
/// Keeps the runs' order.
pub fn group(runs: Vec<RunPlan>) -> Vec<Vec<RunPlan>> {
    let mut groups: Vec<Vec<RunPlan>> = Vec::new();
    for run in runs {
        match groups.iter_mut().find(|group| see_the_same_batches(&group[0].config, &run.config)) {
            Some(group) => group.push(run),
            None => groups.push(vec![run]),
        }
    }
    groups.iter().flat_map(|group| cut_evenly(group)).collect()
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

fn cut_evenly(group: &[RunPlan]) -> Vec<Vec<RunPlan>> {
    let most = match group[0].config.student {
        ModelConfig::Mlp { .. } => MOST_MLP_MEMBERS,
        ModelConfig::Cnn { .. } => MOST_CNN_MEMBERS,
    };
    let parts = group.len().div_ceil(most);
    let size = group.len().div_ceil(parts);
    group.chunks(size).map(<[RunPlan]>::to_vec).collect()
}
