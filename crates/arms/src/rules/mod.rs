//! The arms, one file each, and the class statistics that several of them share.

pub(crate) mod averaged;
pub(crate) mod class_mean;
pub(crate) mod class_permuted;
pub(crate) mod class_prior;
pub(crate) mod class_shuffle;
pub(crate) mod class_similarity;
pub(crate) mod class_smoothing;
pub(crate) mod class_statistics;
pub(crate) mod confidence_weighted;
pub(crate) mod dkd;
pub(crate) mod hard;
pub(crate) mod label_smoothing;
pub(crate) mod nckd;
pub(crate) mod partial;
pub(crate) mod permuted;
pub(crate) mod recombined;
pub(crate) mod shuffled;
pub(crate) mod shuffled_within_class;
pub(crate) mod target_weighted;
pub(crate) mod tckd;
pub(crate) mod teacher;
pub(crate) mod top_k;
pub(crate) mod uniform;
pub(crate) mod virtual_teacher;

#[cfg(test)]
mod invariants;
