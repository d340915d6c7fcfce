//! A difference of two arms on a resampled test set: coverage of the t interval over seeds and of the interval
//! over seeds x test examples, whose truth is the mean over all seeds and all examples.
//!
//! The pool keeps single answers of the grid's members on the validation examples alone: these are the population from
//! which every repetition draws its test set, with replacement.

use fractionate_records::{GridMember, Pool};
use fractionate_statistics::{CrossedEffects, Interval, Resampling, Share, Summary};
use rayon::prelude::*;

use super::tuning::validation;
use crate::model::calibration::TestSetRow;

/// How many seeds a repetition has.
const SEEDS: [usize; 4] = [3, 5, 10, 20];

/// One row for each number of seeds; none without both arms in the grid.
pub(crate) fn rows(pool: &Pool) -> Vec<TestSetRow> {
    let last = |arm: &str| pool.description.grid.iter().rposition(|member: &GridMember| member.arm == arm);
    let Some((hard, teacher)) = last("hard").zip(last("teacher")) else { return Vec::new() };
    let answers = |seed: usize| -> Vec<i8> {
        let bits = |member| pool.rows.bits(&pool.description, seed, member);
        bits(teacher).into_iter().zip(bits(hard)).map(|(one, other)| i8::from(one) - i8::from(other)).collect()
    };
    let differences: Vec<Vec<i8>> = (0..pool.description.grid_seeds).into_par_iter().map(answers).collect();
    SEEDS.into_iter().filter_map(|seeds| row(&differences, validation(pool), seeds)).collect()
}

/// Both intervals of one repetition, in points.
struct Intervals {
    over_seeds: Interval,
    over_examples: Interval,
}

fn row(differences: &[Vec<i8>], examples: usize, seeds: usize) -> Option<TestSetRow> {
    let all = differences.iter().flatten().map(|&difference| f64::from(difference)).sum::<f64>();
    let truth = 100.0 * all / (differences.len() * differences.first()?.len()) as f64;
    let repetitions: Vec<Intervals> = differences
        .par_chunks_exact(seeds)
        .enumerate()
        .filter_map(|(index, block)| {
            let mut random = Resampling::new((seeds * 1_000_000 + index) as u64, 2);
            let drawn: Vec<usize> = (0..examples).map(|_| random.below(block[0].len())).collect();
            intervals(block, &drawn)
        })
        .collect();
    let half = |of: fn(&Intervals) -> Interval| {
        let widths = repetitions.iter().map(|repetition| (of(repetition).high - of(repetition).low) / 2.0);
        widths.sum::<f64>() / repetitions.len() as f64
    };
    let covered = |of: fn(&Intervals) -> Interval| Share::of(repetitions.iter().map(|r| of(r).contains(truth)));
    Some(TestSetRow {
        seeds,
        examples,
        truth,
        over_seeds: covered(|r| r.over_seeds)?,
        over_examples: covered(|r| r.over_examples)?,
        half_width_over_seeds: half(|r| r.over_seeds),
        half_width_over_examples: half(|r| r.over_examples),
    })
}

/// `None` where the means of the seeds do not vary.
fn intervals(block: &[Vec<i8>], drawn: &[usize]) -> Option<Intervals> {
    let value = |seed: &Vec<i8>| drawn.iter().map(|&example| 100.0 * f64::from(seed[example])).collect();
    let values: Vec<Vec<f64>> = block.iter().map(value).collect();
    let means: Vec<f64> = values.iter().map(|seed| seed.iter().sum::<f64>() / seed.len() as f64).collect();
    let over_seeds = Summary::of(&means)?;
    let both = over_seeds.with_more_variance(CrossedEffects::of(&values)?.column_variance());
    Some(Intervals { over_seeds: over_seeds.interval?, over_examples: both.interval? })
}
