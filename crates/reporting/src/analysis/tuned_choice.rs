//! The selected setting of every arm at one configuration, resampled: from the validation predictions of the tuning, and from
//! every run at a seed of the suite and a setting of the grid.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use fractionate_records::{Comparison, GridPoint, Role, RunId, Store};

use crate::analysis::choice_interval::{ArmTuning, ChoiceDraws, ChoiceInterval, ChoicePart, ChoiceResampling};
use crate::analysis::measure::Measure;
use crate::source::correctness::Correctness;
use crate::source::suite_runs::SuiteRuns;

/// Draws of tuning seeds x validation examples: with fewer the intervals' widths depend on them.
const DRAWS: usize = 4_000;

/// Up to this share of draws may select settings whose runs were not made.
pub(crate) const NOT_MADE_AT_MOST: f64 = 0.1;

/// The tuned choices of the points of a suite, each worked out when it is first asked for.
pub(crate) struct TunedChoices<'a> {
    store: &'a Store,
    points: &'a [SuiteRuns],
    found: Vec<OnceLock<Option<TunedChoice>>>,
}

impl<'a> TunedChoices<'a> {
    pub(crate) fn new(store: &'a Store, points: &'a [SuiteRuns]) -> Self {
        Self { store, points, found: points.iter().map(|_| OnceLock::new()).collect() }
    }

    /// The selection at a configuration, by its place; `None` where nothing was tuned or tuning runs or their predictions are not there.
    pub(crate) fn at(&self, place: usize) -> Option<&TunedChoice> {
        self.found[place].get_or_init(|| TunedChoice::of(self.store, &self.points[place])).as_ref()
    }
}

/// The choice at one configuration.
#[derive(Debug)]
pub(crate) struct TunedChoice {
    /// Position of each arm.
    arms: HashMap<String, usize>,
    draws: ChoiceDraws,
    measure: Measure,
    /// Units of the measure, [arms][settings] by seed.
    compared: Vec<Vec<BTreeMap<u64, f64>>>,
}

/// A setting as a key that rises in the order of preference: lambda, learning rate, weight decay, none of them negative.
fn key(setting: &GridPoint) -> [u64; 3] {
    [setting.lambda, setting.learning_rate, setting.weight_decay].map(|value| (value + 0.0).to_bits())
}

impl TunedChoice {
    fn of(store: &Store, suite: &SuiteRuns) -> Option<Self> {
        let runs = &suite.configuration.runs;
        let seeds: BTreeSet<u64> = runs.iter().filter(|run| run.role == Role::Tuning).map(|run| run.seed.0).collect();
        // An arm's settings rise in the order of preference; each has a run at every tuning seed.
        let mut grids: BTreeMap<&str, BTreeMap<[u64; 3], BTreeMap<u64, &RunId>>> = BTreeMap::new();
        for run in runs.iter().filter(|run| run.role == Role::Tuning) {
            let setting = key(run.setting.as_ref()?);
            grids.entry(&run.arm).or_default().entry(setting).or_default().insert(run.seed.0, &run.id);
        }
        if seeds.is_empty() || grids.values().flat_map(BTreeMap::values).any(|runs| !runs.keys().eq(&seeds)) {
            return None;
        }
        let correctness = Correctness::new(store, &suite.configuration);
        let tunings: Vec<Vec<ArmTuning>> = grids
            .values()
            .map(|grid| grid.values().map(|runs| tuning(suite, &correctness, runs)).collect::<Option<_>>())
            .collect::<Option<_>>()?;
        // The draws of all configurations come from the same seed: configurations that share their tuning share its draws.
        let resampling = ChoiceResampling { draws: DRAWS, seed: 0 };
        let draws = ChoiceDraws::of(&tunings.iter().map(Vec::as_slice).collect::<Vec<_>>(), resampling)?;
        let measure = suite.results(Comparison::Tuned).measure;
        let mut compared: Vec<Vec<BTreeMap<u64, f64>>> =
            grids.values().map(|grid| vec![BTreeMap::new(); grid.len()]).collect();
        let arms: HashMap<String, usize> = grids.keys().map(|arm| (*arm).to_owned()).zip(0..).collect();
        for (run, record) in suite.found().filter(|(run, _)| run.role != Role::Tuning) {
            let units = record.outcome.test().and_then(|scores| measure.units(scores));
            let (Some(units), Some(&arm), Some(setting)) = (units, arms.get(&run.arm), &run.setting) else { continue };
            let grid = &grids[run.arm.as_str()];
            if let Some(setting) = grid.keys().position(|known| *known == key(setting)) {
                compared[arm][setting].insert(run.seed.0, units);
            }
        }
        let found = Self { arms, draws, measure, compared };
        found
            .is_the_suites(suite, &grids.values().map(|grid| grid.keys().copied().collect()).collect::<Vec<_>>())
            .then_some(found)
    }

    /// Whether the predictions choose as the suite's tuning did: if not, they are not those that it saw.
    fn is_the_suites(&self, suite: &SuiteRuns, grids: &[Vec<[u64; 3]>]) -> bool {
        suite.configuration.choices.iter().all(|choice| {
            let arm = self.arms.get(&choice.arm);
            arm.is_some_and(|&arm| self.draws.chosen(arm).is_some_and(|at| grids[arm][at] == key(&choice.setting)))
        })
    }

    /// The intervals of a sum of arms with factors, in gains of the measure, at these seeds; `None` where the tuning chose
    /// none of an arm's settings, or no run was made at the chosen one. `together`: other arms of the same identity, so
    /// that a draw is left out for all of its sums alike and they still add up.
    pub(crate) fn interval(&self, factors: &[(&str, f64)], together: &[&str], seeds: &[u64]) -> Option<ChoiceInterval> {
        let part = |name: &str, factor: f64| {
            let arm = *self.arms.get(name)?;
            let at_seeds = |by_seed: &BTreeMap<u64, f64>| -> Option<Vec<f64>> {
                seeds.iter().map(|seed| by_seed.get(seed).copied()).collect()
            };
            Some(ChoicePart { arm, factor, compared: self.compared[arm].iter().map(at_seeds).collect() })
        };
        let parts: Vec<ChoicePart> = factors.iter().map(|&(name, factor)| part(name, factor)).collect::<Option<_>>()?;
        let all: Vec<ChoicePart> =
            parts.iter().cloned().chain(together.iter().filter_map(|name| part(name, 0.0))).collect();
        let found = self.draws.interval(&parts, &self.draws.made(&all))?;
        let unit = self.measure.gain(1.0);
        let (conditional, smoothed) = (found.conditional.scaled(unit), found.smoothed.scaled(unit));
        let [tuning_seeds, validation_examples] =
            [found.tuning_seeds, found.validation_examples].map(|component| component.scaled(unit));
        Some(ChoiceInterval { conditional, smoothed, tuning_seeds, validation_examples, ..found })
    }
}

/// The validation answers of a setting: `None` if a run or its predictions are missing, `Some(None)` if one diverged.
fn tuning(suite: &SuiteRuns, correctness: &Correctness<'_>, runs: &BTreeMap<u64, &RunId>) -> Option<ArmTuning> {
    let ids: Vec<&RunId> = runs.values().copied().collect();
    let finished: Vec<bool> =
        ids.iter().map(|id| Some(suite.record(id)?.outcome.validation().is_some())).collect::<Option<_>>()?;
    if finished.contains(&false) {
        return Some(None);
    }
    correctness
        .of_all(&ids, |correctness, id| correctness.validation(id))
        .into_iter()
        .collect::<Option<Vec<_>>>()
        .map(Some)
}
