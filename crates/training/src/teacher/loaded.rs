//! Teachers whose weights come from elsewhere.

use fractionate_ablation::{NamedWeights, SplitLogits};
use fractionate_records::LoadedTeacherConfig;

use super::network::teacher_network;
use super::trained::{logits_of, with_threads};
use crate::DeviceChoice;
use crate::splits::Splits;

/// The logits of a teacher with these weights, on a thread of its own with the configuration's number of libtorch threads.
///
/// # Errors
/// What is wrong with the weights, to stand after the name of their file.
///
/// # Panics
/// If the teacher's thread panics, which only a failure inside libtorch makes it do.
pub(crate) fn loaded_teacher(
    config: &LoadedTeacherConfig,
    weights: &NamedWeights,
    splits: &Splits,
    device: DeviceChoice,
) -> Result<SplitLogits, String> {
    with_threads(config.threads, splits, |splits| {
        let network = teacher_network(&config.model, weights, config.normalisation.as_ref(), splits, device)?;
        Ok(logits_of(&*network, splits))
    })
}
