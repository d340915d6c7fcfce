//! The arms' names, for whoever has to know them without being able to train one.

/// Every arm's name without options, in the order of the table of arms. The ablation crate, which has the arms
/// themselves, holds its own names against these.
pub const ARM_NAMES: [&str; 21] = [
    "hard",
    "uniform",
    "class-prior",
    "label-smoothing",
    "virtual-teacher",
    "class-smoothing",
    "class-mean",
    "class-permuted",
    "class-similarity",
    "shuffled-within-class",
    "shuffled",
    "partial",
    "permuted",
    "recombined",
    "top-k",
    "teacher",
    "target-weighted",
    "confidence-weighted",
    "dkd",
    "tckd",
    "nckd",
];

/// An arm's name without its options: `class-prior` of `class-prior(teacher)`.
pub fn arm_base_name(arm: &str) -> &str {
    arm.split('(').next().unwrap_or(arm)
}
