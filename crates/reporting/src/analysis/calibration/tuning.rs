//! The tuned total, `teacher - hard` with both arms at the selected hyperparameters: coverage of the conditional interval and
//! of the interval including hyperparameter selection.

use fractionate_records::{GridMember, Pool};
use fractionate_statistics::{Resampling, Share, Summary};
use rayon::prelude::*;

use crate::analysis::calibration::values::percent;
use crate::analysis::choice_interval::{ArmGrid, ChoiceInterval, ChoiceResampling, choice_interval};
use crate::model::calibration::{SettingRow, TuningRow};

/// How many tuning seeds a repetition has.
pub(crate) const TUNING_SEEDS: [usize; 3] = [3, 5, 10];

/// How many comparison seeds a repetition has.
const COMPARISON_SEEDS: [usize; 3] = [5, 10, 20];

/// The shares of selected settings are those of the repetitions with so many comparison seeds.
const SETTINGS_AT: usize = 10;

/// The share of the pool's validation examples that a repetition has, drawn without replacement: a choice is a draw of
/// validation examples as well as of seeds.
const VALIDATION_SHARE: usize = 8;

/// Draws of tuning seeds x validation examples for each repetition.
const DRAWS: usize = 1_000;

/// The arms of the estimate with their factors.
const ARMS: [(&str, f64); 2] = [("hard", -1.0), ("teacher", 1.0)];

/// The rows of the tuned total, and the grid's settings.
pub(crate) fn rows(pool: &Pool) -> (Vec<TuningRow>, Vec<SettingRow>) {
    let grid = Grid::of(pool);
    let mut settings = grid.settings();
    let both = TUNING_SEEDS.iter().flat_map(|&tuning| COMPARISON_SEEDS.map(|comparison| Seeds { tuning, comparison }));
    let rows = both.filter_map(|seeds| {
        let repetitions = grid.repetitions(seeds);
        for setting in settings.iter_mut().filter(|_| seeds.comparison == SETTINGS_AT) {
            let of_arm = ARMS.iter().position(|(arm, _)| *arm == setting.arm)?;
            let position =
                grid.members[of_arm].iter().position(|&m| pool.description.grid[m].setting == setting.setting);
            let chosen = repetitions.iter().filter(|r| Some(r.chosen[of_arm]) == position).count();
            setting.chosen.push(chosen as f64 / repetitions.len().max(1) as f64);
        }
        grid.row(seeds, &repetitions)
    });
    (rows.collect(), settings)
}

/// How many seeds a repetition has.
#[derive(Debug, Clone, Copy)]
struct Seeds {
    tuning: usize,
    comparison: usize,
}

/// The grid of both arms, seed by seed.
struct Grid<'a> {
    pool: &'a Pool,
    /// Positions in the pool's grid, [arms][settings].
    members: Vec<Vec<usize>>,
    /// Test accuracy in percent, [members][seeds].
    test: Vec<Vec<f64>>,
}

impl<'a> Grid<'a> {
    fn of(pool: &'a Pool) -> Self {
        let Pool { description, rows } = pool;
        let members = description.grid.len();
        let test = |member| {
            let right = rows.grid_right.iter().skip(member).step_by(members);
            right.map(|&right| percent(right, description.data.test_examples)).collect()
        };
        Self {
            pool,
            members: ARMS.iter().map(|(arm, _)| description.grid_of(arm)).collect(),
            test: (0..members).map(test).collect(),
        }
    }

    /// Blocks of tuning seeds and the comparison seeds that follow them.
    fn repetitions(&self, seeds: Seeds) -> Vec<ChoiceInterval> {
        let blocks = self.pool.description.grid_seeds / (seeds.tuning + seeds.comparison);
        (0..blocks).into_par_iter().filter_map(|index| self.repetition(seeds, index)).collect()
    }

