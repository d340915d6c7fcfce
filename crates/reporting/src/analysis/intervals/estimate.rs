//! What has an interval: a weighted sum of arms, seed by seed.

/// A sum of arms with factors at some seeds.
#[derive(Debug, Clone)]
pub(crate) struct Estimate<'a> {
    /// Arms as written in results.
    pub(crate) factors: Vec<(&'a str, f64)>,
    /// Seeds where all of these arms finished.
    pub(crate) seeds: Vec<u64>,
}

/// Names the draws of a report: always the same ones.
pub(crate) const SEED: u64 = 0;
