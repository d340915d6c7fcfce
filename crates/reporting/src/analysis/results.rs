//! The test results of one comparison, arm by arm and seed by seed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

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
    /// Whether the arms' runs of a seed belong together: they start from the same weights and see the same batches. Of runs
    /// made elsewhere the seed says so; a program has to tell.
    pub(crate) is_paired: bool,
    /// The results under each of several teachers, of which the arms' are the sums; none with one teacher.
    pub(crate) by_teacher: Vec<ComparisonResults>,
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
    /// The test results of one comparison; of several teachers their sums.
    pub(crate) fn results(&self, comparison: Comparison) -> ComparisonResults {
        let role = comparison.role();
        let runs = self.found().filter(|(run, _)| run.role == role);
        let measure = Measure::of(self.manifest.metric, runs.map(|(_, record)| record));
        match &self.compared_teachers(comparison)[..] {
            [one] => one.results_in(comparison, measure),
            several => summed(several.iter().map(|suite| suite.results_in(comparison, measure)).collect()),
        }
    }

    /// The teachers under which every arm has a finished run of that comparison, where any has; at least one.
    pub(crate) fn compared_teachers(&self, comparison: Comparison) -> Vec<&Self> {
        let each = self.each_teacher();
        let arms: Vec<BTreeSet<&str>> = each
            .iter()
            .map(|suite| {
                let finished = suite
                    .found()
                    .filter(|(run, found)| run.role == comparison.role() && found.outcome.test().is_some());
                finished.map(|(run, _)| run.arm.as_str()).collect()
            })
            .collect();
        let most = arms.iter().map(BTreeSet::len).max().unwrap_or(0);
        each.into_iter().zip(&arms).filter(|(_, arms)| arms.len() == most).map(|(suite, _)| suite).collect()
    }

    fn results_in(&self, comparison: Comparison, measure: Measure) -> ComparisonResults {
        let runs = || self.found().filter(|(run, _)| run.role == comparison.role());
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
        let seeds = self.manifest.seeds.iter().map(|s| s.0).collect();
        ComparisonResults { measure, seeds, arms, is_paired: self.is_paired(comparison), by_teacher: Vec::new() }
    }

    /// Whether the runs of each seed are known to share initial weights and batch order, as those of the built-in trainer
    /// do.
    fn is_paired(&self, comparison: Comparison) -> bool {
        let runs = self.found().filter(|(run, found)| {
            run.role == comparison.role()
                && found.outcome.test().is_some()
                && found.config.as_ref().is_some_and(|config| config.student.is_program())
        });
        let mut of_seeds: HashMap<u64, (&str, &str)> = HashMap::new();
        for (run, found) in runs {
            let (Some(weights), Some(order)) = (&found.initial_weights, &found.batch_order) else { return false };
            if *of_seeds.entry(run.seed.0).or_insert((weights, order)) != (weights.as_str(), order.as_str()) {
                return false;
            }
        }
        true
    }
}

/// The sums over teachers of every arm at the seeds that it finished under all of them.
fn summed(by_teacher: Vec<ComparisonResults>) -> ComparisonResults {
    let first = &by_teacher[0];
    let units = |arm: &str, seed: u64| -> Option<f64> {
        let of = |results: &ComparisonResults| results.arms.iter().find(|a| a.arm == arm)?.units.get(&seed).copied();
        by_teacher.iter().map(of).sum()
    };
    let sums = |arm: &ArmResults| ArmResults {
        arm: arm.arm.clone(),
        units: arm.units.keys().filter_map(|&seed| Some((seed, units(&arm.arm, seed)?))).collect(),
    };
    ComparisonResults {
        measure: first.measure.over_teachers(by_teacher.len()),
        seeds: first.seeds.clone(),
        arms: first.arms.iter().map(sums).collect(),
        is_paired: by_teacher.iter().all(|results| results.is_paired),
        by_teacher,
    }
}