    fn repetition(&self, seeds: Seeds, index: usize) -> Option<ChoiceInterval> {
        let Pool { description, rows } = self.pool;
        let first = index * (seeds.tuning + seeds.comparison);
        let tuning = first..first + seeds.tuning;
        let comparison = tuning.end..tuning.end + seeds.comparison;
        let name = ((seeds.tuning * 100 + seeds.comparison) * 1_000_000 + index) as u64;
        let examples = Resampling::new(name, 1).some_of(description.data.validation_examples, validation(self.pool));
        let bits = |seed, member| {
            let all = rows.bits(description, seed, member);
            examples.iter().map(|&example| all[example]).collect()
        };
        let arms = ARMS.iter().zip(&self.members).map(|((_, factor), members)| ArmGrid {
            factor: *factor,
            tuning: members.iter().map(|&m| Some(tuning.clone().map(|seed| bits(seed, m)).collect())).collect(),
            compared: members.iter().map(|&m| Some(self.test[m][comparison.clone()].to_vec())).collect(),
        });
        choice_interval(&arms.collect::<Vec<_>>(), ChoiceResampling { draws: DRAWS, seed: name })
    }

    fn row(&self, seeds: Seeds, repetitions: &[ChoiceInterval]) -> Option<TuningRow> {
        // Differences that do not vary have no interval.
        let has_both = |r: &&ChoiceInterval| r.conditional.interval.is_some() && r.smoothed.interval.is_some();
        let repetitions: Vec<&ChoiceInterval> = repetitions.iter().filter(has_both).collect();
        let means: Vec<f64> = self.test.iter().map(|test| test.iter().sum::<f64>() / test.len() as f64).collect();
        let of_choice = |repetition: &ChoiceInterval| -> f64 {
            let arms = ARMS.iter().zip(&self.members).zip(&repetition.chosen);
            arms.map(|(((_, factor), members), &setting)| factor * means[members[setting]]).sum()
        };
        let truths: Vec<f64> = repetitions.iter().map(|r| of_choice(r)).collect();
        let Summary { mean: truth, sd: Some(selection_sd), .. } = Summary::of(&truths)? else { return None };
        let given = |r: &ChoiceInterval| r.conditional.interval.expect("those without are left out");
        let counting = |r: &ChoiceInterval| r.smoothed.interval.expect("those without are left out");
        let half_width = |of: &dyn Fn(&ChoiceInterval) -> fractionate_statistics::Interval| {
            repetitions.iter().map(|r| (of(r).high - of(r).low) / 2.0).sum::<f64>() / repetitions.len() as f64
        };
        Some(TuningRow {
            tuning_seeds: seeds.tuning,
            comparison_seeds: seeds.comparison,
            truth,
            selection_sd,
            conditional: Share::of(repetitions.iter().map(|r| given(r).contains(truth)))?,
            conditional_on_own_mean: Share::of(
                repetitions.iter().zip(&truths).map(|(r, &own)| given(r).contains(own)),
            )?,
            including_selection: Share::of(repetitions.iter().map(|r| counting(r).contains(truth)))?,
            half_width_conditional: half_width(&given),
            half_width_including: half_width(&counting),
        })
    }

    fn settings(&self) -> Vec<SettingRow> {
        let Pool { description, rows } = self.pool;
        let seeds = description.grid_seeds;
        let right = |member| -> usize {
            let bytes = description.bit_bytes();
            let of_seed = |seed| &rows.grid_bits[(seed * description.grid.len() + member) * bytes..][..bytes];
            (0..seeds).flat_map(of_seed).map(|byte| byte.count_ones() as usize).sum()
        };
        let row = |(member, of): (usize, &GridMember)| SettingRow {
            arm: of.arm.clone(),
            setting: of.setting,
            validation: 100.0 * right(member) as f64 / (seeds * description.data.validation_examples) as f64,
            test: self.test[member].iter().sum::<f64>() / seeds as f64,
            chosen: Vec::new(),
        };
        description.grid.iter().enumerate().map(row).collect()
    }
}

/// How many validation examples a repetition has.
pub(crate) fn validation(pool: &Pool) -> usize {
    (pool.description.data.validation_examples / VALIDATION_SHARE).max(1)
}
