//! Compares suites, or versions of one: arm by arm, term by term, and in how they were made.

use std::collections::{BTreeMap, BTreeSet};

use fractionate_records::{Comparison, DataConfig, Store, Term};
use fractionate_statistics::{Summary, independent_sum};

use crate::analysis::results::ComparisonResults;
use crate::error::ReportError;
use crate::model::metric_words::MetricWords;
use crate::model::suite_comparison::{
    Both, ComparedArm, ComparedSuite, ComparedTerm, ConfigurationComparison, Pairing, SuiteComparison,
};
use crate::numbers::list;
use crate::source::axes::configuration_name;
use crate::source::configuration::{differences, leaves_of};
use crate::source::run::Run;
use crate::source::suite_runs::SuiteRuns;

/// Compares every other store with the first.
///
/// # Errors
/// If a store's manifest cannot be read.
pub fn compare(stores: &[Store]) -> Result<Vec<SuiteComparison>, ReportError> {
    let read = |store: &Store| -> Result<Side, ReportError> { Side::read(store) };
    let sides: Vec<Side> = stores.iter().map(read).collect::<Result<_, _>>()?;
    let Some((first, others)) = sides.split_first() else { return Ok(Vec::new()) };
    Ok(others.iter().map(|other| compare_sides(first, other)).collect())
}

/// A store that is read.
struct Side {
    name: ComparedSuite,
    configurations: Vec<SuiteRuns>,
    configuration: BTreeMap<String, String>,
}

impl Side {
    fn read(store: &Store) -> Result<Self, ReportError> {
        let configurations = SuiteRuns::of_store(store)?;
        let name = ComparedSuite {
            suite: configurations[0].manifest.suite.clone(),
            folder: store.root().display().to_string(),
        };
        let configuration = configuration(store, &configurations);
        Ok(Self { name, configurations, configuration })
    }
}

/// Everything that is known of how a suite was made, key by key; values that differ between its runs are listed.
pub(crate) fn configuration(store: &Store, configurations: &[SuiteRuns]) -> BTreeMap<String, String> {
    let mut values: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut add = |key: String, value: String| {
        values.entry(key).or_default().insert(value);
    };
    let manifest = &configurations[0].manifest;
    for (key, value) in [
        ("metric", leaves_of(&manifest.metric, "metric")),
        ("epoch_rule", leaves_of(&manifest.epoch_rule, "epoch_rule")),
    ] {
        value.into_values().for_each(|value| add(key.to_owned(), value));
    }
    add("reference".to_owned(), manifest.reference.clone());
    add("data_set".to_owned(), manifest.data_set.clone());
    add("seeds".to_owned(), crate::numbers::seeds(&manifest.seeds.iter().map(|seed| seed.0).collect::<Vec<_>>()));
    if let Some(table) = &manifest.imported {
        add("imported".to_owned(), table.hash.clone());
    }
    for suite in configurations {
        let configuration = &suite.configuration;
        for (key, value) in
            leaves_of(&configuration.data, "data").into_iter().chain(leaves_of(&configuration.fixed_setting, "fixed"))
        {
            add(key, value);
        }
        for choice in &configuration.choices {
            for (key, value) in leaves_of(&choice.setting, &format!("choice.{}", choice.arm)) {
                add(key, value);
            }
        }
        for teacher in suite.each_teacher().into_iter().filter_map(|own| own.teacher.as_ref()?.as_ref().ok()) {
            for (key, value) in leaves_of(&teacher.config, "teacher") {
                add(key, value);
            }
        }
        for &comparison in &manifest.comparisons {
            for run in suite.compared(comparison) {
                for (key, value) in of_run(run) {
                    add(key, value);
                }
                let Ok(made) = store.provenance(&run.id) else { continue };
                add("version".to_owned(), made.version);
                add("device".to_owned(), made.device);
                add("cpu_capability".to_owned(), made.cpu_capability);
            }
        }
    }
    values.into_iter().map(|(key, values)| (key, values.into_iter().collect::<Vec<_>>().join(", "))).collect()
}

