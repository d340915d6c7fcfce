//! How often the t interval of a term covers the truth, which is its mean over all seeds of the pool.

use fractionate_records::Term;
use fractionate_statistics::{Share, Summary};
use rayon::prelude::*;

use crate::analysis::calibration::values::PoolValues;
use crate::model::calibration::CoverageRow;

/// How many seeds a repetition has.
const SEEDS: [usize; 3] = [5, 10, 20];

/// The six terms and the total, each at every number of seeds; repetitions share no seed.
///
/// A repetition's own seeds are among those of the truth. That moves its mean towards the truth by a share of n / N of
/// their distance (20 of 80,000: 0.025%), which is negligible against the binomial intervals.
pub(crate) fn rows(values: &PoolValues) -> Vec<CoverageRow> {
    let terms: Vec<Term> = Term::SIX.into_iter().chain([Term::Total]).collect();
    terms.par_iter().flat_map_iter(|&term| of_term(term, &values.term(term))).collect()
}

fn of_term(term: Term, values: &[f64]) -> Vec<CoverageRow> {
    let Some(Summary { mean: truth, sd: Some(sd), .. }) = Summary::of(values) else { return Vec::new() };
    let row = |seeds: usize| {
        let intervals = || values.chunks_exact(seeds).filter_map(|v| Summary::of(v)?.interval);
        let covered = Share::of(intervals().map(|interval| interval.contains(truth)))?;
        let half_width = intervals().map(|i| (i.high - i.low) / 2.0).sum::<f64>() / covered.of as f64;
        Some(CoverageRow { term, truth, sd, seeds, half_width, covered })
    };
    SEEDS.into_iter().filter_map(row).collect()
}
