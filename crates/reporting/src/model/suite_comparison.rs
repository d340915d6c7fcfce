//! Two suites compared, arm by arm and term by term.

use fractionate_records::{Comparison, Metric, Term};
use fractionate_statistics::{Interval, Summary};
use serde::Serialize;

use crate::source::configuration::KeyDifference;

/// A store compared with another one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SuiteComparison {
    /// The first suite's name and place.
    pub first: ComparedSuite,
    /// The other's.
    pub other: ComparedSuite,
    /// What both compare; absent where they do not compare the same.
    pub metric: Option<Metric>,
    /// Every configuration and comparison that both have.
    pub configurations: Vec<ConfigurationComparison>,
    /// Where their configurations differ.
    pub configuration: Vec<KeyDifference>,
    /// What only one of them has, and what is not compared, in sentences.
    pub notes: Vec<String>,
}

/// One of the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComparedSuite {
    /// The suite's name.
    pub suite: String,
    /// Its folder as it was given.
    pub folder: String,
}

/// One comparison at one configuration.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConfigurationComparison {
    /// The configuration's values in words; absent without a sweep.
    pub configuration: Option<String>,
    /// Tuned or fixed.
    pub comparison: Comparison,
    /// The arms that both have, in the first's order: values of the metric.
    pub arms: Vec<ComparedArm>,
    /// The terms that either has: gains.
    pub terms: Vec<ComparedTerm>,
}

/// An arm of both.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedArm {
    /// The arm.
    pub arm: String,
    /// Both sides.
    #[serde(flatten)]
    pub both: Both,
}

/// A term of the decomposition of both.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedTerm {
    /// The term.
    pub term: Term,
    /// Both sides.
    #[serde(flatten)]
    pub both: Both,
}

/// The values of both sides and their difference.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Both {
    /// Over the first's seeds.
    pub first: Option<Summary>,
    /// Over the other's.
    pub other: Option<Summary>,
    /// The other minus the first: percent or points of accuracy, nats of NLL (where less is better), nats saved of a term.
    pub difference: Option<f64>,
    /// Its 95% interval; absent with too few seeds.
    pub interval: Option<Interval>,
    /// How the interval was formed.
    pub how: Pairing,
    /// The seeds that are paired.
    pub seeds: Vec<u64>,
}

/// How a difference's interval was formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pairing {
    /// Both rest on the same runs: there is nothing to compare.
    SameRuns,
    /// Seed by seed: same data, same initial weights.
    Paired,
    /// As two independent samples, by Welch.
    Welch,
    /// One side has no run.
    Nothing,
}
