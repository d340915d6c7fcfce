//! The test results of one comparison, arm by arm and seed by seed.

use std::collections::{BTreeMap, HashMap};

use fractionate_records::{Comparison, DECOMPOSITION_ARMS, arm_base_name};

use crate::analysis::measure::Measure;
use crate::source::suite_runs::SuiteRuns;

/// The results of one comparison, arm by arm and seed by seed.
#[derive(Debug, Clone)]
pub(crate) struct ComparisonResults {
    pub(crate) measure: Measure,
    /// The suite's seeds.
    pub(crate) seeds: Vec<u64>,
    /// The suite's arms in its order; an arm without a finished run has no seeds.
    pub(crate) arms: Vec<ArmResults>,
}

/// One arm's finished runs.
#[derive(Debug, Clone)]
pub(crate) struct ArmResults {
    pub(crate) arm: String,
    /// Units of the measure by seed.
    pub(crate) units: BTreeMap<u64, f64>,
}

impl ComparisonResults {
    /// The arm of that name, or else its only variant (`class-prior(teacher)` for `class-prior`): which of several were
    /// meant nobody can tell.
    pub(crate) fn arm(&self, name: &str) -> Option<&ArmResults> {
        let exact = self.arms.iter().find(|a| a.arm == name);
        let mut variants = self.arms.iter().filter(|a| arm_base_name(&a.arm) == name);
        exact.or_else(|| variants.next().filter(|_| variants.next().is_none()))
    }
}

impl ComparisonResults {
    /// The names of the decomposition's arms in these results, as far as they are there.
    pub(crate) fn decomposition_arms(&self) -> Vec<&str> {
        DECOMPOSITION_ARMS.iter().filter_map(|name| Some(self.arm(name)?.arm.as_str())).collect()
    }
}

impl SuiteRuns {
    /// The test results of one comparison.
    pub(crate) fn results(&self, comparison: Comparison) -> ComparisonResults {
        let role = comparison.role();
        let runs = || self.found().filter(|(run, _)| run.role == role);
        let measure = Measure::of(self.manifest.metric, runs().map(|(_, record)| record));
        let mut arms: Vec<ArmResults> =
            self.manifest.arms.iter().map(|arm| ArmResults { arm: arm.clone(), units: BTreeMap::new() }).collect();
        let mut places: HashMap<String, usize> = self.manifest.arms.iter().cloned().zip(0..).collect();
        for (run, record) in runs() {
            let Some(units) = record.outcome.test().and_then(|scores| measure.units(scores)) else { continue };
            let place = *places.entry(run.arm.clone()).or_insert_with(|| {
                arms.push(ArmResults { arm: run.arm.clone(), units: BTreeMap::new() });
                arms.len() - 1
            });
            arms[place].units.insert(run.seed.0, units);
        }
        ComparisonResults { measure, seeds: self.manifest.seeds.iter().map(|s| s.0).collect(), arms }
    }
}