/// What a run shares with the other runs of its suite: not its arm, its seed and its setting.
fn of_run(run: &Run) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let Some(config) = &run.config else { return found };
    found.extend(leaves_of(&config.numerics, "numerics"));
    found.extend(leaves_of(&config.student, "student"));
    found.extend(leaves_of(&config.training, "training"));
    found.extend(leaves_of(&config.evaluation, "evaluation"));
    // The settings are the selections' and the fixed comparison's.
    found.remove("training.learning_rate");
    found.remove("training.weight_decay");
    // Where soft targets play no part, temperature and scaling are not set by anyone.
    if config.loss.lambda.get() > 0.0 {
        found.extend(leaves_of(&config.loss, "loss"));
        found.remove("loss.lambda");
    }
    found.extend(run.teacher_logits.iter().map(|hash| ("teacher.logits_hash".to_owned(), hash.clone())));
    found
}

fn compare_sides(first: &Side, other: &Side) -> SuiteComparison {
    let (declared, others) = (&first.configurations[0].manifest, &other.configurations[0].manifest);
    let mut notes = Vec::new();
    let metric = Some(declared.metric).filter(|metric| *metric == others.metric);
    if metric.is_none() {
        notes.push(format!(
            "The first compares {}, the other {}: no numbers are compared.",
            declared.metric.name(),
            others.metric.name()
        ));
    }
    let mut configurations = Vec::new();
    let values = |side: &Side| -> Vec<Vec<String>> {
        side.configurations.iter().map(|suite| suite.configuration.values.clone()).collect()
    };
    let same_axes = declared.axes == others.axes;
    if !same_axes {
        notes.push("They sweep different keys: they have no configuration in common.".to_owned());
    }
    for suite in first.configurations.iter().filter(|_| metric.is_some() && same_axes) {
        let Some(own) =
            other.configurations.iter().find(|other| other.configuration.values == suite.configuration.values)
        else {
            continue;
        };
        for comparison in [Comparison::Tuned, Comparison::Fixed] {
            configurations.extend(at_configuration(suite, own, comparison, &mut notes));
        }
    }
    if same_axes {
        for (side, others, which) in [(first, other, "first"), (other, first, "other")] {
            let there = values(others);
            let lone = side.configurations.iter().filter(|suite| !there.contains(&suite.configuration.values));
            let names: Vec<String> = lone
                .map(|suite| configuration_name(&side.configurations[0].manifest, &suite.configuration.values))
                .collect();
            if !names.is_empty() {
                notes.push(format!("Only the {which} has {}.", list(&names)));
            }
        }
    }
    SuiteComparison {
        first: first.name.clone(),
        other: other.name.clone(),
        metric,
        configurations,
        configuration: differences(&first.configuration, &other.configuration),
        notes,
    }
}

/// One comparison at one configuration; `None` if either has no run of it.
fn at_configuration(
    first: &SuiteRuns,
    other: &SuiteRuns,
    comparison: Comparison,
    notes: &mut Vec<String>,
) -> Option<ConfigurationComparison> {
    let name = Some(configuration_name(&first.manifest, &first.configuration.values)).filter(|name| !name.is_empty());
    let sides = [ComparedRuns::of(first, comparison), ComparedRuns::of(other, comparison)];
    match [sides[0].is_empty(), sides[1].is_empty()] {
        [true, true] => return None,
        [false, false] => {}
        [without_first, _] => {
            let which = if without_first { "other" } else { "first" };
            let at = name.map_or(String::new(), |name| format!(" at {name}"));
            notes.push(format!("Only the {which} has finished runs of the {} comparison{at}.", comparison.name()));
            return None;
        }
    }
    let names = |side: &ComparedRuns<'_>| -> Vec<String> {
        side.results.arms.iter().filter(|arm| !arm.units.is_empty()).map(|arm| arm.arm.clone()).collect()
    };
    let [own, others] = [names(&sides[0]), names(&sides[1])];
    for (arms, there, which) in [(&own, &others, "first"), (&others, &own, "other")] {
        let lone: Vec<String> = arms.iter().filter(|arm| !there.contains(arm)).map(|arm| format!("`{arm}`")).collect();
        if !lone.is_empty() {
            notes.push(format!("Only the {which} has {} ({}).", list(&lone), comparison.name()));
        }
    }
    let arm = |arm: &String| ComparedArm {
        arm: arm.clone(),
        both: both(&sides, &[(arm.as_str(), 1.0)], |side, units| side.results.measure.value(units)),
    };
    let terms = Term::SIX.into_iter().chain([Term::Total]).chain(Term::SHARES);
    let term = |term: Term| ComparedTerm {
        term,
        both: both(&sides, term.factors(), |side, units| side.results.measure.gain(units)),
    };
    Some(ConfigurationComparison {
        configuration: name,
        comparison,
        arms: own.iter().filter(|arm| others.contains(arm)).map(arm).collect(),
        terms: terms.map(term).filter(|term| term.both.first.is_some() || term.both.other.is_some()).collect(),
    })
}

