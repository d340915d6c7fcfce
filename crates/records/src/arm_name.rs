//! Names of arms.

/// An arm's name without its options: `class-prior` of `class-prior(teacher)`.
pub fn arm_base_name(arm: &str) -> &str {
    arm.split('(').next().unwrap_or(arm)
}
