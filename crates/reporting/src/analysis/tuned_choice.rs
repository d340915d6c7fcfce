//! The selected setting of every arm at one configuration, resampled: from the validation predictions of the tuning, and from
//! every run at a seed of the suite and a setting of the grid.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use fractionate_records::{
    Comparison, GridPoint, ImportedSetting, ImportedTuning, KnownScores, Role, RunId, Seed, Store,
};

use crate::analysis::choice_interval::{ArmTuning, ChoiceDraws, ChoiceInterval, ChoicePart, ChoiceResampling};
use crate::analysis::measure::Measure;
use crate::source::correctness::Correctness;
use crate::source::suite_runs::SuiteRuns;

/// Draws of tuning seeds x validation examples: with fewer the intervals' widths depend on them.
const DRAWS: usize = 4_000;

/// Up to this share of draws may select settings whose runs were not made.
const NOT_MADE_AT_MOST: f64 = 0.1;

/// The same of draws under so many teachers at once: each may select such settings by itself.
pub(crate) fn not_made_at_most(teachers: usize) -> f64 {
    1.0 - (1.0 - NOT_MADE_AT_MOST).powi(teachers.max(1) as i32)
}

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

/// The choice at one configuration, under each of its teachers.
#[derive(Debug)]
pub(crate) struct TunedChoice {
    teachers: Vec<TeacherRuns>,
    draws: ChoiceDraws,
    /// Of sums over the teachers.
    measure: Measure,
}

/// What the choice under one teacher can be looked up in.
#[derive(Debug)]
struct TeacherRuns {
    /// The position of each arm among those of this teacher.
    arms: HashMap<String, usize>,
    /// The position of its first arm among those of the draws.
    first: usize,
    /// Units of the measure, [arms][settings] by seed.
    compared: Vec<Vec<BTreeMap<u64, f64>>>,
}

/// The settings of each arm in the order of preference, and the tuning run of each at every tuning seed.
type Grids<'a> = BTreeMap<&'a str, BTreeMap<[u64; 3], BTreeMap<u64, &'a RunId>>>;

/// A setting as a key that rises in the order of preference: lambda, learning rate, weight decay, none of them negative.
fn key(setting: &GridPoint) -> [u64; 3] {
    [setting.lambda, setting.learning_rate, setting.weight_decay].map(|value| (value + 0.0).to_bits())
}

impl TunedChoice {
    fn of(store: &Store, suite: &SuiteRuns) -> Option<Self> {
        let imported = &suite.configuration.imported_tuning;
        if !imported.is_empty() {
            return Self::of_imported(imported, suite.results(Comparison::Tuned).measure);
        }
        let teachers = suite.compared_teachers(Comparison::Tuned);
        let grids: Vec<Grids<'_>> = teachers.iter().map(|own| grids(own)).collect::<Option<_>>()?;
        let correctness = Correctness::new(store, &suite.configuration);
        let mut tunings: Vec<Vec<ArmTuning>> = Vec::new();
        for (own, grids) in teachers.iter().zip(&grids) {
            for grid in grids.values() {
                tunings.push(grid.values().map(|runs| tuning(own, &correctness, runs)).collect::<Option<_>>()?);
            }
        }
        // The draws of all configurations come from the same seed: configurations that share their tuning share its draws.
        let resampling = ChoiceResampling { draws: DRAWS, seed: 0 };
        let draws = ChoiceDraws::of(&tunings.iter().map(Vec::as_slice).collect::<Vec<_>>(), resampling)?;
        let measure = suite.results(Comparison::Tuned).measure;
        let (mut runs, mut first) = (Vec::new(), 0);
        for (own, grids) in teachers.iter().zip(&grids) {
            let found = TeacherRuns::of(own, grids, first, measure);
            if !found.chooses_as(own, grids, &draws) {
                return None;
            }
            first += grids.len();
            runs.push(found);
        }
        Some(Self { teachers: runs, draws, measure })
    }

    /// From the settings of a table: the seeds that select are resampled, and the others looked up. `None` with one seed that
    /// selects, which is never drawn otherwise.
    fn of_imported(arms: &[ImportedTuning], measure: Measure) -> Option<Self> {
        let scores = |setting: &ImportedSetting| setting.validation.clone();
        let scores: Vec<Vec<Vec<f64>>> = arms.iter().map(|arm| arm.settings.iter().map(scores).collect()).collect();
        if scores.iter().flatten().any(|own| own.len() < 2) {
            return None;
        }
        let draws = ChoiceDraws::of_scores(&scores, ChoiceResampling { draws: DRAWS, seed: 0 })?;
        let units = |(seed, test): &(Seed, KnownScores)| Some((seed.0, measure.units(*test)?));
        let by_seed = |setting: &ImportedSetting| setting.test.iter().filter_map(units).collect();
        let runs = TeacherRuns {
            arms: arms.iter().map(|arm| arm.arm.clone()).zip(0..).collect(),
            first: 0,
            compared: arms.iter().map(|arm| arm.settings.iter().map(by_seed).collect()).collect(),
        };
        Some(Self { teachers: vec![runs], draws, measure })
    }