/// One side's runs of one comparison.
struct ComparedRuns<'a> {
    results: ComparisonResults,
    data: Option<&'a DataConfig>,
    /// By arm and seed.
    runs: BTreeMap<(&'a str, u64), &'a Run>,
}

impl<'a> ComparedRuns<'a> {
    fn of(suite: &'a SuiteRuns, comparison: Comparison) -> Self {
        let role = comparison.role();
        let runs = suite.found().filter(|(plan, _)| plan.role == role);
        Self {
            results: suite.results(comparison),
            data: suite.configuration.data.as_ref(),
            runs: runs.map(|(plan, run)| ((plan.arm.as_str(), plan.seed.0), run)).collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.results.arms.iter().all(|arm| arm.units.is_empty())
    }

    /// The sum of arms with their factors at every seed where all finished.
    fn sums(&self, factors: &[(&str, f64)]) -> BTreeMap<u64, f64> {
        let Some(first) = factors.first().and_then(|(arm, _)| self.results.arm(arm)) else { return BTreeMap::new() };
        let sum = |seed: &u64| -> Option<f64> {
            factors.iter().map(|(arm, factor)| Some(factor * self.results.arm(arm)?.units.get(seed)?)).sum()
        };
        first.units.keys().filter_map(|seed| Some((*seed, sum(seed)?))).collect()
    }

    /// The run of an arm, or of the variant that stands for it.
    fn run(&self, arm: &str, seed: u64) -> Option<&'a Run> {
        let found = self.results.arm(arm)?;
        self.runs.get(&(found.arm.as_str(), seed)).copied()
    }
}

/// Both sides of a sum of arms, and their difference.
fn both(sides: &[ComparedRuns<'_>; 2], factors: &[(&str, f64)], value: impl Fn(&ComparedRuns<'_>, f64) -> f64) -> Both {
    let [first, other] = [&sides[0], &sides[1]].map(|side| -> BTreeMap<u64, f64> {
        side.sums(factors).into_iter().map(|(seed, units)| (seed, value(side, units))).collect()
    });
    let summary = |values: &BTreeMap<u64, f64>| Summary::of(&values.values().copied().collect::<Vec<_>>());
    let mut both = Both {
        first: summary(&first),
        other: summary(&other),
        difference: None,
        interval: None,
        how: Pairing::Nothing,
        seeds: Vec::new(),
    };
    let (Some(one), Some(two)) = (both.first, both.other) else { return both };
    let common: Vec<u64> = first.keys().copied().filter(|seed| other.contains_key(seed)).collect();
    let pairs = || {
        common.iter().map(|seed| factors.iter().map(|(arm, _)| [&sides[0], &sides[1]].map(|side| side.run(arm, *seed))))
    };
    let all = |same: &dyn Fn(&Run, &Run) -> bool| {
        pairs().flatten().all(|pair| matches!(pair, [Some(first), Some(other)] if same(first, other)))
    };
    let same_seeds = first.len() == common.len() && other.len() == common.len();
    let same_data = sides[0].data.is_some() && sides[0].data == sides[1].data;
    let same_weights =
        |first: &Run, other: &Run| first.initial_weights.is_some() && first.initial_weights == other.initial_weights;
    // One pair has no interval: two independent samples may have one.
    let enough = common.len() > 1 || (same_seeds && common.len() == 1);
    if same_data && enough && all(&same_weights) {
        let gaps: Vec<f64> = common.iter().map(|seed| other[seed] - first[seed]).collect();
        let summary = Summary::of(&gaps);
        both.difference = summary.map(|summary| summary.mean);
        both.interval = summary.and_then(|summary| summary.interval);
        let same_runs = same_seeds && all(&|first, other| first.id == other.id && first.outcome == other.outcome);
        both.how = if same_runs { Pairing::SameRuns } else { Pairing::Paired };
        both.seeds = common;
    } else {
        let difference = independent_sum(&[(1.0, two), (-1.0, one)]);
        both.difference = difference.map(|difference| difference.mean);
        both.interval = difference.and_then(|difference| difference.interval);
        both.how = Pairing::Welch;
    }
    both
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::ExampleSuite;
    use fractionate_records::Metric;
    use fractionate_records::{Outcome, RunId, Scores};

    const FIXED: [Comparison; 1] = [Comparison::Fixed];

    fn compared(first: &ExampleSuite, other: &ExampleSuite) -> SuiteComparison {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let stores = [first.write(folders[0].path()), other.write(folders[1].path())];
        compare(&stores).unwrap().remove(0)
    }

    fn arm<'a>(found: &'a SuiteComparison, name: &str) -> &'a Both {
        &found.configurations[0].arms.iter().find(|row| row.arm == name).unwrap().both
    }

    /// Gives every run another learning rate's id, and better scores.
    fn another_version(suite: &mut ExampleSuite, points: f64) {
        for (run, record) in suite.manifest.configurations[0].runs.iter_mut().zip(&mut suite.records) {
            record.config.training.momentum = 0.8;
            record.id = RunId::of(&record.config);
            run.id = record.id.clone();
            if let Outcome::Finished { test: Some(Scores { accuracy, .. }), .. } = &mut record.outcome {
                *accuracy = ((*accuracy + points / 100.0) * 10_000.0).round() / 10_000.0;
            }
        }
    }

    #[test]
    fn a_store_compared_with_itself_rests_on_the_same_runs_and_has_no_difference() {
        let suite = ExampleSuite::new(4, &FIXED);
        let found = compared(&suite, &suite);
        assert!(
            found.configurations[0]
                .arms
                .iter()
                .all(|row| row.both.how == Pairing::SameRuns && row.both.difference == Some(0.0))
        );
        assert_eq!((found.configuration.len(), found.notes.len(), found.configurations[0].terms.len()), (0, 0, 9));
    }

    #[test]
    fn two_versions_with_the_same_data_and_initial_weights_are_paired_by_seed() {
        let suite = ExampleSuite::new(4, &FIXED);
        let mut other = ExampleSuite::new(4, &FIXED);
        another_version(&mut other, 0.5);
        let found = compared(&suite, &other);
        let teacher = arm(&found, "teacher");
        assert_eq!((teacher.how, teacher.seeds.as_slice()), (Pairing::Paired, &[0, 1, 2, 3][..]));
        assert!((teacher.difference.unwrap() - 0.5).abs() < 1e-9);
        assert_eq!(teacher.interval, None, "every pair differs by the same");
        let keys: Vec<&str> = found.configuration.iter().map(|row| row.key.as_str()).collect();
        assert_eq!(keys, ["training.momentum"]);
    }

    #[test]
    fn other_data_or_weights_are_compared_as_independent_samples() {
        let suite = ExampleSuite::new(4, &FIXED);
        let mut weights = ExampleSuite::new(4, &FIXED);
        another_version(&mut weights, 0.5);
        weights.records.iter_mut().for_each(|record| record.initial_weights = "f".repeat(16));
        let mut data = ExampleSuite::new(4, &FIXED);
        data.manifest.configurations[0].data.hash = "1".repeat(16);
        for other in [weights, data] {
            let found = compared(&suite, &other);
            let teacher = arm(&found, "teacher");
            assert_eq!(teacher.how, Pairing::Welch);
            let (first, two) = (teacher.first.unwrap(), teacher.other.unwrap());
            assert_eq!(teacher.interval, independent_sum(&[(1.0, two), (-1.0, first)]).unwrap().interval);
        }
    }

    #[test]
    fn what_only_one_has_is_noted_and_the_rest_is_compared() {
        let suite = ExampleSuite::new(3, &[Comparison::Tuned, Comparison::Fixed]);
        let other = ExampleSuite::new(3, &FIXED).without_arm("partial");
        let found = compared(&suite, &other);
        assert_eq!(found.configurations.len(), 1);
        assert!(found.notes.contains(&"Only the first has finished runs of the tuned comparison.".to_owned()));
        assert!(found.notes.contains(&"Only the first has `partial` (fixed).".to_owned()));
        let mut nll = ExampleSuite::new(3, &FIXED);
        nll.manifest.metric = Metric::TestNll;
        let found = compared(&suite, &nll);
        assert!(found.configurations.is_empty() && found.notes[0].contains("no numbers are compared"));
    }

    #[test]
    fn the_text_has_both_sides_the_difference_and_what_differs() {
        let suite = ExampleSuite::new(3, &FIXED);
        let mut other = ExampleSuite::new(3, &FIXED);
        another_version(&mut other, 0.25);
        other.manifest.suite = "less momentum".to_owned();
        let mut found = compared(&suite, &other);
        (found.first.folder, found.other.folder) = ("results/a".to_owned(), "results/b".to_owned());
        insta::assert_snapshot!(found.terminal());
    }
}