    /// The intervals of a sum of arms with factors, in gains of the measure, at these seeds; `None` where the tuning chose
    /// none of an arm's settings, or no run was made at the chosen one. `together`: other arms of the same identity, so
    /// that a draw is left out for all of its sums alike and they still add up.
    pub(crate) fn interval(&self, factors: &[(&str, f64)], together: &[&str], seeds: &[u64]) -> Option<ChoiceInterval> {
        let by_teacher: Vec<Vec<ChoicePart>> = self
            .teachers
            .iter()
            .map(|own| factors.iter().map(|&(name, factor)| own.part(name, factor, seeds)).collect::<Option<_>>())
            .collect::<Option<_>>()?;
        let others = self.teachers.iter().flat_map(|own| together.iter().filter_map(|name| own.part(name, 0.0, seeds)));
        let parts = by_teacher.concat();
        let made = self.draws.made(&parts.iter().cloned().chain(others).collect::<Vec<_>>());
        let found = self.draws.interval(&parts, &made)?;
        let unit = self.measure.gain(1.0);
        let (conditional, mut smoothed) = (found.conditional.scaled(unit), found.smoothed.scaled(unit));
        let mut values = Vec::new();
        if self.teachers.len() > 1 {
            // What people read of one teacher's units: the measure's are sums.
            let unit = unit * self.teachers.len() as f64;
            let of = |parts: &Vec<ChoicePart>| {
                let values = self.draws.smoothed_by_seed(parts, &made)?;
                Some(values.into_iter().map(|value| unit * value).collect())
            };
            values = by_teacher.iter().map(of).collect::<Option<Vec<Vec<f64>>>>()?;
            smoothed = smoothed.over_teachers(&values);
        }
        let [tuning_seeds, validation_examples] =
            [found.tuning_seeds, found.validation_examples].map(|component| component.scaled(unit));
        Some(ChoiceInterval { conditional, smoothed, tuning_seeds, validation_examples, by_teacher: values, ..found })
    }
}

impl TeacherRuns {
    fn of(suite: &SuiteRuns, grids: &Grids<'_>, first: usize, measure: Measure) -> Self {
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
        Self { arms, first, compared }
    }

    /// Whether the predictions choose as the suite's tuning did: if not, they are not those that it saw.
    fn chooses_as(&self, suite: &SuiteRuns, grids: &Grids<'_>, draws: &ChoiceDraws) -> bool {
        suite.configuration.choices.iter().all(|choice| {
            let chosen = self.arms.get(&choice.arm).and_then(|&arm| draws.chosen(self.first + arm));
            let settings = grids.get(choice.arm.as_str()).map(|grid| grid.keys().collect::<Vec<_>>());
            chosen.zip(settings).is_some_and(|(at, settings)| *settings[at] == key(&choice.setting))
        })
    }

    /// An arm in a sum of arms; `None` where nothing was tuned for it.
    fn part(&self, name: &str, factor: f64, seeds: &[u64]) -> Option<ChoicePart> {
        let arm = *self.arms.get(name)?;
        let at_seeds = |by_seed: &BTreeMap<u64, f64>| -> Option<Vec<f64>> {
            seeds.iter().map(|seed| by_seed.get(seed).copied()).collect()
        };
        Some(ChoicePart { arm: self.first + arm, factor, compared: self.compared[arm].iter().map(at_seeds).collect() })
    }
}

/// The tuning of a suite under one teacher; `None` where nothing was tuned or a setting lacks a run at a tuning seed.
fn grids(suite: &SuiteRuns) -> Option<Grids<'_>> {
    let runs = &suite.configuration.runs;
    let seeds: BTreeSet<u64> = runs.iter().filter(|run| run.role == Role::Tuning).map(|run| run.seed.0).collect();
    let mut grids: Grids<'_> = BTreeMap::new();
    for run in runs.iter().filter(|run| run.role == Role::Tuning) {
        let setting = key(run.setting.as_ref()?);
        grids.entry(&run.arm).or_default().entry(setting).or_default().insert(run.seed.0, &run.id);
    }
    let whole = grids.values().flat_map(BTreeMap::values).all(|runs| runs.keys().eq(&seeds));
    (!seeds.is_empty() && whole).then_some(grids)
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
